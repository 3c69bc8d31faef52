import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import type {
  AccessibleItem,
  CanvasSelection,
  CanvasSource,
  CanvasTheme,
  CanvasView,
  CanvasViewOptions,
} from '../../canvas-contract.js';
import type { FoldedNode } from '../../layout/folded-tree.js';
import { type Point, toWorld } from '../../layout/viewport.js';
import { Camera, eased } from '../camera.js';
import { findById } from '../find-by-id.js';
import { type GestureHandler, Gestures } from '../gestures.js';
import { Selection, sameSelection } from '../selection.js';
import { Surface } from '../surface.js';
import { SvgPen } from '../svg-pen.js';
import { describeTree } from './tree-description.js';
import { CARD, TreeModel } from './tree-model.js';
import { TreePainter } from './tree-paint.js';
import { ancestorsOf, nearestPlace, stepFrom } from './tree-steps.js';

const GLIDE = 360;
const MARGIN = 28;
const PANS: Readonly<Record<string, readonly [dx: number, dy: number]>> = {
  ArrowLeft: [80, 0],
  ArrowRight: [-80, 0],
  ArrowUp: [0, 80],
  ArrowDown: [0, -80],
};
/** Smaller than this, words could not be read: the first look at a big tree shows its beginning. */
const READABLE = 0.85;
/** More marks than this make no sensible picture file. */
const MOST_IN_SVG = 5000;

/**
 * What led to what: messages and the invocations that they caused, equal subtrees folded.
 *
 * Pointer: click selects, or unfolds a fold; a click on the line before what was unfolded folds it again. Keys: arrows
 * walk the tree, Enter or space unfolds and folds, `+ - 0` zoom and fit, with shift arrows pan, Escape selects nothing.
 */
export class TreeView implements CanvasView, GestureHandler {
  readonly #source: CanvasSource;
  readonly #surface: Surface;
  readonly #camera = new Camera([0.003, 3]);
  readonly #model = new TreeModel();
  readonly #painter: TreePainter;
  readonly #selection = new Selection();
  readonly #gestures: Gestures;
  readonly #requestDraw: () => void;
  #theme: CanvasTheme;
  /** Key of the mark that the keys walk from. */
  #cursor: string | undefined;
  #hovered = -1;
  #searched = '';
  /** Numbers of the nodes whose id was searched for. */
  #foundById: readonly number[] = [];
  #glideStart = Number.NEGATIVE_INFINITY;
  #shown = false;

  constructor(canvas: HTMLCanvasElement, source: CanvasSource, options: CanvasViewOptions) {
    this.#source = source;
    this.#surface = new Surface(canvas);
    this.#painter = new TreePainter(this.#surface.text);
    this.#theme = options.theme;
    this.#requestDraw = options.requestDraw;
    this.#camera.reducedMotion = options.reducedMotion;
    this.#gestures = new Gestures(canvas, this);
  }

