import { PubSubError } from '../../core/errors.js';
import type {
  RepairReport,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
} from '../../core/persistence/storage-adapter.js';
import { storeBatch } from './appending.js';
import { answer } from './connection.js';
import { type Database, isInterrupted } from './database.js';
import { damaged, lockError, refused, storeLost } from './faults.js';
import {
  batchesBefore,
  batchRange,
  namespaceKey,
  type Place,
  sequenceOf,
  snapshotKey,
  snapshotRange,
} from './keys.js';
import type { OpenedNamespace } from './opening.js';
import type { Ownership } from './ownership.js';
import type { Reader } from './reading.js';
import { type NamespaceRecord, parseNamespace, sealSnapshot } from './records.js';
import { applyRepair, inspect } from './repair.js';

export interface NamespaceParts {
  readonly database: Database;
  readonly reader: Reader;
  readonly ownership: Ownership;
  readonly opened: OpenedNamespace;
  readonly onLost: ((cause: Error) => void) | undefined;
  /** Called when this writer is done, whether it closed or lost the store. */
  readonly onEnd: () => void;
}

/** The writer of a namespace in IndexedDB. */
export class IndexedDbNamespace implements StorageNamespace {
  readonly epoch: number;
  /** Never anything: a transaction that was not committed whole leaves nothing behind. */
  readonly tornTail: undefined = undefined;
  readonly #parts: NamespaceParts;
  readonly #place: Place;
  readonly #stopListening: () => void;
  #record: NamespaceRecord;
  #next: number | undefined;
  #fence: number | undefined;
  #lost: PubSubError | undefined;
  #closing: Promise<void> | undefined;
  /** The last piece of work, settled or not: the next one starts after it. */
  #work: Promise<unknown> = Promise.resolve();

