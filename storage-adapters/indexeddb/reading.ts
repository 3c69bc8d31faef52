import type { StoredBatch, StoredSnapshot } from '../../core/persistence/storage-adapter.js';
import { answer } from './connection.js';
import type { Database } from './database.js';
import { damaged, storeLost } from './faults.js';
import { batchRange, namespaceKey, type Place, sequenceOf, snapshotRange } from './keys.js';
import { isFence, type NamespaceRecord, openBatch, openSnapshot, parseNamespace } from './records.js';

/** A page of batches is about this many characters: enough to make a request worth while, little to hold. */
const PAGE_CHARACTERS = 2_000_000;

/** One batch as it lies in the store, unchecked. */
export interface RawBatch {
  readonly key: number;
  readonly value: unknown;
}

/** Where something lies, in words that a person can find it by. */
export function positionOf(database: string, place: Place, what: string): string {
  return `database "${database}", namespace ${JSON.stringify(place.name)}, ${what}`;
}

/** Reads one namespace, for its writer and for those who follow. Every page is checked to be of the same store. */
export class Reader {
  readonly #database: Database;
  readonly #databaseName: string;
  readonly place: Place;
  /** Generations of snapshots that were found damaged. */
  readonly #damagedSnapshots = new Set<number>();

  constructor(database: Database, databaseName: string, place: Place) {
    this.#database = database;
    this.#databaseName = databaseName;
    this.place = place;
  }

  position(what: string): string {
    return positionOf(this.#databaseName, this.place, what);
  }

  async readSnapshot(): Promise<StoredSnapshot | undefined> {
    const { snapshots } = await this.record();
    for (const pointer of snapshots) {
      const [record, chunks] = await this.#database.read((store) =>
        Promise.all([
          answer<unknown>(store.get(namespaceKey(this.place.name))),
          answer<unknown[]>(store.getAll(snapshotRange(this.place, pointer.generation))),
        ]),
      );
      this.#ours(record);
      const snapshot = openSnapshot(pointer, chunks);
      if (snapshot !== undefined) return snapshot;
      this.#damagedSnapshots.add(pointer.generation);
    }
    return undefined;
  }

  /** Whether a snapshot was found damaged, and passed over. */
  isDamaged(generation: number): boolean {
    return this.#damagedSnapshots.has(generation);
  }

  /**
   * Reads what is stored after `after` now.
   * @param next The next sequence number, as far as the caller knows it: what is before it must be there.
   */
  async *read(after: number, next: number): AsyncGenerator<StoredBatch> {
    const record = await this.record();
    const start = await this.#start(after);
    let expected = after + 1;
    let begun = false;
    for await (const { key, value } of this.pages(start)) {
      if (isFence(value)) continue;
      const records = openBatch(key, value);
      if (records === undefined) throw damaged(this.position(`batch ${key}`), 'the batch is damaged');
      const last = key + records.length - 1;
      if (!begun && last < expected) continue;
      if (key > expected) this.#refuseMissing(record, expected, key - 1);
      if (begun && key < expected) {
        throw damaged(this.position(`batch ${key}`), 'the batch overlaps the one before');
      }
      const skip = Math.max(0, after + 1 - key);
      yield { firstSequence: key + skip, records: skip === 0 ? records : records.slice(skip) };
      begun = true;
      expected = last + 1;
    }
    if (expected < next) this.#refuseMissing(record, expected, next - 1);
  }

  /** All batches from a key on, unchecked and in order, some at a time; the next page is fetched meanwhile. */
  async *pages(start: number): AsyncGenerator<RawBatch> {
    let count = 4;
    let pending: Promise<RawBatch[]> | undefined = this.#page(start, count);
    while (pending !== undefined) {
      const page: readonly RawBatch[] = await pending;
      const last = page.at(-1);
      if (last === undefined) return;
      const size = page.reduce((sum, { value }) => sum + sizeOf(value), 0);
      const average = Math.max(1, size / page.length);
      const full = page.length === count;
      count = Math.min(1_000, Math.max(1, Math.round(PAGE_CHARACTERS / average)));
      pending = full ? this.#page(last.key + 1, count) : undefined;
      pending?.catch(() => {}); // reported where it is awaited; the reader may stop before
      yield* page;
    }
  }

  /** The namespace record, which must be that of our place. */
  async record(): Promise<NamespaceRecord> {
    const record = await this.#database.read((store) =>
      answer<unknown>(store.get(namespaceKey(this.place.name))),
    );
    return this.#ours(record);
  }

  async #page(from: number, count: number): Promise<RawBatch[]> {
    const range = batchRange(this.place, from);
    const [record, keys, values] = await this.#database.read((store) =>
      Promise.all([
        answer<unknown>(store.get(namespaceKey(this.place.name))),
        answer(store.getAllKeys(range, count)),
        answer<unknown[]>(store.getAll(range, count)),
      ]),
    );
    this.#ours(record);
    return keys.map((key, index) => ({ key: sequenceOf(key) ?? 0, value: values[index] }));
  }

  /** The key of the batch that holds the record after `after`, or would hold it. */
  async #start(after: number): Promise<number> {
    const cursor = await this.#database.read((store) =>
      answer(store.openKeyCursor(batchRange(this.place, -Infinity, after + 1), 'prev')),
    );
    return sequenceOf(cursor?.key) ?? after + 1;
  }

  /** Records may be missing only where `repair` has said that they are lost. */
  #refuseMissing({ lost }: NamespaceRecord, first: number, last: number): void {
    let known = first - 1;
    for (const [from, to] of lost) if (from <= known + 1) known = Math.max(known, to);
    if (known >= last) return;
    throw damaged(
      this.position(`record ${first}`),
      `records ${first} to ${last} are not there: dropped after a snapshot, or missing`,
    );
  }

  /** Never a silent empty start: what vanished between two reads is reported. */
  #ours(value: unknown): NamespaceRecord {
    const record = parseNamespace(value, this.position('its record'));
    if (record?.incarnation === this.place.incarnation) return record;
    throw storeLost(`${this.position('its record')}: the data was deleted while it was in use`);
  }
}

function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || !('records' in value)) return 0;
  const { records } = value;
  if (!Array.isArray(records)) return 0;
  return records.reduce<number>((sum, record) => sum + (typeof record === 'string' ? record.length : 0), 0);
}
