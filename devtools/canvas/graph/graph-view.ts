import type {
  AccessibleItem,
  CanvasSelection,
  CanvasSource,
  CanvasTheme,
  CanvasView,
  CanvasViewOptions,
} from '../../canvas-contract.js';
import { type Point, toWorld } from '../../layout/viewport.js';
import { Camera } from '../camera.js';
import { findById } from '../find-by-id.js';
import { type Drag, type GestureHandler, Gestures } from '../gestures.js';
import type { Pen } from '../pen.js';
import { Selection, sameSelection } from '../selection.js';
import { Surface } from '../surface.js';
import { describeGraph } from './graph-description.js';
import { type Focus, focusOf, isInFocus, nextNode, nodeOf } from './graph-focus.js';
import { GraphModel } from './graph-model.js';
import { FLASH, paintEdge, paintNode } from './graph-paint.js';
import type { GraphEdge, GraphNode } from './graph-parts.js';
import { graphSvg } from './graph-picture.js';
import { Pulses } from './pulses.js';

const DIMMED = 0.28;
const MARGIN = 28;
/** No more than the margin of what is fitted would have to be moved for. */
const REVEAL_MARGIN = 48;
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/**
 * Agents and channels, and what flows between them.
 *
 * Pointer: drag a node to pin it, double-click to let it go; drag the rest to pan, wheel or pinch to zoom. Keys: arrows go
 * to the next node that way (with shift they pan), `+ - 0` zoom and fit, `p` pins or lets go, `l` lays out afresh, Escape
 * selects nothing.
 */
export class GraphView implements CanvasView, GestureHandler {
  readonly #source: CanvasSource;
  readonly #surface: Surface;
  readonly #camera = new Camera([0.01, 3]);
  readonly #model = new GraphModel();
  readonly #pulses = new Pulses();
  readonly #selection = new Selection();
  readonly #gestures: Gestures;
  readonly #requestDraw: () => void;
  #theme: CanvasTheme;
  #version = Number.NaN;
  #generation = Number.NaN;
  #hovered: GraphNode | undefined;
  #matches: ReadonlySet<string> = new Set();
  #searched = '';

  constructor(canvas: HTMLCanvasElement, source: CanvasSource, options: CanvasViewOptions) {
    this.#source = source;
    this.#surface = new Surface(canvas);
    this.#theme = options.theme;
    this.#requestDraw = options.requestDraw;
    this.#camera.reducedMotion = options.reducedMotion;
    this.#gestures = new Gestures(canvas, this);
  }

