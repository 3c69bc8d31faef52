import { NODE_STATUSES } from '../../core/state/tree-node.js';
import { longerBytes, longerFloats, longerIntegers, longerShorts } from './column.js';
import { enough, longEnough } from './growth.js';

/** Not this status but: no such delivery. */
const NONE = 255;
const WAITING = NODE_STATUSES.indexOf('waiting');
const CAPACITY = 1024;

/** By place: number minus `base`. */
export interface DeliveryColumns {
  readonly lane: Uint16Array;
  readonly queued: Float64Array;
  readonly node: Uint32Array;
  /** Row of its newest attempt, plus one. */
  readonly row: Uint32Array;
  readonly attempt: Uint8Array;
  readonly status: Uint8Array;
  /** Event that settled it; 0 until then. */
  readonly settled: Uint32Array;
}

/** Deliveries by their numbers: whose, since when, and how they stand. */
export class DeliveryIndex {
  /** Number of the delivery in the first place. */
  base: number;
  /** Longer than what is there; replaced when they grow. What a busy run does to them is done right to them. */
  columns: DeliveryColumns = {
    queued: new Float64Array(CAPACITY),
    node: new Uint32Array(CAPACITY),
    row: new Uint32Array(CAPACITY),
    settled: new Uint32Array(CAPACITY),
    lane: new Uint16Array(CAPACITY),
    attempt: new Uint8Array(CAPACITY),
    status: new Uint8Array(CAPACITY),
  };
  #length = 0;
  /** Deliveries beyond which a column becomes longer. */
  #enough = 0;
  /** Place before which all are settled. */
  #lowest = 0;

  constructor(base: number) {
    this.base = base;
  }

  /** Number that the next delivery will have. */
  get next(): number {
    return this.base + this.#length;
  }

  /** Makes room for so many more, and answers the columns. */
  reserve(more: number): DeliveryColumns {
    if (this.#length + more > this.#enough) this.#grow(this.#length + more);
    return this.columns;
  }

  add(lane: number, queued: number, node: number): number {
    const place = this.#length;
    if (place >= this.#enough) this.#grow(place + 1);
    this.#length = place + 1;
    // Everything else is 0 where nothing was yet.
    const { columns } = this;
    columns.lane[place] = lane;
    columns.queued[place] = queued;
    columns.node[place] = node;
    columns.status[place] = WAITING;
    return this.base + place;
  }

  /** Leaves out the numbers up to (not including) `number`: deliveries that were over before anybody watched. */
  skipTo(number: number): void {
    while (this.next < number) {
      const skipped = this.add(0, 0, 0);
      this.setStatus(skipped, NONE, 1);
    }
  }

  lane(number: number): number {
    return this.columns.lane[number - this.base] ?? 0;
  }

  node(number: number): number {
    return this.columns.node[number - this.base] ?? 0;
  }

  /** Row of the newest attempt, or -1. */
  row(number: number): number {
    return (this.columns.row[number - this.base] ?? 0) - 1;
  }

  status(number: number): number {
    return this.columns.status[number - this.base] ?? NONE;
  }

  settledAt(number: number): number {
    return this.columns.settled[number - this.base] ?? 0;
  }

  setRow(number: number, row: number): void {
    this.columns.row[number - this.base] = row + 1;
  }

  setStatus(number: number, status: number, settledSeq: number): void {
    this.columns.status[number - this.base] = status;
    this.columns.settled[number - this.base] = settledSeq;
  }

  requeue(number: number, at: number): void {
    this.columns.queued[number - this.base] = at;
  }

  /** Forgets all deliveries, and keeps their memory; `base` is the number of the next. */
  clear(base: number): void {
    for (const column of Object.values(this.columns)) column.fill(0, 0, this.#length);
    this.base = base;
    this.#length = 0;
    this.#lowest = 0;
  }

  *unsettled(): Generator<number> {
    this.#passSettled();
    for (let place = this.#lowest; place < this.#length; place++) {
      if (this.columns.settled[place] === 0) yield this.base + place;
    }
  }

  /** Forgets settled deliveries before `number`, and that the first `rows` rows of the invocations are gone. */
  dropUpTo(number: number, rows: number): void {
    this.#passSettled();
    const { lane, queued, node, row, attempt, status, settled } = this.columns;
    const count = Math.max(0, Math.min(number - this.base, this.#lowest));
    const length = this.#length - count;
    for (const column of [lane, queued, node, row, attempt, status, settled]) {
      column.copyWithin(0, count, this.#length);
      column.fill(0, length, this.#length);
    }
    this.base += count;
    this.#length = length;
    this.#lowest -= count;
    for (let place = 0; place < length; place++) row[place] = Math.max(0, (row[place] ?? 0) - rows);
  }

  #passSettled(): void {
    const { settled } = this.columns;
    while (this.#lowest < this.#length && (settled[this.#lowest] ?? 0) > 0) this.#lowest++;
  }

  /** Makes columns longer that are too short, each when its own time has come: in the order of their turns. */
  #grow(length: number): void {
    const { lane, queued, node, row, attempt, status, settled } = this.columns;
    this.columns = {
      queued: longEnough(queued, length, 0, longerFloats),
      node: longEnough(node, length, 1, longerIntegers),
      row: longEnough(row, length, 2, longerIntegers),
      settled: longEnough(settled, length, 3, longerIntegers),
      lane: longEnough(lane, length, 4, longerShorts),
      attempt: longEnough(attempt, length, 5, longerBytes),
      status: longEnough(status, length, 6, longerBytes),
    };
    this.#enough = Math.min(
      ...Object.values(this.columns).map((column, turn) => enough(column.length, turn)),
    );
  }
}
