import { closedError, PubSubError, toPubSubError } from '../errors.js';
import { nextTurn, type Runtime } from '../runtime.js';
import type { Delivery } from '../state/delivery.js';
import type { RunEvent } from '../state/run-event.js';
import type { SnapshotPart } from '../state/snapshot.js';
import { DurabilityWaiters, refused } from './durability-waiters.js';
import { encodeSnapshot } from './encode-snapshot.js';
import { PendingRecords } from './pending-records.js';
import { lostError, type Persistence } from './persistence.js';
import type { RecordWriter } from './record-writer.js';
import type { StorageNamespace } from './storage-adapter.js';

/** When so much waits to be written, publishers wait too; they go on when half of it is written. */
const HIGH_WATER = 16 * 1024 * 1024;
/** A snapshot is taken when the log has grown by this many characters, and by some times the last snapshot. */
const SNAPSHOT_AFTER = 16 * 1024 * 1024;
const SNAPSHOT_RATIO = 3;
/** Waits before writing again after a failure, in milliseconds; the last is repeated. */
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

/**
 * Writes events down in their order. Those of one turn of the event loop, and all that come while a batch is being
 * written, are written together: one durable write, and one record unless it becomes too large. When the store fails
 * nothing is acknowledged any more and what was not written stays in memory; it is written when the fault is gone. When
 * the store is taken away that is for good.
 */
export class Journal implements Persistence {
  readonly #surroundings: JournalSurroundings;
  #namespace: StorageNamespace;
  /** Not yet durable; the first of them has number `#durable + 1`. */
  readonly #pending = new PendingRecords();
  /** Number of the newest record that is durable. */
  #durable: number;
  #writing: Promise<void> | undefined;
  #writePlanned = false;
  readonly #waiters = new DurabilityWaiters();
  #failure: PubSubError | undefined;
  #failures = 0;
  #stopRetry: (() => void) | undefined;
  #retrying: Promise<void> | undefined;
  #held = false;
  /** Characters of the records after the last snapshot, and how many there may be before the next. */
  #logSize: number;
  #snapshotAt = SNAPSHOT_AFTER;
  /** Snapshots that were asked for, and those of them that have been written. */
  #savesWanted = 0;
  #savesDone = 0;
  /** Times that the namespace was opened anew since something was last written. */
  #newStarts = 0;
  #lost: ((error: PubSubError) => void) | undefined;
  #closing = false;
  #closed = false;

  /** @param newest number of the newest record in the store; `size` as of `#logSize`. */
  constructor(namespace: StorageNamespace, newest: number, size: number, surroundings: JournalSurroundings) {
    this.#namespace = namespace;
    this.#durable = newest;
    this.#logSize = size;
    this.#surroundings = surroundings;
  }

  /** Why nothing can be acknowledged now. */
  get failure(): PubSubError | undefined {
    return this.#failure;
  }

