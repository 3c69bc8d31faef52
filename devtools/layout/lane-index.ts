import type { InvocationColumns } from '../canvas-contract.js';
import { bytes, integers } from '../store/column.js';
import { SegmentForest } from './segment-forest.js';

/** Attempts that overlap lie below each other; further ones share the last of these rows. */
export const MOST_SUB_ROWS = 8;

/** The attempts of one agent. */
export class Lane {
  readonly forest: SegmentForest = new SegmentForest();
  /** By place in the forest: the row in the columns, and how far down it lies. */
  readonly #rows = integers();
  readonly #subRows = bytes();
  /** By row below: the place of the newest there, and when it ended, Infinity while it goes on. */
  readonly #occupants: number[] = [];
  readonly #freeFrom: number[] = [];
  /** Places of attempts that go on. */
  readonly open: Set<number> = new Set();

  get subRows(): number {
    return Math.max(1, this.#occupants.length);
  }

  rowAt(place: number): number {
    return this.#rows.at(place);
  }

  subRowAt(place: number): number {
    return this.#subRows.at(place);
  }

  /** Forgets all attempts, and keeps their memory. */
  clear(): void {
    this.forest.clear();
    this.#rows.length = 0;
    this.#subRows.length = 0;
    this.#occupants.length = 0;
    this.#freeFrom.length = 0;
    this.open.clear();
  }

  /** Place of a row, or -1. Rows rise with places. */
  placeOf(row: number): number {
    const place = this.#rows.countUpTo(row) - 1;
    return place >= 0 && this.#rows.at(place) === row ? place : -1;
  }

  add(row: number, start: number, end: number, rank: number): void {
    const place = this.forest.append(start, end, rank);
    this.#rows.push(row);
    const goesOn = Number.isNaN(end);
    this.#subRows.push(this.#seat(place, start, goesOn ? Number.POSITIVE_INFINITY : end));
    if (goesOn) this.open.add(place);
  }

  finish(place: number, end: number, rank: number): void {
    this.forest.finish(place, end, rank);
    this.open.delete(place);
    const subRow = this.subRowAt(place);
    if (this.#occupants[subRow] === place) this.#freeFrom[subRow] = end;
  }

  /** The first row below that is free when the attempt starts. */
  #seat(place: number, start: number, end: number): number {
    for (let subRow = 0; subRow < MOST_SUB_ROWS; subRow++) {
      if ((this.#freeFrom[subRow] ?? Number.NEGATIVE_INFINITY) > start) continue;
      this.#occupants[subRow] = place;
      this.#freeFrom[subRow] = end;
      return subRow;
    }
    return MOST_SUB_ROWS - 1;
  }
}

/** Follows the columns of attempts: a lane for each agent, and which attempt came before which. */
export class LaneIndex {
  readonly lanes: Lane[] = [];
  readonly #ranks: Uint8Array;
  readonly #isRetrying: (status: number) => boolean;
  #read = 0;
  /** By node: the attempt that failed and is to be tried again. */
  readonly #retried = new Map<number, number>();
  readonly #previous = new Map<number, number>();
  /** When the first was queued; NaN while there is none. */
  start: number = Number.NaN;
  /** When the last ended or started. */
  end: number = Number.NaN;

  /** `ranks`: how bad each status is, by its place. */
  constructor(ranks: Uint8Array, isRetrying: (status: number) => boolean) {
    this.#ranks = ranks;
    this.#isRetrying = isRetrying;
  }

  get length(): number {
    return this.#read;
  }

  /** Forgets all rows, and keeps their memory. */
  clear(): void {
    for (const lane of this.lanes) lane.clear();
    this.#read = 0;
    this.#retried.clear();
    this.#previous.clear();
    this.start = Number.NaN;
    this.end = Number.NaN;
  }

  /** Row of the attempt before this one; undefined for first attempts. */
  previousAttempt(row: number): number | undefined {
    return this.#previous.get(row);
  }

  /**
   * Takes ends that were open, and rows that are new: at most `most`, the others at the next call. True when it has all.
   * Of a part of the rows, those that ended before it began are left out.
   */
  update(columns: InvocationColumns, most: number = Number.POSITIVE_INFINITY): boolean {
    const since = columns.part?.since ?? Number.NEGATIVE_INFINITY;
    for (const lane of this.lanes) {
      if (lane.open.size === 0) continue;
      for (const place of lane.open) {
        const row = lane.rowAt(place);
        const end = columns.end[row] ?? Number.NaN;
        if (Number.isNaN(end)) continue;
        lane.finish(place, end, this.#rank(columns, row));
        this.#noteEnd(columns, row, end);
      }
    }
    const to = Math.min(columns.length, this.#read + most);
    for (; this.#read < to; this.#read++) {
      // Not a number while it goes on.
      const isOver = (columns.end[this.#read] ?? 0) < since;
      if (!isOver) this.#add(columns, this.#read);
    }
    return this.#read === columns.length;
  }

  #add(columns: InvocationColumns, row: number): void {
    const number = columns.lane[row] ?? 0;
    while (this.lanes.length <= number) this.lanes.push(new Lane());
    const start = columns.start[row] ?? 0;
    const end = columns.end[row] ?? Number.NaN;
    this.lanes[number]?.add(row, start, end, this.#rank(columns, row));
    const queued = columns.queued[row] ?? start;
    if (!(queued >= this.start)) this.start = queued;
    if (!(start <= this.end)) this.end = start;
    const node = columns.node[row] ?? 0;
    const before = (columns.attempt[row] ?? 1) > 1 ? this.#retried.get(node) : undefined;
    if (before !== undefined) {
      this.#previous.set(row, before);
      this.#retried.delete(node);
    }
    if (!Number.isNaN(end)) this.#noteEnd(columns, row, end);
  }

  #noteEnd(columns: InvocationColumns, row: number, end: number): void {
    if (!(end <= this.end)) this.end = end;
    if (this.#isRetrying(columns.status[row] ?? 0)) this.#retried.set(columns.node[row] ?? 0, row);
  }

  #rank(columns: InvocationColumns, row: number): number {
    return this.#ranks[columns.status[row] ?? 0] ?? 0;
  }
}
