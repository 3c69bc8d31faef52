import type { CanvasTheme } from '../../canvas-contract.js';
import type { Lane } from '../../layout/lane-index.js';
import type { SegmentSummary } from '../../layout/segment-forest.js';
import { STATUS, STATUS_BY_SEVERITY } from '../colours.js';
import { duration } from '../numbers.js';
import type { Pen, TextFitter } from '../pen.js';
import { barTop, type LaneRow } from './timeline-frame.js';
import type { TimelineModel } from './timeline-model.js';

/** How time lies on the screen: `from` in milliseconds since 1970, `left` and `width` in pixels. */
export interface TimeScale {
  readonly from: number;
  readonly perPixel: number;
  readonly left: number;
  readonly width: number;
}

/** Pixels of a bucket when there is too much for single bars. */
export const BUCKET = 2;
/** Attempts that reach into the picture from the left, at most this many in a lane. */
const MOST_REACHING = 64;
const TROUBLE = [STATUS.retrying, STATUS.cancelled, STATUS.dropped, STATUS.invalid, STATUS.failed];

/** Bars of the last frame: rows, and where they are. Kept from frame to frame. */
export class Bars {
  count = 0;
  row: Uint32Array = new Uint32Array(2048);
  status: Uint8Array = new Uint8Array(2048);
  left: Float64Array = new Float64Array(2048);
  right: Float64Array = new Float64Array(2048);
  top: Float64Array = new Float64Array(2048);
  height: Float64Array = new Float64Array(2048);

  add(row: number, status: number, left: number, right: number, top: number, height: number): void {
    if (this.count === this.row.length) this.#grow();
    const at = this.count++;
    this.row[at] = row;
    this.status[at] = status;
    this.left[at] = left;
    this.right[at] = right;
    this.top[at] = top;
    this.height[at] = height;
  }

  /** Row of the bar there; -1 for none. The last drawn lies on top. */
  hit(x: number, y: number): number {
    for (let at = this.count - 1; at >= 0; at--) {
      const top = this.top[at] ?? 0;
      if (y < top - 1 || y > top + (this.height[at] ?? 0) + 1) continue;
      if (x >= (this.left[at] ?? 0) - 2 && x <= (this.right[at] ?? 0) + 2) return this.row[at] ?? -1;
    }
    return -1;
  }

  #grow(): void {
    const size = this.row.length * 2;
    const rows = new Uint32Array(size);
    const statuses = new Uint8Array(size);
    rows.set(this.row);
    statuses.set(this.status);
    this.row = rows;
    this.status = statuses;
    const longer = (old: Float64Array): Float64Array => {
      const values = new Float64Array(size);
      values.set(old);
      return values;
    };
    this.left = longer(this.left);
    this.right = longer(this.right);
    this.top = longer(this.top);
    this.height = longer(this.height);
  }
}

/** Draws one lane: single bars where they can be told apart, else how many began in each bucket and how long they took. */
export class LanePainter {
  readonly bars: Bars = new Bars();
  readonly #text: TextFitter;
  readonly #summary: SegmentSummary = { count: 0, longest: 0, latestEnd: 0, worst: 0 };
  #counts = new Uint32Array(0);
  #worst = new Uint8Array(0);

  constructor(text: TextFitter) {
    this.#text = text;
  }

  begin(): void {
    this.bars.count = 0;
  }

  /** True when the lane is drawn as buckets. */
  isDense(lane: Lane, scale: TimeScale): boolean {
    const first = lane.forest.firstFrom(scale.from);
    const last = lane.forest.firstFrom(scale.from + scale.width * scale.perPixel, first);
    return last - first > scale.width;
  }