  resize(width: number, height: number, ratio: number): void {
    this.#surface.resize(width, height, ratio);
    this.#camera.width = width;
    this.#camera.height = height;
    if (!this.#camera.moved) this.#shown = false;
    // A panel that has just opened beside the picture must not cover what it speaks of.
    const place = this.#place();
    if (place >= 0 && this.#camera.moved) this.#reveal(place);
  }

  draw(now: number): boolean {
    const camera = this.#camera;
    const progress = this.#progress(now);
    if (this.#model.update(this.#source, now, () => this.#anchor(), progress)) {
      this.#glideStart = now;
      this.#hovered = -1;
      if (this.#model.isLarge) return true;
    }
    // Nobody waits for a first look until a busy page has time for it.
    if (this.#model.scene.nodes.length === 0 && this.#model.waiting) this.#requestDraw();
    if (!this.#shown && this.#model.scene.nodes.length > 0) {
      this.#showBeginning();
      // What was selected before there was anything to show, as when the view is opened for it.
      const place = this.#place();
      if (place >= 0) this.#reveal(place);
    }
    const flying = camera.advance(now);
    const { width, height } = this.#surface;
    const pen = this.#surface.begin(this.#theme.background);
    const part = this.#progress(now);
    const selected = this.#place();
    const marks = { selected, hovered: this.#hovered, lit: this.#way(selected), matches: this.#matches() };
    this.#painter.paint(pen, this.#theme, this.#model.scene, camera.view, part, width, height, marks);
    return flying || part < 1 || this.#model.waiting;
  }

  fit(): void {
    this.#camera.fly(this.#camera.fit(this.#model.bounds(), MARGIN, 1.1));
    this.#camera.moved = true;
    this.#requestDraw();
  }

  search(text: string): number {
    this.#searched = text.trim().toLowerCase();
    this.#foundById = findById(this.#source, this.#searched).map(({ number }) => number);
    const matches = this.#matches();
    const [first] = matches ?? [];
    if (first !== undefined) this.#reveal(first);
    this.#requestDraw();
    // Of a fold that holds it, the one with the id is what was found.
    if (this.#foundById.length > 0) return this.#foundById.length;
    let count = 0;
    for (const place of matches ?? []) count += this.#model.scene.nodes[place]?.members.length ?? 0;
    return count;
  }

  select(selection: CanvasSelection | undefined): void {
    // What was chosen here comes back as an echo: it moves nothing.
    if (sameSelection(selection, this.#selection.value)) return;
    this.#selection.value = selection;
    this.#cursor = undefined;
    const place = this.#place();
    if (place >= 0) this.#reveal(place);
    this.#requestDraw();
  }

  onSelect(listener: (selection: CanvasSelection | undefined) => void): () => void {
    return this.#selection.listen(listener);
  }

  accessibleTree(): readonly AccessibleItem[] {
    return describeTree(this.#model.scene);
  }

  setTheme(theme: CanvasTheme): void {
    this.#theme = theme;
    this.#requestDraw();
  }

  setReducedMotion(reduced: boolean): void {
    this.#camera.reducedMotion = reduced;
  }

  /** The whole tree; of a very big one, what is in sight. */
  toSvg(): string {
    const { scene } = this.#model;
    const whole = scene.nodes.length <= MOST_IN_SVG;
    const box = this.#model.bounds();
    const view = whole ? { x: MARGIN - box.left, y: MARGIN - box.top, scale: 1 } : this.#camera.view;
    const width = whole ? box.right - box.left + 2 * MARGIN : this.#surface.width;
    const height = whole ? box.bottom - box.top + 2 * MARGIN : this.#surface.height;
    const pen = new SvgPen();
    pen.textBaseline = 'middle';
    const marks = { selected: -1, hovered: -1, lit: new Set<number>(), matches: undefined };
    this.#painter.paint(pen, this.#theme, scene, view, 1, width, height, marks);
    return pen.toSvg(width, height, this.#theme.background, 'Tree of messages and invocations');
  }

  destroy(): void {
    this.#gestures.destroy();
    this.#selection.clear();
  }

  grab(): undefined {}

  pan(dx: number, dy: number): void {
    this.#camera.pan(dx, dy);
    this.#requestDraw();
  }

  zoom(factor: number, at: Point): void {
    this.#camera.zoom(factor, at);
    this.#requestDraw();
  }

  click(at: Point): void {
    const hit = this.#model.hit(toWorld(this.#camera.view, at));
    const node = hit && this.#model.scene.nodes[hit.place];
    if (!node) this.#choose(-1);
    else if (hit.bracket || node.members.length > 1) this.#toggle(node);
    else this.#choose(hit.place);
    this.#requestDraw();
  }

  doubleClick(at: Point): void {
    if (!this.#model.hit(toWorld(this.#camera.view, at))) this.fit();
  }

  hover(at: Point | undefined): string {
    const place = at ? (this.#model.hit(toWorld(this.#camera.view, at))?.place ?? -1) : -1;
    if (place !== this.#hovered) this.#requestDraw();
    this.#hovered = place;
    return place >= 0 ? 'pointer' : 'grab';
  }

  key(key: string, shift: boolean): boolean {
    const place = this.#place();
    const node = this.#model.scene.nodes[place];
    const way = PANS[key];
    if (shift && way) this.#camera.pan(...way);
    else if (key.startsWith('Arrow')) this.#choose(stepFrom(this.#model.scene, place, key), true);
    else if ((key === 'Enter' || key === ' ') && node) this.#toggle(node);
    else if (key === '+' || key === '=') this.#camera.zoomStep(1.4);
    else if (key === '-') this.#camera.zoomStep(1 / 1.4);
    else if (key === '0') this.fit();
    else if (key === 'Escape' && place >= 0) this.#choose(-1);
    else return false;
    this.#requestDraw();
    return true;
  }

  /** How much of the glide to the newest layout is done. */
  #progress(now: number): number {
    return this.#camera.reducedMotion ? 1 : eased((now - this.#glideStart) / GLIDE);
  }

  #showBeginning(): void {
    this.#shown = true;
    const { width, height } = this.#surface;
    const box = this.#model.bounds();
    const all = this.#camera.fit(box, MARGIN, 1);
    if (all.scale >= READABLE || width === 0) {
      this.#camera.jump({ ...all, x: MARGIN - box.left * all.scale });
      return;
    }
    const scale = Math.max(READABLE, Math.min(1, (width - 2 * MARGIN) / (box.right - box.left)));
    const [x = 0, y = 0] = [this.#model.scene.x[0], this.#model.scene.y[0]];
    const top = Math.max(MARGIN - box.top * scale, height / 2 - y * scale - (box.bottom - box.top) * scale);
    this.#camera.jump({ x: MARGIN - x * scale, y: Math.min(top, height / 2 - y * scale), scale });
  }

  /** Unfolds a fold, or folds again what a mark was unfolded from; the keys go on from there. */
  #toggle({ key, members, unfoldedFrom }: FoldedNode): void {
    const group = members.length > 1 ? key : unfoldedFrom;
    if (group === undefined) return;
    this.#cursor = members.length > 1 ? `n${members[0]}` : group;
    this.#model.toggle(group);
    this.#camera.moved = true;
  }

  /** Place of what is selected, or of the mark that the keys stand on. */
  #place(): number {
    const { scene } = this.#model;
    if (this.#cursor !== undefined) return scene.places.get(this.#cursor) ?? -1;
    const { value } = this.#selection;
    return value?.kind === 'node' ? this.#model.placeOf(value.node) : -1;
  }

  #choose(place: number, reveal = false): void {
    const node = this.#model.scene.nodes[place];
    this.#cursor = node?.key;
    if (reveal && node) this.#reveal(place);
    const [first] = node?.members ?? [];
    const alone = node?.members.length === 1 && first !== undefined;
    this.#selection.choose(alone ? { kind: 'node', node: first } : undefined);
  }

  #reveal(place: number): void {
    const { x, y } = this.#model.scene;
    const [left = 0, middle = 0] = [x[place], y[place]];
    this.#camera.reveal({ x: left + CARD.width / 2, y: middle }, 90);
    this.#camera.moved = true;
  }

  #way(from: number): ReadonlySet<number> {
    return new Set(ancestorsOf(this.#model.scene, from));
  }

  #matches(): ReadonlySet<number> | undefined {
    const { labels, status } = this.#model.scene;
    const { value } = this.#selection;
    const wanted = this.#searched;
    if (wanted === '' && (!value || value.kind === 'node')) return undefined;
    const matches = new Set<number>();
    labels.forEach((label, place) => {
      const fits =
        wanted === ''
          ? value?.kind !== 'node' && label === value?.name
          : label.toLowerCase().includes(wanted) || NODE_STATUSES[status[place] ?? 0] === wanted;
      if (fits) matches.add(place);
    });
    for (const number of wanted === '' ? [] : this.#foundById) {
      const place = this.#model.placeOf(number);
      if (place >= 0) matches.add(place);
    }
    return matches;
  }

  /** What stays where it is while the tree grows: what is selected, else what is in the middle. */
  #anchor(): string | undefined {
    const { scene } = this.#model;
    const selected = this.#place();
    if (selected >= 0) return scene.nodes[selected]?.key;
    if (this.#cursor) return this.#cursor;
    const { width, height } = this.#surface;
    return scene.nodes[nearestPlace(scene, toWorld(this.#camera.view, { x: width / 2, y: height / 2 }))]?.key;
  }
}
