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
  /** The last multiple of `length` that is not after `first`: `row` then needs no division. */
  #base = 0;

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
    return number >= this.first && number < this.next ? this.#rowOf(number) : -1;
  }

  /** `number % length`, for the number of a row in use. */
  #rowOf(number: number): number {
    const { length } = this;
    const offset = number - this.#base;
    return offset < length ? offset : offset - length;
  }

  /** Adds a row and answers its number. `evict` hears of the row that had to go. */
  add(
    status: number,
    parent: number,
    label: number,
    scope: number,
    delivery: number,
    count: number,
    time: number,
    evict: (number: number) => void,
  ): number {
    if (this.next - this.first === this.length) this.#makeRoom(evict);
    const number = this.next++;
    const row = this.#rowOf(number);
    this.status[row] = status;
    this.parent[row] = parent;
    this.label[row] = label;
    this.scope[row] = scope;
    this.delivery[row] = delivery;
    this.count[row] = count;
    this.time[row] = time;
    this.duration[row] = Number.NaN;
    return number;
  }

  /** Apart from `add`, which the engine compiles long before the first row has to go, and would compile anew then. */
  #makeRoom(evict: (number: number) => void): void {
    if (this.length < this.#limit) this.#grow(Math.min(this.#limit, this.length * 2));
    else this.#dropFirst(evict);
  }

  #dropFirst(evict: (number: number) => void): void {
    evict(this.first);
    const first = this.first + 1;
    this.first = first;
    const base = this.#base;
    // Stored in any case: a statement that first runs after 100,000 nodes would make the engine compile all anew then.
    this.#base = first - base === this.length ? first : base;
  }

  /** Makes the newest rows before `next` usable, as many as fit, for a snapshot to be put back into. */
  startAt(next: number, count: number): void {
    const first = Math.max(next - count, next - this.#limit, 1);
    // As long as no row is in use, growing moves none; at once, it clears half the memory.
    this.first = next;
    this.next = next;
    let length = this.length;
    while (next - first > length) length = Math.min(this.#limit, length * 2);
    if (length > this.length) this.#grow(length);
    this.first = first;
    this.#base = this.first - (this.first % this.length);
  }

  /** The rows in use, oldest first. */
  *rows(): Generator<number> {
    for (let number = this.first; number < this.next; number++) yield number % this.length;
  }

  #grow(longer: number): void {
    const { first, next, length } = this;
    const moved = <Column extends Uint8Array | Uint32Array | Float32Array | Float64Array>(
      from: Column,
      to: Column,
    ) => {
      // Stretches that are in one piece in both rings: few, and copied as memory.
      for (let number = first; number < next; ) {
        const [source, target] = [number % length, number % longer];
        const count = Math.min(length - source, longer - target, next - number);
        to.set(from.subarray(source, source + count), target);
        number += count;
      }
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
    this.#base = first - (first % longer);
  }
}
