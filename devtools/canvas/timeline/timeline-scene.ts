import type { CanvasSelection, CanvasTheme } from '../../canvas-contract.js';
import type { SegmentSummary } from '../../layout/segment-forest.js';
import type { Point } from '../../layout/viewport.js';
import { statusColours } from '../colours.js';
import { compact, counted, duration } from '../numbers.js';
import { type Pen, roundedBox, type TextFitter } from '../pen.js';
import { BUCKET, LanePainter, type TimeScale, toX } from './lane-paint.js';
import { TimeWindow } from './time-window.js';
import {
  paintAxis,
  paintCursor,
  paintFollow,
  paintGrid,
  paintNames,
  paintRange,
  paintTip,
} from './timeline-chrome.js';
import { attemptLines } from './timeline-description.js';
import { AXIS, barTop, gutterOf, type LaneRow, laneRows } from './timeline-frame.js';
import { TimelineModel } from './timeline-model.js';

/** While it follows the present, the window grows with the run up to this long. */
const FOLLOWED = 10_000;

/** What the timeline shows, and how it is drawn. Whoever handles the keys and the pointer changes it. */
export class TimelineScene {
  readonly model: TimelineModel = new TimelineModel();
  readonly window: TimeWindow = new TimeWindow();
  readonly painter: LanePainter;
  width = 0;
  height = 0;
  theme: CanvasTheme;
  live = true;
  following = true;
  pointer: Point | undefined = undefined;
  /** Marked stretch, in milliseconds since the run began. */
  range: { readonly from: number; readonly to: number } | undefined = undefined;
  selectedRow = -1;
  selection: CanvasSelection | undefined = undefined;
  searched = '';
  /** Agents with an invocation whose id was searched for. */
  foundAgents: ReadonlySet<string> = new Set();
  readonly #text: TextFitter;
  readonly #summary: SegmentSummary = { count: 0, longest: 0, latestEnd: 0, worst: 0 };
  #rows: LaneRow[] = [];
  #scroll = 0;

  constructor(text: TextFitter, theme: CanvasTheme) {
    this.#text = text;
    this.theme = theme;
    this.painter = new LanePainter(text);
  }

  scale(): TimeScale {
    const left = gutterOf(this.width);
    const width = Math.max(1, this.width - left);
    return { from: this.model.origin + this.window.from, perPixel: this.window.span / width, left, width };
  }

  /** Milliseconds since the run began, at a place on the screen. */
  timeAt(x: number): number {
    const { left, perPixel } = this.scale();
    return this.window.from + (x - left) * perPixel;
  }

  laneAt(y: number): number {
    return this.#rows.findIndex(({ top, height }) => y >= Math.max(AXIS, top) && y < top + height);
  }

  isFound(name: string): boolean {
    return name.toLowerCase().includes(this.searched) || this.foundAgents.has(name);
  }

  scrollBy(dy: number): void {
    const all = laneRows(this.model.index.lanes, 0, this.height).at(-1);
    const most = Math.max(0, (all ? all.top + all.height : 0) - this.height);
    this.#scroll = Math.min(most, Math.max(0, this.#scroll + dy));
  }

