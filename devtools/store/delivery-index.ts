import { longerBytes, longerFloats, longerIntegers, longerShorts } from './column.js';

/** Not this status but: no such delivery. */
const NONE = 255;
const WAITING = 3;
const CAPACITY = 1024;

/** Deliveries by their numbers: whose, since when, of which message, and how they stand. */
export class DeliveryIndex {
  #base: number;
  #length = 0;
  #lane = new Uint16Array(CAPACITY);
  #queued = new Float64Array(CAPACITY);
  #message = new Uint32Array(CAPACITY);
  #node = new Uint32Array(CAPACITY);
  /** Row of its newest attempt, plus one. */
  #row = new Uint32Array(CAPACITY);
  #attempt = new Uint8Array(CAPACITY);
  #status = new Uint8Array(CAPACITY);
  /** Event that settled it; 0 until then. */
  #settled = new Uint32Array(CAPACITY);
  /** Place before which all are settled. */
  #lowest = 0;

  constructor(base: number) {
    this.#base = base;
  }

  /** Number that the next delivery will have. */
  get next(): number {
    return this.#base + this.#length;
  }

  add(lane: number, queued: number, messageSeq: number, node: number): number {
    const place = this.#length;
    if (place === this.#lane.length) this.#grow();
    this.#length = place + 1;
    this.#lane[place] = lane;
    this.#queued[place] = queued;
    this.#message[place] = messageSeq;
    this.#node[place] = node;
    this.#row[place] = 0;
    this.#attempt[place] = 0;
    this.#status[place] = WAITING;
    this.#settled[place] = 0;
    return this.#base + place;
  }

  /** Leaves out the numbers up to (not including) `number`: deliveries that were over before anybody watched. */
  skipTo(number: number): void {
    while (this.next < number) {
      const skipped = this.add(0, 0, 0, 0);
      this.setStatus(skipped, NONE, 1);
    }
  }

  lane(number: number): number {
    return this.#lane[number - this.#base] ?? 0;
  }

  queued(number: number): number {
    return this.#queued[number - this.#base] ?? 0;
  }

  node(number: number): number {
    return this.#node[number - this.#base] ?? 0;
  }

  message(number: number): number {
    return this.#message[number - this.#base] ?? 0;
  }

  /** Row of the newest attempt, or -1. */
  row(number: number): number {
    return (this.#row[number - this.#base] ?? 0) - 1;
  }

  status(number: number): number {
    return this.#status[number - this.#base] ?? NONE;
  }

  settledAt(number: number): number {
    return this.#settled[number - this.#base] ?? 0;
  }

  has(number: number): boolean {
    return number >= this.#base && number < this.next && this.status(number) !== NONE;
  }

  /** Counts one more attempt and answers which it is. */
  attempt(number: number): number {
    const place = number - this.#base;
    const attempt = Math.min(255, (this.#attempt[place] ?? 0) + 1);
    this.#attempt[place] = attempt;
    return attempt;
  }

  setNode(number: number, node: number): void {
    this.#node[number - this.#base] = node;
  }

  setRow(number: number, row: number): void {
    this.#row[number - this.#base] = row + 1;
  }

  setStatus(number: number, status: number, settledSeq: number): void {
    this.#status[number - this.#base] = status;
    this.#settled[number - this.#base] = settledSeq;
  }

  requeue(number: number, at: number): void {
    this.#queued[number - this.#base] = at;
  }

  *unsettled(): Generator<number> {
    this.#passSettled();
    for (let place = this.#lowest; place < this.#length; place++) {
      if (this.#settled[place] === 0) yield this.#base + place;
    }
  }

  /** Forgets settled deliveries before `number`, and that the first `rows` rows of the invocations are gone. */
  dropUpTo(number: number, rows: number): void {
    this.#passSettled();
    const count = Math.max(0, Math.min(number - this.#base, this.#lowest));
    for (const column of [this.#lane, this.#queued, this.#message, this.#node, this.#row])
      column.copyWithin(0, count, this.#length);
    for (const column of [this.#attempt, this.#status, this.#settled])
      column.copyWithin(0, count, this.#length);
    this.#base += count;
    this.#length -= count;
    this.#lowest -= count;
    for (let place = 0; place < this.#length; place++)
      this.#row[place] = Math.max(0, (this.#row[place] ?? 0) - rows);
  }

  #passSettled(): void {
    while (this.#lowest < this.#length && (this.#settled[this.#lowest] ?? 0) > 0) this.#lowest++;
  }

  #grow(): void {
    const capacity = this.#lane.length * 2;
    this.#lane = longerShorts(this.#lane, capacity);
    this.#queued = longerFloats(this.#queued, capacity);
    this.#message = longerIntegers(this.#message, capacity);
    this.#node = longerIntegers(this.#node, capacity);
    this.#row = longerIntegers(this.#row, capacity);
    this.#attempt = longerBytes(this.#attempt, capacity);
    this.#status = longerBytes(this.#status, capacity);
    this.#settled = longerIntegers(this.#settled, capacity);
  }
}
