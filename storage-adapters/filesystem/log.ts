import { dirname, join } from 'node:path';
import { PubSubError } from '../../core/errors.js';
import type { StoredBatch, TornTail } from '../../core/persistence/storage-adapter.js';
import { type ActiveSegment, openSegment, requirePresent, segmentHeader } from './active-segment.js';
import { beginningOf, removeTree } from './directories.js';
import {
  createDurably,
  makeDirectories,
  namesIn,
  readBytes,
  removeIfThere,
  renamePatiently,
  sync,
  writeFully,
} from './durable-files.js';
import { type Damage, SyncFailure } from './failures.js';
import { type Fence, Fenced } from './fence.js';
import { Jump } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { FrameEncoder, FrameKind } from './frames.js';
import { readLog } from './log-reader.js';
import { type Segment, type SurveyOptions, segmentPath, surveyLog, UNFINISHED_SEGMENT } from './segments.js';

export interface LogOptions extends SurveyOptions {
  /** A segment that is longer is followed by a new one. */
  readonly segmentBytes: number;
  readonly fence: Fence;
  /** A previous owner may wake up and write into the segment it has open: go on in a copy of it. */
  readonly copyLastSegment: boolean;
  /** The owner before has closed in order: it left no torn tail. */
  readonly wasClosed: boolean;
}

/** The append-only log of one namespace, held by one writer. Calls come one after the other. */
export class Log {
  readonly damage: Damage | undefined;
  tornTail: TornTail | undefined = undefined;
  #lastSequence: number;
  /** What is known to be on the device. */
  #syncedSequence: number;
  readonly #segments: Segment[];
  readonly #options: LogOptions;
  readonly #encoder: FrameEncoder;
  #active: ActiveSegment | undefined;
  /** A segment that a failed rotation has created already. */
  #prepared: string | undefined;

  private constructor(
    options: LogOptions,
    segments: Segment[],
    damage: Damage | undefined,
    lastSequence: number,
  ) {
    this.#options = options;
    this.#segments = segments;
    this.damage = damage;
    this.#lastSequence = lastSequence;
    this.#syncedSequence = lastSequence;
    this.#encoder = new FrameEncoder(options.salt);
  }

  /** Finds the end of the log and cuts off a torn tail. Damage before the end is kept for {@link damage}, untouched. */
  static async open(options: LogOptions): Promise<Log> {
    const { fileSystem, directory } = options;
    const { segments, damage, tail, unfinished } = await surveyLog(options);
    const log = new Log(options, segments, damage, tail?.lastSequence ?? 0);
    if (damage !== undefined) return log;
    if (unfinished !== undefined) {
      await fileSystem.removeFile(unfinished);
      await fileSystem.syncDirectory(directory); // or a power cut could bring it back between later segments
    }
    for (const name of await namesIn(fileSystem, directory)) {
      if (UNFINISHED_SEGMENT.test(name)) await removeIfThere(fileSystem, join(directory, name));
    }
    const last = segments.at(-1);
    if (last === undefined || tail === undefined) return log;
    const size = last.end;
    last.end = tail.end;
    if (size <= last.header.length) await finishRotation(fileSystem, directory, segments.at(-2));
    if (options.copyLastSegment) await copySegment(fileSystem, last);
    const descriptor = await fileSystem.open(last.path, 'r+');
    const inode = fileSystem.inode(last.path);
    log.#active = { segment: last, descriptor, inode, link: tail.link };
    try {
      if (size > tail.end) await fileSystem.truncate(descriptor, tail.end);
      // What a killed owner left in the system's cache counts as synced from here on, so it has to be.
      await sync(fileSystem, descriptor);
    } catch (error) {
      await log.abandon();
      throw error;
    }
    if (tail.torn > 0) {
      const position = `${last.path}:${tail.end}`;
      log.tornTail = { position, dropped: tail.torn, ...(options.wasClosed && { afterClose: true }) };
    }
    return log;
  }

  /** The last record that was appended; 0 when there is none. */
  get lastSequence(): number {
    return this.#lastSequence;
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0;
  }