  revealLane(lane: number): void {
    const row = laneRows(this.model.index.lanes, this.#scroll, this.height)[lane];
    if (!row) return;
    if (row.top < AXIS) this.scrollBy(row.top - AXIS);
    else if (row.top + row.height > this.height) this.scrollBy(row.top + row.height - this.height);
  }

  revealRow(row: number): void {
    const start = (this.model.columns.start[row] ?? 0) - this.model.origin;
    const { from, to, span } = this.window;
    this.revealLane(this.model.columns.lane[row] ?? -1);
    if (start >= from + span * 0.05 && start <= to - span * 0.1) return;
    this.following = false;
    this.window.fly(start - span / 3, span);
  }

  /** All of an attempt with its waiting, and a little around it. */
  zoomToRow(row: number): void {
    const { columns, origin } = this.model;
    const queued = (columns.queued[row] ?? 0) - origin;
    const length = Math.max(0.02, this.model.endOf(row) - origin - queued);
    this.following = false;
    this.window.fly(queued - length * 0.15, length * 1.3);
  }

  /** The window that shows the present: all of a young run, then its last seconds; in a flood, its last moment. */
  follow(): void {
    const { length, part } = this.model;
    if (part) {
      this.window.jump(length - part.covers * 0.94, part.covers);
      return;
    }
    const span = Math.max(20, Math.min(FOLLOWED, length * 1.06));
    this.window.jump(length <= FOLLOWED ? -span * 0.015 : length - span * 0.94, span);
  }

  paint(pen: Pen): void {
    const { theme, width, height, model } = this;
    const scale = this.scale();
    const { from, to } = this.window;
    const { lanes } = model.index;
    const colours = statusColours(theme);
    this.#rows = laneRows(lanes, this.#scroll, height);
    paintGrid(pen, theme, from, to, scale.left, scale.width, height);
    this.painter.begin();
    lanes.forEach((lane, at) => {
      const row = this.#rows[at];
      if (!row || row.top > height || row.top + row.height < AXIS) return;
      this.painter.paint(pen, theme, colours, model, lane, row, scale);
    });
    this.#paintSelected(pen, scale);
    if (this.range) this.#paintRange(pen, scale, this.range);
    const look = (lane: number): { name: string; selected: boolean; dimmed: boolean } => {
      const name = model.names[lane] ?? '';
      const selected = this.selection?.kind === 'agent' && this.selection.name === name;
      return { name, selected, dimmed: this.searched !== '' && !this.isFound(name) };
    };
    paintNames(pen, this.#text, theme, this.#rows, look, scale.left, width, height);
    paintAxis(pen, theme, from, to, scale.left, scale.width);
    if (this.live && !this.following) paintFollow(pen, theme, width);
    if (this.pointer) this.#paintPointer(pen, scale, this.pointer);
  }

  #paintSelected(pen: Pen, scale: TimeScale): void {
    const row = this.selectedRow;
    const number = this.model.columns.lane[row] ?? -1;
    const [lane, laneRow] = [this.model.index.lanes[number], this.#rows[number]];
    if (row < 0 || !lane || !laneRow) return;
    const left = toX(scale, this.model.columns.start[row] ?? 0);
    const right = Math.max(left + 2, toX(scale, this.model.endOf(row)));
    if (right < scale.left || left > this.width) return;
    pen.strokeStyle = this.theme.selection;
    pen.lineWidth = 2;
    const top = barTop(laneRow, lane.subRowAt(lane.placeOf(row)));
    const from = Math.max(left, scale.left - 8);
    roundedBox(pen, from - 2, top - 2, Math.min(right, this.width + 8) - from + 4, laneRow.bar + 4, 4);
    pen.stroke();
  }

  #paintRange(pen: Pen, scale: TimeScale, { from, to }: { from: number; to: number }): void {
    const { origin } = this.model;
    const [left, right] = [toX(scale, from + origin), toX(scale, to + origin)];
    paintRange(pen, this.#text, this.theme, left, right, duration(to - from), this.height);
  }

  #paintPointer(pen: Pen, scale: TimeScale, { x, y }: Point): void {
    if (x < scale.left) return;
    const { width, height, theme } = this;
    // As many decimals as a pixel is worth.
    const digits = Math.min(6, Math.max(0, Math.ceil(3 - Math.log10(scale.perPixel))));
    paintCursor(pen, this.#text, theme, x, this.timeAt(x), digits, width, height);
    const row = this.painter.bars.hit(x, y);
    const lines = row >= 0 ? attemptLines(this.model, row) : this.#bucketLines(scale, x, y);
    if (lines.length > 0) paintTip(pen, this.#text, theme, x, y, lines, width, height);
  }

  /** What began in the bucket under the pointer, where single bars cannot be told apart. */
  #bucketLines(scale: TimeScale, x: number, y: number): string[] {
    const number = this.laneAt(y);
    const lane = this.model.index.lanes[number];
    if (!lane || !this.painter.isDense(lane, scale)) return [];
    const bucket = Math.floor((x - scale.left) / BUCKET);
    const from = lane.forest.firstFrom(scale.from + bucket * BUCKET * scale.perPixel);
    const to = lane.forest.firstFrom(scale.from + (bucket + 1) * BUCKET * scale.perPixel, from);
    lane.forest.summarize(from, to, this.#summary);
    const { count, longest } = this.#summary;
    if (count === 0) return [];
    const span = duration(BUCKET * scale.perPixel);
    const began = count < 1000 ? counted(count, 'attempt') : `${compact(count)} attempts`;
    return [this.model.names[number] ?? '', `${began} in ${span}`, `longest ${duration(longest)}`];
  }
}
