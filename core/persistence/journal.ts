import { PubSubError, toPubSubError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import type { RunEvent } from '../state/run-event.js';
import { encodeParts, type SnapshotPart } from '../state/snapshot.js';
import { encodeEvent, encodeGroup } from './event-codec.js';
import type { Persistence } from './persistence.js';
import type { StorageNamespace } from './storage-adapter.js';

/** Most records, and characters of them, that are written at once. */
const BATCH_RECORDS = 4096;
const BATCH_SIZE = 4 * 1024 * 1024;
/** When so much waits to be written, publishers wait too; they go on when half of it is written. */
const HIGH_WATER = 16 * 1024 * 1024;
/** A snapshot is taken when the log has grown by this many characters, and by twice the last snapshot. */
const SNAPSHOT_AFTER = 8 * 1024 * 1024;
/** Records of a snapshot that are encoded at a time. */
const SNAPSHOT_STRIDE = 8;
/** Waits between attempts to write again after a failure, in milliseconds; the last is repeated. */
const RETRY_DELAYS = [50, 200, 1000, 5000];

/** What the journal needs of the executor. */
export interface JournalSurroundings {
  readonly runtime: Runtime;
  /** True: what is acknowledged is on the device. */
  readonly sync: boolean;
  /** A picture of the state as it is now. */
  snapshot(): SnapshotPart[];
  /** Nothing more should be started or published until `release`: the store is too slow, or fails. */
  hold(): void;
  release(): void;
  warn(message: string, cause?: unknown): void;
  /** Opens the namespace again after a fault that only a new start can mend. */
  reopen(): Promise<StorageNamespace>;
}

interface Waiter {
  readonly record: number;
  readonly settle: (error: PubSubError | undefined) => void;
}

/**
 * Writes events down in their order. While one batch is being written the next gathers behind it: one durable write
 * for all that came meanwhile. When the store fails nothing is acknowledged any more and what was not written stays in
 * memory; it is written when the fault is gone.
 */
export class Journal implements Persistence {
  readonly #surroundings: JournalSurroundings;
  #namespace: StorageNamespace;
  /** Records not yet durable, oldest first; the first has number `#durable + 1`. */
  #pending: string[] = [];
  #pendingSize = 0;
  /** Number of the newest record that is durable. */
  #durable: number;
  #group: string[] | undefined;
  #writing: Promise<void> | undefined;
  #writePlanned = false;
  #waiters: Waiter[] = [];
  #failure: PubSubError | undefined;
  #failures = 0;
  #stopRetry: (() => void) | undefined;
  #held = false;
  #logSize = 0;
  #snapshotSize = 0;
  #snapshotWanted = false;
  #closed = false;

  constructor(
    namespace: StorageNamespace,
    durable: number,
    logSize: number,
    surroundings: JournalSurroundings,
  ) {
    this.#namespace = namespace;
    this.#durable = durable;
    this.#logSize = logSize;
    this.#surroundings = surroundings;
  }

  /** Why nothing can be acknowledged now. */
  get failure(): PubSubError | undefined {
    return this.#failure;
  }

  take(event: RunEvent): void {
    const text = encodeEvent(event);
    if (this.#group) this.#group.push(text);
    else this.#add(text);
  }

  beginGroup(): void {
    this.#group = [];
  }

  endGroup(): void {
    const group = this.#group ?? [];
    this.#group = undefined;
    if (group.length > 0) this.#add(encodeGroup(group));
  }

  /** Settles when everything recorded so far is durable. @throws PubSubError `DATABASE_ERROR` when it cannot be now. */
  durable(): Promise<void> | undefined {
    if (this.#pending.length === 0 && !this.#failure) return undefined;
    return new Promise((resolve, reject) => {
      this.whenDurable((error) => (error ? reject(error) : resolve()));
    });
  }

  /** Calls back once everything recorded so far is durable, or has turned out not to be. */
  whenDurable(settle: (error: PubSubError | undefined) => void): void {
    const record = this.#durable + this.#pending.length;
    if (this.#failure || record === this.#durable) settle(this.#failure);
    else this.#waiters.push({ record, settle });
  }

  /** Writes everything down and replaces the log by a snapshot. */
  async save(): Promise<void> {
    this.#snapshotWanted = true;
    this.#planWrite();
    while (this.#snapshotWanted) {
      if (this.#failure) throw this.#failure;
      await (this.#writing ?? this.#nextWrite());
    }
  }

  /** Writes down what can be written and lets the store go. */
  async close(): Promise<void> {
    while (this.#pending.length > 0 && !this.#failure) await (this.#writing ?? this.#nextWrite());
    this.#closed = true;
    this.#stopRetry?.();
    await this.#writing;
    await this.#namespace.close();
    if (this.#failure && this.#pending.length > 0) throw this.#failure;
  }

  /** The store was taken away for good. */
  lost(cause: unknown): void {
    const error = toPubSubError(cause, 'LOCK_ERROR');
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(
      new PubSubError('LOCK_ERROR', `the storage was lost: ${error.message}`, {
        cause,
        details: error.details,
      }),
    );
  }

  #add(record: string): void {
    this.#pending.push(record);
    this.#pendingSize += record.length;
    if (this.#pendingSize > HIGH_WATER) this.#hold();
    if (!this.#writing && !this.#writePlanned && !this.#failure) this.#planWrite();
  }

  /** Writing begins after the running code, so that what happens together is written together. */
  #planWrite(): void {
    if (this.#writePlanned || this.#writing || this.#closed) return;
    this.#writePlanned = true;
    this.#surroundings.runtime.defer(() => void this.#nextWrite());
  }

  #nextWrite(): Promise<void> {
    this.#writePlanned = false;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // What came between the last look and now.
      if ((this.#pending.length > 0 || this.#snapshotWanted) && !this.#failure) this.#planWrite();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#pending.length > 0 && !this.#closed) await this.#writeBatch();
      if (this.#snapshotWanted && !this.#closed) await this.#writeSnapshot();
    } catch (thrown) {
      this.#fail(toPubSubError(thrown, 'DATABASE_ERROR'));
    }
  }

  async #writeBatch(): Promise<void> {
    await this.#append(this.#nextBatch());
    if (this.#logSize > SNAPSHOT_AFTER && this.#logSize > 2 * this.#snapshotSize) await this.#writeSnapshot();
  }

  async #append(records: readonly string[]): Promise<void> {
    await this.#namespace.append(
      { firstSequence: this.#durable + 1, records },
      { sync: this.#surroundings.sync },
    );
    let size = 0;
    for (const record of records) size += record.length;
    this.#pending = this.#pending.slice(records.length);
    this.#pendingSize -= size;
    this.#logSize += size;
    this.#durable += records.length;
    this.#recovered();
  }

  #nextBatch(): string[] {
    const records: string[] = [];
    let size = 0;
    for (const record of this.#pending) {
      if (records.length > 0 && (records.length >= BATCH_RECORDS || size + record.length > BATCH_SIZE)) break;
      records.push(record);
      size += record.length;
    }
    return records;
  }

  async #writeSnapshot(): Promise<void> {
    // The picture is of now, so everything up to now must be in the log before it may replace the log.
    const parts = this.#surroundings.snapshot();
    const sequence = this.#durable + this.#pending.length;
    while (this.#durable < sequence) await this.#append(this.#nextBatch().slice(0, sequence - this.#durable));
    const records: string[] = [];
    let size = 0;
    for (const record of encodeParts(parts)) {
      records.push(record);
      size += record.length;
      // Encoding a large state takes long; it must not hold up the page.
      if (records.length % SNAPSHOT_STRIDE === 0) {
        await new Promise<void>((resolve) => this.#surroundings.runtime.yieldTurn(resolve));
      }
    }
    await this.#namespace.writeSnapshot({ sequence, records });
    this.#snapshotSize = size;
    this.#logSize = 0;
    this.#snapshotWanted = false;
    this.#recovered();
  }

  #recovered(): void {
    this.#failures = 0;
    if (this.#failure) this.#surroundings.warn('the storage works again; everything has been written');
    this.#failure = undefined;
    this.#acknowledge();
    if (this.#held && this.#pendingSize < HIGH_WATER / 2) {
      this.#held = false;
      this.#surroundings.release();
    }
  }

  #acknowledge(): void {
    let settled = 0;
    for (const { record } of this.#waiters) {
      if (record > this.#durable) break;
      settled++;
    }
    for (const { settle } of this.#waiters.splice(0, settled)) settle(undefined);
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#surroundings.hold();
  }

  #fail(error: PubSubError): void {
    const failure =
      error.code === 'LOCK_ERROR' || error.code === 'DATABASE_ERROR'
        ? error
        : new PubSubError('DATABASE_ERROR', error.message, { cause: error.cause, details: error.details });
    if (!this.#failure)
      this.#surroundings.warn(`the storage fails, nothing is acknowledged: ${failure.message}`, failure);
    this.#failure = failure;
    this.#hold();
    for (const { settle } of this.#waiters.splice(0)) settle(failure);
    if (failure.code === 'LOCK_ERROR' || this.#closed) return;
    const delay = RETRY_DELAYS[Math.min(this.#failures++, RETRY_DELAYS.length - 1)] ?? 0;
    this.#stopRetry = this.#surroundings.runtime.setTimer(delay, () => void this.#tryAgain(failure));
  }

  async #tryAgain(failure: PubSubError): Promise<void> {
    if (this.#closed) return;
    try {
      if (failure.details.retryable !== true) await this.#startAnew();
    } catch (thrown) {
      this.#fail(toPubSubError(thrown, 'DATABASE_ERROR'));
      return;
    }
    if (this.#pending.length === 0 && !this.#snapshotWanted) this.#recovered();
    else await this.#nextWrite();
  }

  /** Opens the namespace again and finds out how much of the failed batch is in it after all. */
  async #startAnew(): Promise<void> {
    await this.#namespace.close().catch(() => {});
    this.#namespace = await this.#surroundings.reopen();
    for await (const { firstSequence, records } of this.#namespace.read(this.#durable)) {
      const stored = firstSequence + records.length - 1 - this.#durable;
      const matches = records.every((record, index) => record === this.#pending[index]);
      if (!matches)
        throw new PubSubError('DATABASE_ERROR', 'the storage holds other records than were written');
      for (const record of this.#pending.splice(0, stored)) this.#pendingSize -= record.length;
      this.#durable += stored;
    }
  }
}
