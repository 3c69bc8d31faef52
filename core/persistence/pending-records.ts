import { RecordWriter } from './record-writer.js';

/** Events gather in one record until it has so many characters, or is written. */
const RECORD_SIZE = 64 * 1024;
/** Most records, and characters of them, that are written at once. */
const BATCH_RECORDS = 4096;
const BATCH_SIZE = 4 * 1024 * 1024;

/** Records that wait to be written, oldest first; the newest of them is open for more events. */
export class PendingRecords {
  /** Takes the events of the open record. */
  readonly open: RecordWriter = new RecordWriter();
  /** While this is set the open record is not ended: what comes belongs together. */
  grouping = false;
  /** Complete ones: `#records[#first]` and those after it. */
  #records: string[] = [];
  #first = 0;
  #size = 0;

  get count(): number {
    return this.#records.length - this.#first + (this.open.size > 0 ? 1 : 0);
  }

  /** Characters of the complete ones. */
  get size(): number {
    return this.#size;
  }

  /** Ends the open record if it has become long. Answers whether it had. */
  hasGrown(): boolean {
    if (this.open.size <= RECORD_SIZE || this.grouping) return false;
    this.endRecord();
    return true;
  }

  /** What comes next goes into another record. */
  endRecord(): void {
    if (this.open.size === 0) return;
    const record = this.open.end();
    this.#records.push(record);
    this.#size += record.length;
  }

  /** The oldest, as many as are written at once; at most `most` of them. */
  nextBatch(most: number): string[] {
    this.endRecord();
    const end = Math.min(this.#records.length, this.#first + Math.min(most, BATCH_RECORDS));
    let size = 0;
    let place = this.#first;
    for (; place < end; place++) {
      size += this.#records[place]?.length ?? 0;
      // One that is too long by itself goes by itself.
      if (size > BATCH_SIZE && place > this.#first) break;
    }
    return this.#records.slice(this.#first, place);
  }

  /** Whether the oldest records are these. */
  startsWith(records: readonly string[]): boolean {
    return records.every((record, index) => record === this.#records[this.#first + index]);
  }

  /** The oldest `count` are written. Answers how many characters that were. */
  drop(count: number): number {
    const end = Math.min(this.#records.length, this.#first + count);
    let size = 0;
    for (let place = this.#first; place < end; place++) size += this.#records[place]?.length ?? 0;
    this.#first = end;
    this.#size -= size;
    // Cut off now and then only: each time would cost as much as all that waits.
    if (this.#first * 2 >= this.#records.length) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
    return size;
  }
}
