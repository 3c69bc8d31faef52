type Numbers = Uint8Array | Uint32Array | Float64Array;

const CHUNK_BITS = 15;
const CHUNK = 2 ** CHUNK_BITS;
const WITHIN = CHUNK - 1;

/**
 * A long list of numbers in blocks of memory: what is there is never copied as it grows, and dropping from the front frees
 * blocks. A look-up costs a little more than in a `Column`.
 */
export class ChunkedColumn<Values extends Numbers> {
  readonly #make: (length: number) => Values;
  readonly #part: (values: Values, from: number, to: number) => Values;
  #chunks: Values[] = [];
  /** Places at the front of the first block that were dropped. */
  #dropped = 0;
  length = 0;

  constructor(make: (length: number) => Values, part: (values: Values, from: number, to: number) => Values) {
    this.#make = make;
    this.#part = part;
  }

  push(value: number): void {
    const place = this.#dropped + this.length++;
    const chunk = this.#chunks[place >>> CHUNK_BITS] ?? this.#addChunk();
    chunk[place & WITHIN] = value;
  }

  /** Appends many, block by block. */
  pushAll(values: Values): void {
    let from = 0;
    while (from < values.length) {
      const place = this.#dropped + this.length;
      const chunk = this.#chunks[place >>> CHUNK_BITS] ?? this.#addChunk();
      const at = place & WITHIN;
      const count = Math.min(values.length - from, CHUNK - at);
      chunk.set(values.subarray(from, from + count), at);
      this.length += count;
      from += count;
    }
  }

  /**
   * The values from `from` (inclusive) to `to` (exclusive): where they are, if one block holds all of them, else a copy.
   * What has been appended never changes.
   */
  range(from: number, to: number): Values {
    const [first, count] = [this.#dropped + from, Math.max(0, to - from)];
    const whole = this.#chunks[first >>> CHUNK_BITS];
    const within = first & WITHIN;
    if (whole && within + count <= CHUNK) return this.#part(whole, within, within + count);
    const copy = this.#make(count);
    for (let done = 0; done < count; ) {
      const chunk = this.#chunks[(first + done) >>> CHUNK_BITS];
      const at = (first + done) & WITHIN;
      const length = Math.min(count - done, CHUNK - at);
      if (chunk) copy.set(this.#part(chunk, at, at + length), done);
      done += length;
    }
    return copy;
  }

  /** 0 for a place that is not there. */
  at(index: number): number {
    if (index < 0) return 0;
    const place = this.#dropped + index;
    return this.#chunks[place >>> CHUNK_BITS]?.[place & WITHIN] ?? 0;
  }

  /** Forgets the first `count`. */
  drop(count: number): void {
    const dropped = this.#dropped + Math.min(count, this.length);
    this.length = Math.max(0, this.length - count);
    this.#chunks = this.#chunks.slice(dropped >>> CHUNK_BITS);
    this.#dropped = dropped & WITHIN;
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

  #addChunk(): Values {
    const chunk = this.#make(CHUNK);
    this.#chunks.push(chunk);
    return chunk;
  }
}

export const longBytes = (): ChunkedColumn<Uint8Array> =>
  new ChunkedColumn<Uint8Array>(
    (length) => new Uint8Array(length),
    (values, from, to) => values.subarray(from, to),
  );
export const longIntegers = (): ChunkedColumn<Uint32Array> =>
  new ChunkedColumn<Uint32Array>(
    (length) => new Uint32Array(length),
    (values, from, to) => values.subarray(from, to),
  );
export const longFloats = (): ChunkedColumn<Float64Array> =>
  new ChunkedColumn<Float64Array>(
    (length) => new Float64Array(length),
    (values, from, to) => values.subarray(from, to),
  );
