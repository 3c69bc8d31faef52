type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A list of numbers in a typed array that doubles when it is full. Nothing here for the garbage collector to walk. */
export class Column<Values extends Numbers> {
  readonly #make: (length: number) => Values;
  /** May be longer than `length`; replaced when it grows. */
  values: Values;
  length = 0;

  constructor(make: (length: number) => Values, capacity = 1024) {
    this.#make = make;
    this.values = make(capacity);
  }

  /** Appends one and answers its place. */
  push(value: number): number {
    const place = this.length;
    if (place === this.values.length) this.#reserve(place + 1);
    this.values[place] = value;
    this.length = place + 1;
    return place;
  }

  at(index: number): number {
    return this.values[index] ?? 0;
  }

  set(index: number, value: number): void {
    this.values[index] = value;
  }

  /** Forgets the first `count`; the others move to the front. */
  drop(count: number): void {
    this.values.copyWithin(0, count, this.length);
    this.length = Math.max(0, this.length - count);
  }

  /** How many of the values, which must be sorted, are at most `limit`. */
  countUpTo(limit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) <= limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #reserve(length: number): void {
    if (length <= this.values.length) return;
    let capacity = this.values.length;
    while (capacity < length) capacity = nextCapacity(capacity);
    const longer = this.#make(capacity);
    longer.set(this.values.subarray(0, this.length));
    this.values = longer;
  }
}

export const bytes = (): Column<Uint8Array> => new Column((length) => new Uint8Array(length));
export const shorts = (): Column<Uint16Array> => new Column((length) => new Uint16Array(length));
export const integers = (): Column<Uint32Array> => new Column((length) => new Uint32Array(length));
export const floats = (): Column<Float64Array> => new Column((length) => new Float64Array(length));

// Tables of many columns grow all of them at once, so that adding a row is a few plain writes.

const SMALL = 2 ** 16;
const LARGE = 2 ** 20;

/**
 * How long the columns of a table become that have become too short. Memory that nobody has written to is not there yet, so
 * that being generous costs nothing; moving what is there, and touching new memory for it, costs about 3 ns a byte.
 */
export function nextCapacity(capacity: number): number {
  if (capacity < SMALL) return capacity * 4;
  return capacity < LARGE ? LARGE : capacity * 2;
}

export function longerBytes(from: Uint8Array, capacity: number): Uint8Array<ArrayBuffer> {
  const to = new Uint8Array(capacity);
  to.set(from);
  return to;
}

export function longerShorts(from: Uint16Array, capacity: number): Uint16Array<ArrayBuffer> {
  const to = new Uint16Array(capacity);
  to.set(from);
  return to;
}

export function longerIntegers(from: Uint32Array, capacity: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(capacity);
  to.set(from);
  return to;
}

export function longerFloats(from: Float64Array, capacity: number): Float64Array<ArrayBuffer> {
  const to = new Float64Array(capacity);
  to.set(from);
  return to;
}

/** How many of the first `length` values, which must be sorted, are at most `limit`. */
export function countUpTo(values: Uint32Array, length: number, limit: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