  resize(width: number, height: number, ratio: number): void {
    this.#surface.resize(width, height, ratio);
    this.#camera.width = width;
    this.#camera.height = height;
    this.#model.resize(width, height, performance.now());
    // A panel that has just opened beside the picture must not cover what it speaks of.
    const selected = this.#selectedNode();
    if (!this.#camera.moved) this.#settle();
    else if (selected) this.#camera.reveal(selected.target, REVEAL_MARGIN);
  }

  draw(now: number): boolean {
    const camera = this.#camera;
    this.#update(now);
    const flying = camera.advance(now);
    const gliding = this.#model.advance(now, camera.reducedMotion);
    const { view } = camera;
    const pen = this.#surface.begin(this.#theme.background);
    this.#surface.enter(view.x, view.y, view.scale);
    const focus = this.#focus();
    const alphaOf = (edge: GraphEdge): number => (isInFocus(focus, edge) ? 1 : DIMMED);
    for (const edge of this.#model.edges) {
      const alpha = alphaOf(edge);
      paintEdge(pen, this.#theme, edge, alpha, focus.centre !== undefined && alpha === 1);
    }
    const pulsing = this.#pulses.draw(pen, this.#theme, now, alphaOf);
    const selected = this.#selectedNode();
    let flashing = false;
    for (const node of this.#model.nodes.values()) {
      flashing = now - node.troubleAt < FLASH || flashing;
      if (this.#onScreen(node)) this.#paintNode(pen, node, focus, node === selected, now);
    }
    this.#surface.leave();
    return flying || gliding || pulsing || (flashing && !camera.reducedMotion);
  }

  fit(): void {
    this.#camera.moved = false;
    const box = this.#model.bounds();
    if (box) this.#camera.fly(this.#camera.fit(box, MARGIN, 1.25));
    this.#requestDraw();
  }

  search(text: string): number {
    this.#searched = text.trim().toLowerCase();
    this.#findMatches();
    const first = [...this.#model.nodes.values()].find(({ id }) => this.#matches.has(id));
    if (first) this.#camera.approach(first.target, REVEAL_MARGIN);
    this.#requestDraw();
    return this.#matches.size;
  }

  select(selection: CanvasSelection | undefined): void {
    // What was chosen here comes back as an echo: it moves nothing.
    if (sameSelection(selection, this.#selection.value)) return;
    this.#selection.value = selection;
    const node = this.#selectedNode();
    if (node) this.#camera.reveal(node.target, REVEAL_MARGIN);
    this.#requestDraw();
  }

  onSelect(listener: (selection: CanvasSelection | undefined) => void): () => void {
    return this.#selection.listen(listener);
  }

  accessibleTree(): readonly AccessibleItem[] {
    return describeGraph(this.#source);
  }

  setTheme(theme: CanvasTheme): void {
    this.#theme = theme;
    this.#requestDraw();
  }

  setReducedMotion(reduced: boolean): void {
    this.#camera.reducedMotion = reduced;
    if (reduced) this.#pulses.clear();
  }

  toSvg(): string {
    this.#update(performance.now());
    return graphSvg(this.#model, this.#theme, this.#surface.text);
  }

  destroy(): void {
    this.#gestures.destroy();
    this.#selection.clear();
    this.#pulses.clear();
  }

  grab(at: Point): Drag | undefined {
    const node = this.#model.nodeAt(this.#toWorld(at));
    if (!node) return undefined;
    const start = this.#toWorld(at);
    const [dx, dy] = [node.x - start.x, node.y - start.y];
    const before = node.pinned;
    const move = (to: Point): void => {
      const world = this.#toWorld(to);
      this.#model.pin(node, { x: world.x + dx, y: world.y + dy }, performance.now());
      this.#camera.moved = true;
      this.#requestDraw();
    };
    const end = (to: Point, cancelled: boolean): void => {
      if (!cancelled) {
        move(to);
        return;
      }
      this.#model.pin(node, before, performance.now());
      this.#requestDraw();
    };
    return { move, end };
  }

  pan(dx: number, dy: number): void {
    this.#camera.pan(dx, dy);
    this.#requestDraw();
  }

  zoom(factor: number, at: Point): void {
    this.#camera.zoom(factor, at);
    this.#requestDraw();
  }

  click(at: Point): void {
    this.#choose(this.#model.nodeAt(this.#toWorld(at)));
  }

  doubleClick(at: Point): void {
    const node = this.#model.nodeAt(this.#toWorld(at));
    if (!node) this.fit();
    else if (node.pinned) this.#model.pin(node, undefined, performance.now());
    this.#requestDraw();
  }

  hover(at: Point | undefined): string {
    const node = at && this.#model.nodeAt(this.#toWorld(at));
    if (node !== this.#hovered) this.#requestDraw();
    this.#hovered = node;
    this.#surface.canvas.title = node?.name ?? '';
    return node ? 'pointer' : 'grab';
  }

  key(key: string, shift: boolean): boolean {
    const arrow = ARROWS[key];
    const selected = this.#selectedNode();
    if (arrow && shift) this.#camera.pan(-arrow.x * 60, -arrow.y * 60);
    else if (arrow) this.#choose(nextNode(this.#model, selected, arrow), true);
    else if (key === '+' || key === '=') this.#camera.zoomStep(1.3);
    else if (key === '-') this.#camera.zoomStep(1 / 1.3);
    else if (key === '0') this.fit();
    else if (key === 'l') this.#model.relayout(performance.now());
    else if (key === 'Escape' && this.#selection.value) this.#choose(undefined);
    else if (key === 'p' && selected) {
      const at = selected.pinned ? undefined : { x: selected.x, y: selected.y };
      this.#model.pin(selected, at, performance.now());
    } else return false;
    this.#requestDraw();
    return true;
  }

  #update(now: number): void {
    const { version, generation, live } = this.#source;
    if (version === this.#version && generation === this.#generation) return;
    if (generation !== this.#generation) this.#pulses.clear();
    this.#version = version;
    this.#generation = generation;
    if (this.#model.update(this.#source, now)) {
      if (!this.#camera.moved) this.#settle();
      this.#findMatches();
    }
    this.#pulses.note(this.#model, this.#source.now(), now, !live || this.#camera.reducedMotion);
  }

  /** Shows all at once: while the user has not chosen a view of their own. */
  #settle(): void {
    const box = this.#model.bounds();
    if (box && this.#camera.width > 0) this.#camera.fly(this.#camera.fit(box, MARGIN, 1.25));
  }

  #choose(node: GraphNode | undefined, reveal = false): void {
    if (node && reveal) this.#camera.reveal(node.target, REVEAL_MARGIN);
    const { kind, name } = node ?? {};
    const selection: CanvasSelection | undefined =
      name === undefined || (kind !== 'agent' && kind !== 'channel') ? undefined : { kind, name };
    if (!sameSelection(selection, this.#selection.value)) this.#selection.choose(selection);
    this.#requestDraw();
  }

  #selectedNode(): GraphNode | undefined {
    return nodeOf(this.#model, this.#source, this.#selection.value);
  }

  #focus(): Focus {
    const centre = this.#selection.value?.kind === 'node' ? undefined : this.#selectedNode();
    return focusOf(this.#model, centre, this.#searched === '' ? undefined : this.#matches);
  }

  #paintNode(pen: Pen, node: GraphNode, focus: Focus, selected: boolean, now: number): void {
    paintNode(pen, this.#surface.text, this.#theme, node, {
      alpha: !focus.near || focus.near.has(node.id) ? 1 : DIMMED,
      selected,
      matched: this.#matches.has(node.id),
      hovered: node === this.#hovered,
      scale: this.#camera.view.scale,
      now: this.#camera.reducedMotion ? Number.MAX_VALUE : now,
    });
  }

  #onScreen({ x, y, width, height }: GraphNode): boolean {
    const { view } = this.#camera;
    const [left, top] = [(x - width / 2) * view.scale + view.x, (y - height / 2) * view.scale + view.y];
    const margin = 20 * view.scale;
    if (left > this.#surface.width + margin || top > this.#surface.height + margin) return false;
    return left + width * view.scale > -margin && top + height * view.scale > -margin;
  }

  #findMatches(): void {
    const wanted = this.#searched;
    const found = [...this.#model.nodes.values()].filter(({ name }) => name.toLowerCase().includes(wanted));
    // An id belongs to a message or an invocation: its channel or its agent is what the graph has of it.
    const byId = wanted === '' || found.length > 0 ? [] : findById(this.#source, wanted);
    const owners = byId.flatMap(
      ({ number }) => nodeOf(this.#model, this.#source, { kind: 'node', node: number }) ?? [],
    );
    this.#matches = new Set(wanted === '' ? [] : [...found, ...owners].map(({ id }) => id));
  }

  #toWorld(at: Point): Point {
    return toWorld(this.#camera.view, at);
  }
}
