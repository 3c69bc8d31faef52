import type {
  AccessibleItem,
  CanvasSelection,
  CanvasSource,
  CanvasTheme,
  CanvasView,
  CanvasViewOptions,
} from '../../canvas-contract.js';
import type { Point } from '../../layout/viewport.js';
import { findById } from '../find-by-id.js';
import { type Drag, type GestureHandler, Gestures } from '../gestures.js';
import { Selection, sameSelection } from '../selection.js';
import { Surface } from '../surface.js';
import { SvgPen } from '../svg-pen.js';
import { followButton } from './timeline-chrome.js';
import { describeTimeline } from './timeline-description.js';
import { AXIS, gutterOf } from './timeline-frame.js';
import { TimelineScene } from './timeline-scene.js';
import { nextRow } from './timeline-steps.js';

/**
 * Attempts of invocations by agent, from a microsecond to days.
 *
 * Pointer: drag pans, wheel or pinch zooms; with shift, or on the axis, a drag marks a stretch of time. Keys: arrows go from
 * attempt to attempt and from lane to lane, with shift they pan; `+ - 0` zoom and fit; `z` zooms to the marked stretch, or to
 * the selected attempt; `l` (or End) follows the present, Home shows the beginning; Escape lets go.
 */
export class TimelineView implements CanvasView, GestureHandler {
  readonly #source: CanvasSource;
  readonly #surface: Surface;
  readonly #scene: TimelineScene;
  readonly #selection = new Selection();
  readonly #gestures: Gestures;
  readonly #requestDraw: () => void;

  constructor(canvas: HTMLCanvasElement, source: CanvasSource, options: CanvasViewOptions) {
    this.#source = source;
    this.#surface = new Surface(canvas);
    this.#scene = new TimelineScene(this.#surface.text, options.theme);
    this.#requestDraw = options.requestDraw;
    this.#scene.window.reducedMotion = options.reducedMotion;
    this.#gestures = new Gestures(canvas, this);
  }

  resize(width: number, height: number, ratio: number): void {
    this.#surface.resize(width, height, ratio);
    this.#scene.width = width;
    this.#scene.height = height;
    this.#scene.scrollBy(0);
  }

