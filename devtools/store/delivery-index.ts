import { bytes, floats, integers, shorts } from './column.js';

/** Not this status but: no such delivery. */
const NONE = 255;

/** Deliveries by their numbers: whose, since when, of which message, and how they stand. */
export class DeliveryIndex {
  readonly #base: number;
  readonly #lane = shorts();
  readonly #queued = floats();
  readonly #message = integers();
  readonly #node = integers();
  /** Row of its newest attempt, plus one. */
  readonly #row = integers();
  readonly #attempt = bytes();
  readonly #status = bytes();
  /** Event that settled it; 0 until then. */
  readonly #settled = integers();
  /** Place before which all are settled. */
  #lowest = 0;

  constructor(base: number) {
    this.#base = base;
  }

  /** Number that the next delivery will have. */
  get next(): number {
    return this.#base + this.#lane.length;
  }

  add(lane: number, queued: number, messageSeq: number, node: number): number {
    this.#lane.push(lane);
    this.#queued.push(queued);
    this.#message.push(messageSeq);
    this.#node.push(node);
    this.#row.push(0);
    this.#attempt.push(0);
    this.#status.push(3);
    this.#settled.push(0);
    return this.next - 1;
  }

  /** Leaves out the numbers up to (not including) `number`: deliveries that were over before anybody watched. */
  skipTo(number: number): void {
    while (this.next < number) {
      const skipped = this.add(0, 0, 0, 0);
      this.setStatus(skipped, NONE, 1);
    }
  }

  lane(number: number): number {
    return this.#lane.at(number - this.#base);
  }

  queued(number: number): number {
    return this.#queued.at(number - this.#base);
  }

  node(number: number): number {
    return this.#node.at(number - this.#base);
  }

  message(number: number): number {
    return this.#message.at(number - this.#base);
  }

  /** Row of the newest attempt, or -1. */
  row(number: number): number {
    return this.#row.at(number - this.#base) - 1;
  }

  status(number: number): number {
    return this.#status.at(number - this.#base);
  }

  settledAt(number: number): number {
    return this.#settled.at(number - this.#base);
  }

  has(number: number): boolean {
    return number >= this.#base && number < this.next && this.status(number) !== NONE;
  }

  /** Counts one more attempt and answers which it is. */
  attempt(number: number): number {
    const attempt = Math.min(255, this.#attempt.at(number - this.#base) + 1);
    this.#attempt.set(number - this.#base, attempt);
    return attempt;
  }

  setNode(number: number, node: number): void {
    this.#node.set(number - this.#base, node);
  }

  setRow(number: number, row: number): void {
    this.#row.set(number - this.#base, row + 1);
  }

  setStatus(number: number, status: number, settledSeq: number): void {
    this.#status.set(number - this.#base, status);
    this.#settled.set(number - this.#base, settledSeq);
  }

  requeue(number: number, at: number): void {
    this.#queued.set(number - this.#base, at);
  }

  *unsettled(): Generator<number> {
    const { length } = this.#settled;
    while (this.#lowest < length && this.#settled.at(this.#lowest) > 0) this.#lowest++;
    for (let place = this.#lowest; place < length; place++) {
      if (this.#settled.at(place) === 0) yield this.#base + place;
    }
  }

  /** The first `count` rows of the invocations are gone. */
  rowsDropped(count: number): void {
    const { values, length } = this.#row;
    for (let place = 0; place < length; place++) values[place] = Math.max(0, (values[place] ?? 0) - count);
  }
}
