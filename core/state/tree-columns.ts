/**
 * The rows of the tree as columns of numbers in a ring: 33 bytes a node, nothing for the garbage collector to walk.
 * The ring doubles until it holds `limit` rows; from then on each new row takes the place of the oldest.
 */
export class TreeColumns {
  readonly #limit: number;
  /** Number of the oldest row kept, and of the next to be added. Numbers start at 1. */
  first = 1;
  next = 1;
  length: number;

  status: Uint8Array;
  parent: Uint32Array;
  label: Uint32Array;
  scope: Uint32Array;
  /** Publish: number of the publishing delivery. Invocation: number of the delivery. */
  delivery: Uint32Array;
  /** Publish: its ordinal. Invocation: attempts. */
  count: Uint32Array;
  time: Float64Array;
  /** Milliseconds; NaN until settled. */
  duration: Float32Array;

  constructor(limit: number) {
    this.#limit = limit;
    const length = Math.min(limit, 256);
    this.length = length;
    this.status = new Uint8Array(length);
    this.parent = new Uint32Array(length);
    this.label = new Uint32Array(length);
    this.scope = new Uint32Array(length);
    this.delivery = new Uint32Array(length);
    this.count = new Uint32Array(length);
    this.time = new Float64Array(length);
    this.duration = new Float32Array(length);
  }

  /** Where the row of a node is, or -1 when it is not kept (any more). */
  row(number: number): number {
    return number >= this.first && number < this.next ? number % this.length : -1;
  }

  /** Makes room for one more row and answers its number. `evict` hears of the row that had to go. */
  add(evict: (number: number) => void): number {
    if (this.next - this.first === this.length) {
      if (this.length < this.#limit) this.#grow();
      else {
        evict(this.first);
        this.first++;
      }
    }
    return this.next++;
  }

  /** Makes the newest rows before `next` usable, as many as fit, for a snapshot to be put back into. */
  startAt(next: number, count: number): void {
    this.next = next;
    this.first = Math.max(next - count, next - this.#limit, 1);
    while (this.next - this.first > this.length) this.#grow();
  }

  /** The rows in use, oldest first. */
  *rows(): Generator<number> {
    for (let number = this.first; number < this.next; number++) yield number % this.length;
  }

  #grow(): void {
    const { first, next, length } = this;
    const longer = Math.min(this.#limit, length * 2);
    const moved = <Column extends Uint8Array | Uint32Array | Float32Array | Float64Array>(
      from: Column,
      to: Column,
    ) => {
      for (let number = first; number < next; number++) to[number % longer] = from[number % length] ?? 0;
      return to;
    };
    this.status = moved(this.status, new Uint8Array(longer));
    this.parent = moved(this.parent, new Uint32Array(longer));
    this.label = moved(this.label, new Uint32Array(longer));
    this.scope = moved(this.scope, new Uint32Array(longer));
    this.delivery = moved(this.delivery, new Uint32Array(longer));
    this.count = moved(this.count, new Uint32Array(longer));
    this.time = moved(this.time, new Float64Array(longer));
    this.duration = moved(this.duration, new Float32Array(longer));
    this.length = longer;
  }
}