  paint(
    pen: Pen,
    theme: CanvasTheme,
    colours: readonly string[],
    model: TimelineModel,
    lane: Lane,
    row: LaneRow,
    scale: TimeScale,
  ): void {
    const to = scale.from + scale.width * scale.perPixel;
    const first = lane.forest.firstFrom(scale.from);
    const last = lane.forest.firstFrom(to, first);
    if (last - first > scale.width) {
      this.#buckets(pen, theme, colours, lane, row, scale, first);
      return;
    }
    const start = this.bars.count;
    lane.forest.reachingOver(first, scale.from, MOST_REACHING, (place) =>
      this.#bar(model, lane, place, row, scale),
    );
    for (const place of lane.open) if (place < first) this.#bar(model, lane, place, row, scale);
    for (let place = first; place < last; place++) this.#bar(model, lane, place, row, scale);
    // What began later may have waited here already.
    this.#waits(pen, theme, model, start, scale);
    this.#retries(pen, theme, model, lane, row, start, scale);
    this.#fill(pen, theme, colours, model, start, scale.left);
  }

  #bar(model: TimelineModel, lane: Lane, place: number, row: LaneRow, scale: TimeScale): void {
    const id = lane.rowAt(place);
    const left = toX(scale, model.columns.start[id] ?? 0);
    const right = toX(scale, model.endOf(id));
    const edge = scale.left + scale.width;
    // A canvas draws far-off corners badly.
    const [from, to] = [Math.max(scale.left - 8, left), Math.min(edge + 8, Math.max(right, left + 1.5))];
    this.bars.add(id, model.columns.status[id] ?? 0, from, to, barTop(row, lane.subRowAt(place)), row.bar);
  }

  /** A thin line before a bar: how long the delivery waited in its mailbox. */
  #waits(pen: Pen, theme: CanvasTheme, model: TimelineModel, start: number, scale: TimeScale): void {
    const { bars } = this;
    pen.strokeStyle = theme.mutedText;
    pen.globalAlpha = 0.55;
    pen.lineWidth = 1;
    pen.beginPath();
    for (let at = start; at < bars.count; at++) {
      const right = bars.left[at] ?? 0;
      const left = Math.max(scale.left - 8, toX(scale, model.columns.queued[bars.row[at] ?? 0] ?? 0));
      if (right - left < 3) continue;
      const middle = Math.round((bars.top[at] ?? 0) + (bars.height[at] ?? 0) / 2) + 0.5;
      pen.moveTo(left, middle);
      pen.lineTo(right, middle);
      pen.moveTo(left, middle - 3);
      pen.lineTo(left, middle + 3);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** A dotted line from an attempt that failed to the next one. */
  #retries(
    pen: Pen,
    theme: CanvasTheme,
    model: TimelineModel,
    lane: Lane,
    row: LaneRow,
    start: number,
    scale: TimeScale,
  ): void {
    const { bars } = this;
    let any = false;
    for (let at = start; at < bars.count; at++) {
      const before = model.index.previousAttempt(bars.row[at] ?? 0);
      if (before === undefined) continue;
      if (!any) {
        pen.strokeStyle = theme.status.retrying ?? theme.mutedText;
        pen.setLineDash([2, 3]);
        pen.lineWidth = 1.25;
        pen.beginPath();
        any = true;
      }
      const place = lane.placeOf(before);
      const left = Math.max(scale.left - 8, toX(scale, model.endOf(before)));
      const right = Math.min(bars.left[at] ?? 0, toX(scale, model.columns.queued[bars.row[at] ?? 0] ?? 0));
      pen.moveTo(left, barTop(row, Math.max(0, lane.subRowAt(Math.max(0, place)))) + row.bar / 2);
      pen.lineTo(Math.max(left, right), (bars.top[at] ?? 0) + row.bar / 2);
    }
    if (any) pen.stroke();
    pen.setLineDash([]);
  }

  #fill(
    pen: Pen,
    theme: CanvasTheme,
    colours: readonly string[],
    model: TimelineModel,
    start: number,
    leftEnd: number,
  ): void {
    const { bars } = this;
    for (let status = 0; status < colours.length; status++) {
      let any = false;
      for (let at = start; at < bars.count; at++) {
        if (bars.status[at] !== status) continue;
        if (!any) pen.beginPath();
        any = true;
        const left = bars.left[at] ?? 0;
        const width = (bars.right[at] ?? 0) - left;
        if (width > 5) pen.roundRect(left, bars.top[at] ?? 0, width, bars.height[at] ?? 0, 2.5);
        else pen.rect(left, bars.top[at] ?? 0, width, bars.height[at] ?? 0);
      }
      if (!any) continue;
      pen.fillStyle = colours[status] ?? '';
      pen.globalAlpha = status === STATUS.succeeded ? 0.9 : 1;
      pen.fill();
    }
    pen.globalAlpha = 1;
    const font = `600 10.5px ${theme.font}`;
    pen.font = font;
    pen.fillStyle = theme.dark ? theme.background : '#fff';
    pen.textAlign = 'left';
    for (let at = start; at < bars.count; at++) {
      // What began before what is in sight says so where it can be seen.
      const [left, height = 0] = [Math.max(bars.left[at] ?? 0, leftEnd), bars.height[at]];
      const room = (bars.right[at] ?? 0) - left - 12;
      if (room < 32 || height < 12) continue;
      const row = bars.row[at] ?? 0;
      const attempt = model.columns.attempt[row] ?? 1;
      const took = duration(model.endOf(row) - (model.columns.start[row] ?? 0));
      const whole = attempt > 1 ? `${took} · try ${attempt}` : took;
      // Half a figure would be another one.
      const label = [whole, took].find((each) => this.#text.width(each, font) <= room);
      if (label) pen.fillText(label, left + 6, (bars.top[at] ?? 0) + height / 2 + 0.5);
    }
  }

  /** Columns by how many attempts began in a bucket (by ratio); behind them how far the longest reaches; trouble on top. */
  #buckets(
    pen: Pen,
    theme: CanvasTheme,
    colours: readonly string[],
    lane: Lane,
    row: LaneRow,
    scale: TimeScale,
    first: number,
  ): void {
    const buckets = Math.ceil(scale.width / BUCKET);
    if (this.#counts.length < buckets) {
      this.#counts = new Uint32Array(buckets);
      this.#worst = new Uint8Array(buckets);
    }
    const summary = this.#summary;
    const foot = row.top + row.height - 5;
    const tall = row.height - 12;
    pen.fillStyle = colours[STATUS.succeeded] ?? theme.agent;
    pen.globalAlpha = 0.14;
    pen.beginPath();
    let covered = scale.left;
    let most = 1;
    let from = first;
    for (let bucket = 0; bucket < buckets; bucket++) {
      const to = lane.forest.firstFrom(scale.from + (bucket + 1) * BUCKET * scale.perPixel, from);
      lane.forest.summarize(from, to, summary);
      this.#counts[bucket] = summary.count;
      this.#worst[bucket] = summary.worst;
      most = Math.max(most, summary.count);
      from = to;
      if (summary.count === 0) continue;
      const left = Math.max(covered, scale.left + bucket * BUCKET);
      const right = Math.min(scale.left + scale.width, toX(scale, summary.latestEnd));
      if (right > left + BUCKET) {
        pen.rect(left, foot - tall, right - left, tall);
        covered = right;
      }
    }
    pen.fill();
    pen.globalAlpha = 0.7;
    pen.beginPath();
    const full = Math.log1p(most);
    for (let bucket = 0; bucket < buckets; bucket++) {
      const count = this.#counts[bucket] ?? 0;
      if (count === 0) continue;
      const height = Math.max(2, (tall * Math.log1p(count)) / full);
      pen.rect(scale.left + bucket * BUCKET, foot - height, BUCKET, height);
    }
    pen.fill();
    pen.globalAlpha = 1;
    for (const status of TROUBLE) {
      let any = false;
      for (let bucket = 0; bucket < buckets; bucket++) {
        if (STATUS_BY_SEVERITY[this.#worst[bucket] ?? 0] !== status) continue;
        if (!any) pen.beginPath();
        any = true;
        pen.rect(scale.left + bucket * BUCKET, foot - tall - 3, BUCKET, 4);
      }
      if (!any) continue;
      pen.fillStyle = colours[status] ?? '';
      pen.fill();
    }
  }
}

export function toX({ from, perPixel, left }: TimeScale, time: number): number {
  return left + (time - from) / perPixel;
}