  constructor(parts: NamespaceParts) {
    const { opened, database, ownership } = parts;
    this.#parts = parts;
    this.#place = opened.place;
    this.#record = opened.record;
    this.#next = opened.next;
    this.#fence = opened.fence;
    this.epoch = opened.record.epoch;
    ownership.onTaken(() => this.#lose(this.#replaced('this tab did not answer: it was frozen or too busy')));
    this.#stopListening = database.onGone((lost) => {
      if (lost === undefined) void this.#checkIsThere();
      else this.#lose(lost);
    });
  }

  append(batch: StoredBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    const { firstSequence } = batch;
    const records = [...batch.records]; // the caller may reuse its array at once
    return this.#inTurn(async () => {
      const next = this.#nextOrRefuse();
      if (firstSequence !== next) {
        throw refused(`expected a batch that starts at sequence ${next}, got ${firstSequence}`);
      }
      if (records.length === 0) return;
      const { database, ownership } = this.#parts;
      const found = await storeBatch(
        database,
        this.#place,
        { firstSequence, records },
        { sync, overFence: this.#fence === firstSequence, isOurs: (record) => this.#isOurs(record) },
      );
      if (!this.#isOurs(found)) throw this.#lose(this.#explainLoss(found));
      this.#next = firstSequence + records.length;
      this.#fence = undefined;
      ownership.announceStored();
    });
  }

  async *read(after: number): AsyncGenerator<StoredBatch> {
    this.#assertHeld();
    // Where the last batch is damaged the end is unknown: reading gets as far as that batch, and says so.
    yield* this.#parts.reader.read(after, this.#next ?? 0);
  }

  async readSnapshot(): Promise<StoredSnapshot | undefined> {
    this.#assertHeld();
    return this.#parts.reader.readSnapshot();
  }

  writeSnapshot(snapshot: StoredSnapshot): Promise<void> {
    return this.#inTurn(async () => {
      const next = this.#nextOrRefuse();
      const { sequence } = snapshot;
      const former = this.#record.snapshots.find(
        ({ generation }) => !this.#parts.reader.isDamaged(generation),
      );
      const least = former?.sequence ?? 0;
      if (!Number.isSafeInteger(sequence) || sequence < least) {
        throw refused(`expected a snapshot at sequence ${least} or later, got ${sequence}`);
      }
      const chunks = sealSnapshot(snapshot);
      const generation = (this.#record.snapshots[0]?.generation ?? 0) + 1;
      const pointer = { generation, sequence, chunks: chunks.length };
      const record: NamespaceRecord = {
        ...this.#record,
        next: Math.max(next, sequence + 1),
        snapshots: former === undefined ? [pointer] : [pointer, former],
      };
      await this.#changeRecord(record, async (store) => {
        // Beyond the last record, the snapshot covers all there is; else the former one needs what comes after it.
        if (sequence >= next) store.delete(batchRange(this.#place));
        else await this.#dropBatches(store, least);
        for (const old of this.#record.snapshots) {
          if (old !== former) store.delete(snapshotRange(this.#place, old.generation));
        }
        for (const [index, chunk] of chunks.entries()) {
          store.put(chunk, snapshotKey(this.#place, generation, index));
        }
      });
      if (record.next > next) this.#fence = undefined;
      this.#next = record.next;
      this.#parts.ownership.announceStored();
    });
  }

  repair(): Promise<RepairReport> {
    return this.#inTurn(async () => {
      const { reader } = this.#parts;
      const found = await inspect(reader, this.#record, this.#next);
      const { next, snapshots, lost } = found;
      const record = { ...this.#record, next, snapshots, lost };
      await this.#changeRecord(record, (store) => applyRepair(store, this.#place, found.aside));
      this.#next = next;
      return found.report;
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  async #finish(): Promise<void> {
    await this.#work.catch(() => {}); // whoever asked for it has been told
    if (this.#lost !== undefined) return;
    this.#stopListening();
    const { owner: _, ...rest } = this.#record;
    const record = { ...rest, owner: undefined, next: this.#next ?? this.#record.next };
    // Without this the next writer sets up a fence that it would not need; nothing else depends on it.
    await this.#changeRecord(record, async () => {}, 'relaxed').catch(() => {});
    await this.#parts.ownership.release();
    this.#parts.onEnd();
  }

  /** Writes the record together with what `change` does, unless somebody else has written it since. */
  async #changeRecord(
    record: NamespaceRecord,
    change: (store: IDBObjectStore) => Promise<void>,
    durability: 'strict' | 'relaxed' = 'strict',
  ): Promise<void> {
    const update = (): Promise<void> =>
      this.#parts.database.update(durability, async (store) => {
        const found: unknown = await answer<unknown>(store.get(namespaceKey(this.#place.name)));
        if (!this.#isOurs(found)) throw this.#lose(this.#explainLoss(found));
        await change(store);
        store.put(record, namespaceKey(this.#place.name));
      });
    try {
      await update();
    } catch (error) {
      if (!isInterrupted(error)) throw error;
      await update(); // all of it is the same when done twice
    }
    this.#record = record;
  }

  /** Drops batches that lie wholly at or below `covered`. */
  async #dropBatches(store: IDBObjectStore, covered: number): Promise<void> {
    const cursor = await answer(store.openKeyCursor(batchRange(this.#place, -Infinity, covered + 1), 'prev'));
    const key = sequenceOf(cursor?.key);
    if (key !== undefined) store.delete(batchesBefore(this.#place, key));
  }

  /** One thing after the other, in the order of the calls. What was asked for before `close` is still done. */
  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#assertHeld();
    const run = (): Promise<Result> => (this.#lost === undefined ? work() : Promise.reject(this.#lost));
    const result = this.#work.then(run, run);
    this.#work = result;
    return result;
  }

  #assertHeld(): void {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#closing !== undefined) throw storeLost(this.#parts.reader.position('closed'));
  }

  #nextOrRefuse(): number {
    if (this.#next === undefined) {
      throw damaged(this.#parts.reader.position('last batch'), 'it is damaged; repair the namespace first');
    }
    return this.#next;
  }

  #isOurs(value: unknown): boolean {
    const record = this.#parse(value);
    return record?.epoch === this.epoch && record.incarnation === this.#place.incarnation;
  }

  #parse(value: unknown): NamespaceRecord | undefined {
    try {
      return parseNamespace(value, '');
    } catch {
      return undefined; // whatever it is, it is not ours
    }
  }

  #explainLoss(value: unknown): PubSubError {
    const record = this.#parse(value);
    if (record === undefined) {
      return storeLost(this.#parts.reader.position('its record: the data was deleted while it was in use'));
    }
    return this.#replaced('another tab took over', record.owner);
  }

  #replaced(why: string, owner?: string): PubSubError {
    return lockError(this.#parts.reader.position(`no longer ours: ${why}`), owner);
  }

  async #checkIsThere(): Promise<void> {
    try {
      const record = await this.#parts.reader.record();
      if (record.epoch !== this.epoch) this.#lose(this.#explainLoss(record));
    } catch (error) {
      if (error instanceof PubSubError && error.details.lost === true) this.#lose(error);
      // Anything else: the next call tries again, and reports what it meets.
    }
  }

  /** Ends this writer once and for all, and tells. Answers the first cause. */
  #lose(cause: PubSubError): PubSubError {
    if (this.#lost !== undefined) return this.#lost;
    this.#lost = cause;
    this.#stopListening();
    void this.#parts.ownership.release();
    this.#parts.onEnd();
    const { onLost } = this.#parts;
    if (onLost !== undefined) queueMicrotask(() => onLost(cause)); // what it throws is not our caller's business
    return cause;
  }
}
