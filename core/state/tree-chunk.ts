/** Rows of the tree that are kept together, and shared between archives for as long as they stay the same. */
export const CHUNK_ROWS = 1024;

/** Bytes of one row: a float of 8 and one of 4, five whole numbers of 4, a status of 1. */
const ROW_BYTES = 33;

/** Rows `place × CHUNK_ROWS` and on, as columns over one block of memory; names by their numbers in the archive. */
export class TreeChunk {
  readonly time: Float64Array;
  readonly duration: Float32Array;
  readonly parent: Uint32Array;
  readonly label: Uint32Array;
  readonly scope: Uint32Array;
  readonly delivery: Uint32Array;
  readonly count: Uint32Array;
  readonly status: Uint8Array;
  readonly #bytes: ArrayBuffer;
  /** The same memory, for comparing and copying. */
  readonly #words: Uint32Array;

  constructor(bytes: ArrayBuffer = new ArrayBuffer(CHUNK_ROWS * ROW_BYTES)) {
    this.#bytes = bytes;
    this.#words = new Uint32Array(bytes);
    // The widest first, so that each begins where it may.
    let offset = 0;
    const place = (width: number): number => {
      offset += width * CHUNK_ROWS;
      return offset - width * CHUNK_ROWS;
    };
    this.time = new Float64Array(bytes, place(8), CHUNK_ROWS);
    this.duration = new Float32Array(bytes, place(4), CHUNK_ROWS);
    this.parent = new Uint32Array(bytes, place(4), CHUNK_ROWS);
    this.label = new Uint32Array(bytes, place(4), CHUNK_ROWS);
    this.scope = new Uint32Array(bytes, place(4), CHUNK_ROWS);
    this.delivery = new Uint32Array(bytes, place(4), CHUNK_ROWS);
    this.count = new Uint32Array(bytes, place(4), CHUNK_ROWS);
    this.status = new Uint8Array(bytes, place(1), CHUNK_ROWS);
  }

  /** Bit for bit, so that a duration that is no number equals itself. */
  equals(other: TreeChunk): boolean {
    const [mine, theirs] = [this.#words, other.#words];
    for (let word = 0; word < mine.length; word++) if (mine[word] !== theirs[word]) return false;
    return true;
  }

  copy(): TreeChunk {
    return new TreeChunk(this.#bytes.slice(0));
  }

  /** Makes this chunk the same as another. */
  become(other: TreeChunk): void {
    this.#words.set(other.#words);
  }
}