  /** Whether reading it would come to this record, or to what is missing before. */
  reaches(sequence: number): boolean {
    return !this.isEmpty && this.#lastSequence >= sequence;
  }

  /** Appends a batch, whole or not at all. An error that is not passing leaves the log unfit for more. */
  async append({ firstSequence, records }: StoredBatch, durable: boolean): Promise<void> {
    const active = await this.#segmentFor(firstSequence);
    const { fileSystem, fence } = this.#options;
    const unsynced = firstSequence - 1 - this.#syncedSequence;
    const content = { kind: FrameKind.records, sequence: firstSequence, records, unsynced };
    const { bytes, link } = this.#encoder.encode(content, active.link);
    if (fence.check({ unhurried: !durable })) requirePresent(this.#options, active);
    await this.#write(active, bytes);
    if (durable) {
      try {
        await sync(fileSystem, active.descriptor);
        fence.check(); // a takeover in the meantime may have missed what we wrote: then it must not be acknowledged
        requirePresent(this.#options, active);
      } catch (error) {
        // As far as it goes: nobody knows what is on the device.
        if (!(error instanceof Fenced)) await this.#cutBack(active).catch(() => undefined);
        throw error;
      }
    }
    active.segment.end += bytes.length;
    active.link = link;
    this.#lastSequence = firstSequence + records.length - 1;
    if (durable) this.#syncedSequence = this.#lastSequence;
  }

  read(after: number): AsyncGenerator<StoredBatch> {
    const { fileSystem, salt } = this.#options;
    const segments = this.#segments.map((segment) => ({ ...segment }));
    return readLog(
      { fileSystem, salt, segments, damage: this.damage, lastSequence: this.#lastSequence },
      after,
    );
  }

  /** How many records there are, when every one of them can be read. */
  async countWhole(): Promise<number | undefined> {
    let count = 0;
    try {
      for await (const { records } of this.read((this.#segments[0]?.header.sequence ?? 1) - 1))
        count += records.length;
      return count;
    } catch (error) {
      if (error instanceof PubSubError) return undefined; // damage; what the system refuses is not for repair()
      throw error;
    }
  }

  /** Deletes segments that hold nothing after `sequence`, oldest first, so that a crash leaves no gap. */
  async dropThrough(sequence: number): Promise<void> {
    for (;;) {
      const [oldest, next] = this.#segments;
      if (oldest === undefined || next === undefined || next.header.sequence > sequence + 1) return;
      await removeIfThere(this.#options.fileSystem, oldest.path);
      this.#segments.shift();
    }
  }

  /** Brings everything appended so far to the device. */
  async sync(): Promise<void> {
    if (this.#active === undefined || this.#syncedSequence === this.#lastSequence) return;
    await sync(this.#options.fileSystem, this.#active.descriptor);
    requirePresent(this.#options, this.#active);
    this.#syncedSequence = this.#lastSequence;
  }

  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      await this.abandon();
    }
  }

  /** Lets go of the file without syncing: after a failure, or when the namespace is somebody else's. */
  async abandon(): Promise<void> {
    const active = this.#active;
    this.#active = undefined;
    if (active !== undefined) await this.#options.fileSystem.close(active.descriptor).catch(() => undefined);
  }

  async #write(active: ActiveSegment, bytes: Uint8Array): Promise<void> {
    try {
      writeFully(this.#options.fileSystem, active.descriptor, bytes, active.segment.end);
    } catch (error) {
      try {
        await this.#cutBack(active);
      } catch (cause) {
        if (cause instanceof Fenced) throw cause;
        throw new SyncFailure('A failed write could not be cut back', { cause });
      }
      throw error;
    }
  }

  async #cutBack(active: ActiveSegment): Promise<void> {
    this.#options.fence.check(); // what a new owner has written there since must stay
    await this.#options.fileSystem.truncate(active.descriptor, active.segment.end);
  }

  /** The segment that takes the next record: a new one at first, when the last is long, and after a jump. */
  async #segmentFor(firstSequence: number): Promise<ActiveSegment> {
    const active = this.#active;
    if (active === undefined) return this.#begin(firstSequence);
    const jumps = firstSequence !== this.#lastSequence + 1;
    const { header, end } = active.segment;
    const isFull = end >= this.#options.segmentBytes && this.#lastSequence >= header.sequence;
    if (!jumps && !isFull) return active;
    return this.#rotate(active, firstSequence, jumps ? Jump.snapshot : Jump.none);
  }

  async #begin(firstSequence: number): Promise<ActiveSegment> {
    const { fileSystem, directory, fence } = this.#options;
    fence.check();
    const jump = firstSequence > 1 ? Jump.snapshot : Jump.none;
    // It is there when an attempt before this one came so far.
    if ((await fileSystem.status(directory)) === undefined) await this.#makeDirectory(firstSequence, jump);
    await fileSystem.syncDirectory(dirname(directory));
    const isMade = this.#prepared === segmentPath(directory, firstSequence);
    const active = isMade
      ? await openSegment(fileSystem, directory, firstSequence)
      : await this.#create(firstSequence, 0, jump);
    this.#segments.push(active.segment);
    this.#active = active;
    this.#prepared = undefined;
    return active;
  }

  /** The directory comes into being with its first segment in it: one without any has lost it. */
  async #makeDirectory(firstSequence: number, jump: Jump): Promise<void> {
    const { fileSystem, directory, name } = this.#options;
    const beginning = beginningOf(directory);
    await removeTree(fileSystem, beginning); // left by an attempt that a full disk refused
    await makeDirectories(fileSystem, beginning);
    const header = segmentHeader(name, firstSequence, 0, jump);
    await createDurably(fileSystem, segmentPath(beginning, firstSequence), [header]);
    await renamePatiently(fileSystem, beginning, directory);
    this.#prepared = segmentPath(directory, firstSequence);
  }

  /**
   * Ends a segment and begins the next. All of the old one is on the device before anything enters the new one, so
   * only the last segment can ever be torn. A crash in between leaves an empty segment behind an unsealed one, which
   * the next open removes.
   */
  async #rotate(active: ActiveSegment, firstSequence: number, jump: Jump): Promise<ActiveSegment> {
    const { fileSystem, fence } = this.#options;
    fence.check();
    const unsynced = firstSequence - 1 - this.#syncedSequence;
    const content = { kind: FrameKind.seal, sequence: firstSequence, records: [], unsynced };
    const seal = this.#encoder.encode(content, active.link);
    const next = await this.#create(firstSequence, seal.link, jump);
    try {
      await this.#write(active, seal.bytes);
      await sync(fileSystem, active.descriptor);
    } catch (error) {
      await fileSystem.close(next.descriptor);
      throw error;
    }
    active.segment.end += seal.bytes.length;
    this.#segments.push(next.segment);
    this.#active = next;
    this.#prepared = undefined;
    this.#syncedSequence = this.#lastSequence;
    await fileSystem.close(active.descriptor).catch(() => undefined); // all of it is synced: nothing can be lost
    return next;
  }

  async #create(firstSequence: number, previousLink: number, jump: Jump): Promise<ActiveSegment> {
    const { fileSystem, directory, name } = this.#options;
    const path = segmentPath(directory, firstSequence);
    if (this.#prepared !== undefined && this.#prepared !== path)
      await removeIfThere(fileSystem, this.#prepared);
    await createDurably(fileSystem, path, [segmentHeader(name, firstSequence, previousLink, jump)]);
    this.#prepared = path;
    return openSegment(fileSystem, directory, firstSequence);
  }
}

/** Whoever made the last segment may have died before its name, and the seal before it, were on the device. */
async function finishRotation(fileSystem: FileSystem, directory: string, sealed?: Segment): Promise<void> {
  if (sealed !== undefined) {
    const descriptor = await fileSystem.open(sealed.path, 'r+');
    try {
      await sync(fileSystem, descriptor);
    } finally {
      await fileSystem.close(descriptor);
    }
  }
  await fileSystem.syncDirectory(directory);
}

/** Puts a copy in the place of a segment: who still has the old file open writes into nothing from now on. */
async function copySegment(fileSystem: FileSystem, { path, end }: Segment): Promise<void> {
  await createDurably(fileSystem, path, [await readBytes(fileSystem, path, end)]);
}
