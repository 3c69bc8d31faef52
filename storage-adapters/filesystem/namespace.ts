import { PubSubError } from '../../core/errors.js';
import type {
  RepairReport,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
  TornTail,
} from '../../core/persistence/storage-adapter.js';
import { logDirectory } from './directories.js';
import { namesIn, syncPath } from './durable-files.js';
import { corrupt, failed, isPassing, refused } from './failures.js';
import { Fence, Fenced } from './fence.js';
import { saltOf } from './file-header.js';
import type { FileSystem } from './file-system.js';
import type { Lock } from './lock.js';
import { Log } from './log.js';
import { repairNamespace, settleRepair } from './repair.js';
import { type SnapshotOptions, Snapshots } from './snapshots.js';

export interface NamespaceOptions {
  readonly fileSystem: FileSystem;
  /** The namespace's directory; it exists and is locked. */
  readonly directory: string;
  readonly name: string;
  readonly segmentBytes: number;
  readonly lock: Lock;
  readonly onLost: ((cause: Error) => void) | undefined;
  readonly onClose: () => void;
}

const CLOSED = 'This namespace is closed';

/** One namespace, locked: its log, its snapshots, and what becomes of both when something fails. */
export class FileSystemNamespace implements StorageNamespace {
  readonly epoch: number;
  readonly tornTail: TornTail | undefined;
  readonly #options: NamespaceOptions;
  readonly #fence: Fence;
  readonly #files: SnapshotOptions;
  #log: Log;
  #snapshots: Snapshots;
  /** Work is done one after the other: this settles when the last that was asked for has. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Why nothing can be stored any more. */
  #fatal: PubSubError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: NamespaceOptions, fence: Fence, log: Log, snapshots: Snapshots) {
    this.#options = options;
    this.#fence = fence;
    this.#files = filesOf(options);
    this.#log = log;
    this.#snapshots = snapshots;
    this.epoch = options.lock.epoch;
    this.tornTail = log.tornTail;
  }

  static async open(options: NamespaceOptions): Promise<FileSystemNamespace> {
    const fence = new Fence(options.lock);
    const { log, snapshots } = await openFiles(options, fence);
    const namespace = new FileSystemNamespace(options, fence, log, snapshots);
    options.lock.watch(() => namespace.#lookAround());
    return namespace;
  }

  append(batch: StoredBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    return this.#inTurn('Appending failed', async () => {
      if (this.#log.damage !== undefined) throw corrupt(this.#log.damage);
      const expected = this.#lastSequence + 1;
      if (batch.firstSequence !== expected) {
        throw refused(`Expected a batch that starts at sequence ${expected}, got ${batch.firstSequence}`);
      }
      if (batch.records.length > 0) await this.#log.append(batch, sync);
    });
  }

  async *read(after: number): AsyncGenerator<StoredBatch> {
    await this.#queue;
    if (this.#closing !== undefined) throw refused(CLOSED);
    try {
      yield* this.#log.read(after);
    } catch (error) {
      throw failed('Reading failed', error);
    }
  }

  readSnapshot(): Promise<StoredSnapshot | undefined> {
    return this.#inTurn('Reading the snapshot failed', () => this.#readSnapshot(), { reading: true });
  }

  /** @throws PubSubError when the newest is damaged and the log, which may be empty, ends before what it covered. */
  async #readSnapshot(): Promise<StoredSnapshot | undefined> {
    const snapshot = await this.#snapshots.read();
    const { covered, newest = '' } = this.#snapshots;
    const first = (snapshot?.sequence ?? 0) + 1;
    if (first > covered || this.#log.reaches(covered)) return snapshot;
    const reason = `this snapshot cannot be read, and the log does not hold records ${first} to ${covered}`;
    throw corrupt({ file: newest, offset: 0, reason });
  }

  writeSnapshot(snapshot: StoredSnapshot): Promise<void> {
    return this.#inTurn('Writing a snapshot failed', async () => {
      if (this.#log.damage !== undefined) throw corrupt(this.#log.damage);
      const { covered } = this.#snapshots;
      if (!(snapshot.sequence >= covered)) {
        throw refused(`Expected a snapshot at sequence ${covered} or later, got ${snapshot.sequence}`);
      }
      this.#fence.check();
      await this.#log.sync(); // a snapshot must not stand on records that a power cut could take from under it
      const dispensable = await this.#snapshots.write(snapshot, !this.#log.isEmpty);
      this.#fence.check();
      await this.#log.dropThrough(dispensable);
    });
  }

  repair(): Promise<RepairReport> {
    return this.#inTurn('The repair failed', async () => {
      this.#fence.check();
      const whole = (await this.#snapshots.areWhole()) ? await this.#log.countWhole() : undefined;
      if (whole !== undefined) {
        const next = this.#log.lastSequence + 1;
        const isCut = this.tornTail?.afterClose === true && next > this.#snapshots.covered;
        return { keptRecords: whole, lost: isCut ? [[next, Infinity]] : [] };
      }
      const logIsLost = this.#log.isEmpty && this.#log.damage !== undefined;
      await this.#log.close();
      try {
        const report = await repairNamespace(this.#files, { logIsLost });
        ({ log: this.#log, snapshots: this.#snapshots } = await openFiles(this.#options, this.#fence));
        return report;
      } catch (error) {
        // The next open drops or finishes what was begun; this one has let go of its files.
        this.#fatal = failed('A repair failed: open anew', error, { retryable: false });
        throw this.#fatal;
      }
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#queue;
    try {
      await (this.#fatal === undefined ? this.#log.close() : this.#log.abandon());
    } catch (error) {
      throw failed('The last records may not be on the device', error);
    } finally {
      this.#options.onClose();
      await this.#options.lock.release().catch((error: unknown) => {
        throw failed('The lock could not be released; it is free once this process has ended', error);
      });
    }
  }

  get #lastSequence(): number {
    return Math.max(this.#log.lastSequence, this.#snapshots.covered);
  }

  /** Does one thing after the other, and turns what goes wrong into the errors of the port. */
  #inTurn<T>(what: string, work: () => Promise<T>, { reading = false } = {}): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(refused(CLOSED));
    const done = this.#queue.then(async () => {
      if (this.#fatal !== undefined && !reading) throw this.#fatal;
      try {
        return await work();
      } catch (error) {
        throw await this.#explain(what, error);
      }
    });
    this.#queue = done.catch(() => undefined);
    return done;
  }

  async #explain(what: string, error: unknown): Promise<PubSubError> {
    if (error instanceof PubSubError) return error;
    if (error instanceof Fenced) return this.#explainFence();
    const explained = failed(what, error);
    if (!isPassing(error)) {
      this.#fatal = failed(`${what} before, and what is on the device is uncertain: open anew`, error);
      await this.#log.abandon();
    }
    return explained;
  }

  async #explainFence(): Promise<PubSubError> {
    const { fileSystem, directory, lock, onLost } = this.#options;
    const names = await namesIn(fileSystem, directory).catch(() => []);
    if (!names.some((name) => name.startsWith('lock-') || name.startsWith('free-'))) {
      // Nobody has taken over: the directory is gone or out of reach. When it is back, so are we.
      return new PubSubError('DATABASE_ERROR', `${directory} is not there any more`, {
        details: { retryable: true, directory },
      });
    }
    const error = await lock.lost();
    if (this.#fatal === undefined) {
      this.#fatal = error;
      await this.#log.abandon();
      onLost?.(error);
    }
    return error;
  }

  /** Between appends, too, somebody may have taken over: then `onLost` should not wait for the next one. */
  #lookAround(): void {
    this.#inTurn('Looking at the lock failed', async () => this.#fence.check()).catch(() => undefined);
  }
}

function filesOf({ fileSystem, directory, name }: NamespaceOptions): SnapshotOptions {
  return { fileSystem, directory, name, salt: saltOf(name) };
}

async function openFiles(
  options: NamespaceOptions,
  fence: Fence,
): Promise<{ readonly log: Log; readonly snapshots: Snapshots }> {
  const { fileSystem, directory, name, segmentBytes, lock } = options;
  await settleRepair(fileSystem, directory);
  const snapshots = await Snapshots.open(filesOf(options));
  const log = await Log.open({
    fileSystem,
    directory: logDirectory(directory),
    name,
    salt: saltOf(name),
    covered: snapshots.covered,
    isExpected: await snapshots.standOnLog(),
    unsyncedMayBeLost: lock.inheritance.rebooted,
    copyLastSegment: lock.inheritance.mayWake,
    wasClosed: lock.inheritance.closed,
    segmentBytes,
    fence,
  });
  const isNew = log.isEmpty && snapshots.covered === 0; // and then it holds no file open
  if (isNew) await syncPath(fileSystem, directory);
  return { log, snapshots };
}