  draw(now: number): boolean {
    const scene = this.#scene;
    const changed = scene.model.update(this.#source, scene.following);
    scene.live = this.#source.live;
    if (changed && this.#selection.value?.kind === 'node') this.#findSelected();
    if (scene.following) scene.follow();
    const flying = scene.window.advance(now);
    scene.paint(this.#surface.begin(scene.theme.background));
    const running = scene.model.index.lanes.some((lane) => lane.open.size > 0);
    return flying || !scene.model.isWhole || (scene.following && scene.live && running);
  }

  fit(): void {
    this.#scene.following = false;
    const length = Math.max(0.01, this.#scene.model.length);
    this.#scene.window.fly(-length * 0.02, length * 1.05);
    this.#requestDraw();
  }

  search(text: string): number {
    this.#scene.searched = text.trim().toLowerCase();
    const byId = findById(this.#source, this.#scene.searched);
    this.#scene.foundAgents = new Set(byId.flatMap((node) => (node.kind === 'invocation' ? node.agent : [])));
    this.#requestDraw();
    if (this.#scene.searched === '') return 0;
    const found = this.#scene.model.names.flatMap((name, lane) => (this.#scene.isFound(name) ? [lane] : []));
    if (found[0] !== undefined) this.#scene.revealLane(found[0]);
    return found.length;
  }

  select(selection: CanvasSelection | undefined): void {
    // What was chosen here comes back as an echo: it moves nothing.
    if (sameSelection(selection, this.#selection.value)) return;
    this.#selection.value = selection;
    this.#findSelected();
    if (this.#scene.selectedRow >= 0) this.#scene.revealRow(this.#scene.selectedRow);
    if (selection?.kind === 'agent') this.#scene.revealLane(this.#scene.model.names.indexOf(selection.name));
    this.#requestDraw();
  }

  onSelect(listener: (selection: CanvasSelection | undefined) => void): () => void {
    return this.#selection.listen(listener);
  }

  accessibleTree(): readonly AccessibleItem[] {
    this.#scene.model.update(this.#source);
    return describeTimeline(this.#scene.model);
  }

  setTheme(theme: CanvasTheme): void {
    this.#scene.theme = theme;
    this.#requestDraw();
  }

  setReducedMotion(reduced: boolean): void {
    this.#scene.window.reducedMotion = reduced;
  }

  /** What is in sight. */
  toSvg(): string {
    const pen = new SvgPen();
    pen.textBaseline = 'middle';
    this.#scene.paint(pen);
    const { width, height } = this.#surface;
    return pen.toSvg(width, height, this.#scene.theme.background, 'Timeline of invocations by agent');
  }

  destroy(): void {
    this.#gestures.destroy();
    this.#selection.clear();
  }

  grab(at: Point, shift: boolean): Drag | undefined {
    if (!shift && at.y > AXIS) return undefined;
    const start = this.#scene.timeAt(at.x);
    const before = this.#scene.range;
    const move = (to: Point): void => {
      const end = this.#scene.timeAt(to.x);
      this.#scene.range = { from: Math.min(start, end), to: Math.max(start, end) };
      this.#requestDraw();
    };
    const end = (to: Point, cancelled: boolean): void => {
      move(to);
      if (cancelled) this.#scene.range = before;
    };
    return { move, end };
  }

  pan(dx: number, dy: number): void {
    this.#scene.following = false;
    this.#scene.window.jump(
      this.#scene.window.from - dx * this.#scene.scale().perPixel,
      this.#scene.window.span,
    );
    this.#scene.scrollBy(-dy);
    this.#requestDraw();
  }

  zoom(factor: number, at: Point): void {
    this.#scene.following = false;
    const { left, width } = this.#scene.scale();
    this.#scene.window.zoom(factor, Math.min(1, Math.max(0, (at.x - left) / width)));
    this.#requestDraw();
  }

  click(at: Point): void {
    const button = followButton(this.#surface.width);
    const [dx, dy] = [at.x - button.left, at.y - button.top];
    const offered = this.#source.live && !this.#scene.following;
    if (offered && dx >= 0 && dx <= button.width && dy >= 0 && dy <= button.height) {
      this.#scene.following = true;
    } else if (at.x < gutterOf(this.#surface.width)) {
      const name = this.#scene.model.names[this.#scene.laneAt(at.y)];
      this.#selection.choose(name === undefined ? undefined : { kind: 'agent', name });
      this.#findSelected();
    } else {
      this.#scene.range = undefined;
      this.#choose(this.#scene.painter.bars.hit(at.x, at.y));
    }
    this.#requestDraw();
  }

  /** Into what is dense, or to all of an attempt. */
  doubleClick(at: Point): void {
    const row = this.#scene.painter.bars.hit(at.x, at.y);
    if (row >= 0) this.#scene.zoomToRow(row);
    else {
      const { span } = this.#scene.window;
      this.#scene.following = false;
      this.#scene.window.fly(this.#scene.timeAt(at.x) - span / 16, span / 8);
    }
    this.#requestDraw();
  }

  hover(at: Point | undefined): string {
    this.#scene.pointer = at;
    this.#requestDraw();
    if (!at) return 'grab';
    if (at.y < AXIS) return 'col-resize';
    return this.#scene.painter.bars.hit(at.x, at.y) >= 0 ? 'pointer' : 'grab';
  }

  key(key: string, shift: boolean): boolean {
    const { span } = this.#scene.window;
    if (shift && key === 'ArrowLeft') this.pan(80, 0);
    else if (shift && key === 'ArrowRight') this.pan(-80, 0);
    else if (shift && key === 'ArrowUp') this.pan(0, 40);
    else if (shift && key === 'ArrowDown') this.pan(0, -40);
    else if (key.startsWith('Arrow')) {
      const middle = this.#scene.model.origin + this.#scene.window.from + span / 2;
      const row = nextRow(this.#scene.model, this.#scene.selectedRow, key, middle);
      this.#choose(row);
      if (row >= 0) this.#scene.revealRow(row);
    } else if (key === '+' || key === '=') this.#step(1.6);
    else if (key === '-') this.#step(1 / 1.6);
    else if (key === '0') this.fit();
    else if (key === 'z' && this.#scene.range) {
      this.#scene.following = false;
      this.#scene.window.fly(this.#scene.range.from, this.#scene.range.to - this.#scene.range.from);
      this.#scene.range = undefined;
    } else if (key === 'z' && this.#scene.selectedRow >= 0) this.#scene.zoomToRow(this.#scene.selectedRow);
    else if (key === 'l' || key === 'End') this.#scene.following = key === 'End' || !this.#scene.following;
    else if (key === 'Home') {
      this.#scene.following = false;
      this.#scene.window.fly(-span * 0.02, span);
    } else if (key === 'Escape' && (this.#scene.range || this.#selection.value)) {
      this.#scene.range = undefined;
      this.#choose(-1);
    } else return false;
    this.#requestDraw();
    return true;
  }

  #step(factor: number): void {
    this.#scene.following = false;
    this.#scene.window.zoomStep(factor);
  }

  #choose(row: number): void {
    const node = this.#scene.model.columns.node[row];
    this.#scene.selectedRow = row;
    this.#selection.choose(row < 0 || node === undefined ? undefined : { kind: 'node', node });
    this.#scene.selection = this.#selection.value;
  }

  /** The row of the selected node: the one that was chosen, else its last attempt. */
  #findSelected(): void {
    const scene = this.#scene;
    const { value } = this.#selection;
    scene.selection = value;
    if (value?.kind !== 'node') scene.selectedRow = -1;
    else if (scene.model.columns.node[scene.selectedRow] !== value.node) {
      scene.selectedRow = scene.model.rowOf(value.node);
    }
  }
}