  take(event: RunEvent): void {
    if (this.#closed) return; // an agent that goes on all the same may still be refused something
    this.#pending.open.event(event);
    this.#taken();
  }

  messagePublished(...published: Parameters<RecordWriter['published']>): void {
    this.#pending.open.published(...published);
    this.#taken();
  }

  deliveryStarted(at: number, { number }: Delivery): void {
    this.#pending.open.started(at, number);
    this.#taken();
  }

  deliverySucceeded(at: number, { number }: Delivery): void {
    this.#pending.open.succeeded(at, number);
    this.#taken();
  }

  beginGroup(): void {
    this.#pending.grouping = true;
  }

  endGroup(): void {
    this.#pending.grouping = false;
  }

  /** Settles when everything recorded so far is durable. @throws PubSubError `DATABASE_ERROR` when it cannot be now. */
  durable(): Promise<void> | undefined {
    if (this.#failure) return refused(this.#failure);
    return this.#pending.count === 0 ? undefined : this.#waiters.promise(this.#newest);
  }

  /** Calls back once everything recorded so far is durable, or has turned out not to be. */
  whenDurable(settle: (error: PubSubError | undefined) => void): void {
    if (this.#failure || this.#pending.count === 0) settle(this.#failure);
    else this.#waiters.add(this.#newest, settle);
  }

  whenLost(callback: (error: PubSubError) => void): void {
    this.#lost = callback;
  }

  /** Writes everything down and replaces the log by a snapshot. */
  async save(): Promise<void> {
    if (this.#failure) throw this.#failure;
    const wanted = ++this.#savesWanted;
    this.#planWrite();
    while (this.#savesDone < wanted) {
      if (this.#failure) throw this.#failure;
      if (this.#closed) throw closedError();
      await (this.#writing ?? this.#nextWrite());
    }
  }

  /** Writes down what can be written and lets the store go. @throws PubSubError when something could not be. */
  async close(): Promise<void> {
    this.#closing = true; // from now on nothing is tried again but what is tried here
    this.#stopRetry?.();
    await this.#retrying;
    // The fault may be gone by now: what waits gets one more chance.
    if (this.#failure && this.#failure.code !== 'LOCK_ERROR') await this.#tryAgain(this.#failure);
    while (this.#hasWork && !this.#failure) await (this.#writing ?? this.#nextWrite());
    this.#closed = true;
    await this.#writing;
    await this.#namespace.close();
    if (this.#failure && this.#pending.count > 0) throw this.#failure;
  }

  /** The store was taken away for good. */
  lost(cause: unknown): void {
    if (!this.#closed) this.#fail(lostError(cause));
  }

  get #hasWork(): boolean {
    return this.#pending.count > 0 || this.#savesDone < this.#savesWanted;
  }

  /** Number of the record that holds the newest event. */
  get #newest(): number {
    return this.#durable + this.#pending.count;
  }

  #taken(): void {
    if (this.#pending.hasGrown() && this.#pending.size > HIGH_WATER) this.#hold();
    if (!this.#writePlanned && !this.#writing && !this.#failure) this.#planWrite();
  }

  /** Writing begins with the next turn of the event loop, so that what happens in this one is written together. */
  #planWrite(): void {
    if (this.#writePlanned || this.#writing || this.#closed) return;
    this.#writePlanned = true;
    this.#surroundings.runtime.yieldTurn(() => void this.#nextWrite());
  }

  #nextWrite(): Promise<void> {
    this.#writePlanned = false;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
      // What came between the last look and now.
      if (this.#hasWork && !this.#failure) this.#planWrite();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      // The log cannot go on where we think it ends: the store has lost some of it. A snapshot replaces it whole.
      if (this.#newStarts > 1) await this.#writeSnapshot(false);
      while (this.#pending.count > 0 && !this.#closed) {
        await this.#append(Number.POSITIVE_INFINITY);
        if (this.#logSize > this.#snapshotAt) await this.#compact();
        // With nothing to wait for, the next batch would be what came during some promises.
        if (!this.#surroundings.sync && this.#pending.count > 0) await nextTurn(this.#surroundings.runtime);
      }
      if (this.#savesDone < this.#savesWanted && !this.#closed) await this.#writeSnapshot(true);
    } catch (thrown) {
      this.#fail(toPubSubError(thrown, 'DATABASE_ERROR'));
    }
  }

  async #append(most: number): Promise<void> {
    const records = this.#pending.nextBatch(most);
    const batch = { firstSequence: this.#durable + 1, records };
    await this.#namespace.append(batch, { sync: this.#surroundings.sync });
    this.#logSize += this.#pending.drop(records.length);
    this.#durable += records.length;
    this.#written();
  }

  /** Replaces the log by a snapshot. Where there is no room for one the log goes on as long as it can. */
  async #compact(): Promise<void> {
    try {
      await this.#writeSnapshot(true);
    } catch (thrown) {
      const error = toPubSubError(thrown, 'DATABASE_ERROR');
      if (error.details.retryable !== true) throw error;
      this.#snapshotAt = 2 * this.#logSize;
      this.#surroundings.warn(`storage: the log could not be shortened: ${error.message}`, error);
    }
  }

  /** @param afterLog whether everything in the picture goes into the log first, so that it is acknowledged sooner. */
  async #writeSnapshot(afterLog: boolean): Promise<void> {
    const asked = this.#savesWanted;
    this.#pending.endRecord();
    const parts = this.#surroundings.snapshot();
    const sequence = this.#newest;
    while (afterLog && this.#durable < sequence) await this.#append(sequence - this.#durable);
    const { records, size } = await encodeSnapshot(parts, () => nextTurn(this.#surroundings.runtime));
    await this.#namespace.writeSnapshot({ sequence, records });
    this.#logSize = 0;
    this.#snapshotAt = Math.max(SNAPSHOT_AFTER, SNAPSHOT_RATIO * size);
    this.#pending.drop(sequence - this.#durable);
    this.#durable = sequence;
    this.#savesDone = asked;
    this.#written();
  }

  /** The store works. */
  #written(): void {
    this.#failures = 0;
    this.#newStarts = 0;
    if (this.#failure?.code === 'LOCK_ERROR') return;
    if (this.#failure) this.#surroundings.warn('the storage works again');
    this.#failure = undefined;
    this.#waiters.settle(this.#durable);
    if (this.#held && this.#pending.size < HIGH_WATER / 2) {
      this.#held = false;
      this.#surroundings.release();
    }
  }

  #hold(): void {
    if (this.#held) return;
    this.#held = true;
    this.#surroundings.hold();
  }

  #fail(error: PubSubError): void {
    // Once it is lost nothing else matters.
    if (this.#failure?.code === 'LOCK_ERROR') return;
    const { code, message, cause, details } = error;
    const known = code === 'LOCK_ERROR' || code === 'DATABASE_ERROR';
    const failure = known ? error : new PubSubError('DATABASE_ERROR', message, { cause, details });
    if (!this.#failure)
      this.#surroundings.warn(`the storage fails, nothing is acknowledged: ${message}`, failure);
    this.#failure = failure;
    this.#hold();
    this.#waiters.refuse(failure);
    this.#stopRetry?.();
    if (code === 'LOCK_ERROR') this.#lost?.(failure);
    else if (!this.#closing) this.#planRetry(failure);
  }

  #planRetry(failure: PubSubError): void {
    const delay = RETRY_DELAYS[Math.min(this.#failures++, RETRY_DELAYS.length - 1)] ?? 0;
    this.#stopRetry = this.#surroundings.runtime.setTimer(delay, () => {
      this.#retrying = this.#tryAgain(failure);
    });
  }

  async #tryAgain(failure: PubSubError): Promise<void> {
    if (this.#closed) return;
    try {
      if (failure.details.retryable !== true) await this.#startAnew();
    } catch (thrown) {
      return this.#fail(toPubSubError(thrown, 'DATABASE_ERROR'));
    }
    if (this.#hasWork) await this.#nextWrite();
    else this.#written();
  }

  /** Opens the namespace again and finds out how much of what waits is in it after all. */
  async #startAnew(): Promise<void> {
    this.#newStarts++;
    await this.#namespace.close().catch(() => {});
    this.#namespace = await this.#surroundings.reopen();
    const snapshot = this.#newStarts > 1 ? await this.#namespace.readSnapshot() : undefined;
    // A snapshot of ours that was reported as failed.
    if (snapshot && snapshot.sequence > this.#durable) this.#found(snapshot.sequence - this.#durable);
    for await (const { records } of this.#namespace.read(this.#durable)) {
      if (!this.#pending.startsWith(records))
        throw new PubSubError('DATABASE_ERROR', 'the storage holds other records than were written');
      this.#found(records.length);
    }
  }

  #found(records: number): void {
    this.#logSize += this.#pending.drop(records);
    this.#durable += records;
  }
}
