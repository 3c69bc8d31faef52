import { join } from 'node:path';
import { PubSubError } from '../../core/errors.js';
import { namesIn, pause, readBytes, removeIfThere, renamePatiently, writeFully } from './durable-files.js';
import { newerFormat } from './failures.js';
import { FORMAT_VERSION } from './file-header.js';
import { errorCode, type FileSystem } from './file-system.js';
import { forgetLeft, holdHere, isHeldHere, leaveHere, wasLeftHere } from './held-locks.js';
import type { ProcessIdentity, ProcessTable } from './process-table.js';

/*
 * The owner with epoch N holds the file `lock-N`; once it has let go, the file is called `free-N`. Whoever wants the
 * namespace creates `lock-(N+1)`, which the file system grants to one only, and then deletes what is older. So an
 * owner that slept through a takeover finds its own file gone, whatever the time or the pids say.
 */
const LOCK = /^(lock|free)-(\d+)$/;
/** A lock without content is being written just now; after this time, in ms, its writer has died over it. */
const UNWRITTEN_MS = 1_000;
/** An owner gives signs at least so often; timers that are to wait for some weeks do not wait at all. */
const LONGEST_PAUSE_MS = 3_600_000;
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT']);
/** How long an open waits for others who are about to take the lock, in ms. */
const PATIENCE_MS = 4 * UNWRITTEN_MS;

export interface LockOptions {
  readonly fileSystem: FileSystem;
  readonly processes: ProcessTable;
  /** The namespace's directory; it exists. */
  readonly directory: string;
  readonly namespace: string;
  readonly owner: string | undefined;
  /** An owner that cannot be seen (another machine, another thread) is taken for gone when it gave no sign for so long. */
  readonly staleAfterMs: number;
}

/** What the previous owner left. */
export interface Inheritance {
  /** It may still run somewhere and wake up. */
  readonly mayWake: boolean;
  /** The machine was started anew since: what was not synced may be missing. */
  readonly rebooted: boolean;
  /** It has let go in order. */
  readonly closed: boolean;
}

/** A namespace's lock, held. */
export interface Lock {
  readonly epoch: number;
  readonly inheritance: Inheritance;
  /** Whether the lock is still ours. Quick: one look at the file system. */
  isOurs(): boolean;
  /** The error for an owner that has lost its lock, naming who has it now. */
  lost(): Promise<PubSubError>;
  /** Calls back, from time to time, once the lock is no longer ours. */
  watch(onGone: () => void): void;
  release(): Promise<void>;
}

interface OwnerRecord extends ProcessIdentity {
  readonly format: number;
  readonly owner: string;
  readonly since: string;
}

export function isLockFile(name: string): boolean {
  return LOCK.test(name);
}

/** Takes the lock. @throws PubSubError `LOCK_ERROR` with `details.owner` when somebody holds it. */
export async function takeLock(options: LockOptions): Promise<Lock> {
  const { fileSystem, directory, processes } = options;
  const self = await processes.self();
  const owner = options.owner ?? `process ${self.pid} on ${self.machine}`;
  const record: OwnerRecord = { format: FORMAT_VERSION, owner, since: new Date().toISOString(), ...self };
  let [seen, seenAt] = ['', 0];
  for (const began = performance.now(); performance.now() < began + PATIENCE_MS; ) {
    const newest = (await locksIn(fileSystem, directory)).at(-1);
    if (newest !== undefined && newest.name !== seen) [seen, seenAt] = [newest.name, performance.now()];
    const inheritance = await inherit(options, newest, self, performance.now() - seenAt);
    if (inheritance === undefined) {
      await pause(10); // somebody writes a lock at this moment; soon it says who
      continue;
    }
    const epoch = (newest?.epoch ?? 0) + 1;
    const file = await create(fileSystem, join(directory, `lock-${epoch}`));
    if (file === undefined) continue;
    let noRoom = await sayWho(fileSystem, file, record);
    const others = (await locksIn(fileSystem, directory)).filter(({ name }) => name !== `lock-${epoch}`);
    if (others.some((other) => other.epoch >= epoch)) {
      // What we looked at was out of date: others came, and perhaps went, in between.
      await abandon(fileSystem, file);
      continue;
    }
    for (const { name } of others) {
      await removeIfThere(fileSystem, join(directory, name));
      forgetLeft(join(directory, name));
    }
    // A full disk has room now, where those were: what is stored can be read, and removed.
    if (noRoom !== undefined) noRoom = await sayWho(fileSystem, file, record);
    if (noRoom !== undefined) {
      await fileSystem.close(file.descriptor);
      await renamePatiently(fileSystem, file.path, join(directory, `free-${epoch}`)); // the epochs go on from here
      file.letGo();
      throw noRoom;
    }
    // On the device before any record is: only so can the next owner tell that the machine went down under us.
    await fileSystem.syncDirectory(directory);
    return hold(options, epoch, inheritance, { ...file, since: record.since });
  }
  throw new PubSubError('LOCK_ERROR', `${JSON.stringify(options.namespace)} is wanted by too many at once`, {
    details: { namespace: options.namespace, owner: 'others that open it at this moment' },
  });
}

/** Refuses a lock of a newer format; reads only. */
export async function refuseNewerLock(fileSystem: FileSystem, directory: string): Promise<void> {
  const newest = (await locksIn(fileSystem, directory)).at(-1);
  if (newest !== undefined) await ownerIn(fileSystem, join(directory, newest.name));
}

/** A lock file that is ours. */
interface OwnFile {
  readonly path: string;
  readonly descriptor: number;
  /** This thread holds it no longer. */
  readonly letGo: () => void;
}

function hold(
  options: LockOptions,
  epoch: number,
  inheritance: Inheritance,
  file: OwnFile & Pick<OwnerRecord, 'since'>,
): Lock {
  const { fileSystem, directory, namespace } = options;
  const { path, descriptor, letGo, since } = file;
  // The descriptor stays open: as long as it does, the system gives this inode to no other file.
  const inode = fileSystem.inode(path);
  let whenGone: (() => void) | undefined;
  const sign = setInterval(
    () => {
      if (!isOurs()) whenGone?.();
      fileSystem.touch(descriptor).catch(() => undefined); // a sign that is not given only makes us look older
    },
    Math.min(options.staleAfterMs / 4, LONGEST_PAUSE_MS),
  );
  sign.unref();
  const isOurs = (): boolean => inode !== undefined && fileSystem.inode(path) === inode;
  return {
    epoch,
    inheritance,
    isOurs,
    async lost() {
      const newest = (await locksIn(fileSystem, directory).catch(() => [])).at(-1);
      const holder =
        newest && (await ownerIn(fileSystem, join(directory, newest.name)).catch(() => undefined));
      const owner = holder?.owner ?? 'another owner';
      return new PubSubError('LOCK_ERROR', `${JSON.stringify(namespace)} was taken over by ${owner}`, {
        details: { namespace, owner, epoch, newestEpoch: newest?.epoch ?? null, retryable: false },
      });
    },
    watch(onGone) {
      whenGone = onGone;
    },
    async release() {
      clearInterval(sign);
      try {
        const ours = isOurs();
        await fileSystem.close(descriptor);
        if (ours)
          await renamePatiently(fileSystem, path, join(directory, `free-${epoch}`)).catch(ignoreMissing);
      } catch (error) {
        leaveHere(path, since); // free for this thread at once; for others in time, as it gives no more signs
        throw error;
      } finally {
        letGo();
      }
    },
  };
}

/**
 * What a new owner would inherit; undefined when that cannot be said yet.
 *
 * @param watched for how long the newest lock has been looked at, in ms: its own time may be of a clock that has been set
 * back since.
 */
async function inherit(
  { fileSystem, directory, processes, namespace, staleAfterMs }: LockOptions,
  newest: LockFile | undefined,
  self: ProcessIdentity,
  watched: number,
): Promise<Inheritance | undefined> {
  if (newest === undefined || newest.free)
    return { mayWake: false, rebooted: false, closed: newest !== undefined };
  const path = join(directory, newest.name);
  const status = await fileSystem.status(path);
  if (status === undefined) return undefined;
  const age = Date.now() - status.changedAt;
  const holder = await ownerIn(fileSystem, path);
  if (holder === undefined) {
    return Math.max(age, watched) < UNWRITTEN_MS
      ? undefined
      : { mayWake: true, rebooted: true, closed: false };
  }
  if (wasLeftHere(path, holder.since)) return { mayWake: false, rebooted: false, closed: true };
  const isSelf = holder.pid === self.pid && holder.machine === self.machine;
  const found = await processes.find(holder);
  // Our process runs, which says nothing of the thread in it that took the lock and may have died.
  const state = found === 'running' && isSelf && !isHeldHere(path) ? 'unknown' : found;
  if (state === 'running') throw held(namespace, holder, isSelf ? 'this very process' : undefined);
  if (state === 'unknown' && age < staleAfterMs) {
    const whenFree = `if that has died, the store is free ${staleAfterMs / 1_000} s after its last sign`;
    throw held(namespace, holder, isSelf ? `this very process, in another thread; ${whenFree}` : undefined);
  }
  const rebooted = holder.machine !== self.machine || holder.boot !== self.boot;
  return { mayWake: state === 'unknown', rebooted, closed: false };
}

function held(
  namespace: string,
  { owner, pid, machine, since }: OwnerRecord,
  who = `process ${pid} on ${machine}`,
): PubSubError {
  const message = `namespace ${JSON.stringify(namespace)} of the store is held by ${owner} (${who})`;
  return new PubSubError('LOCK_ERROR', message, { details: { namespace, owner, pid, machine, since } });
}

interface LockFile {
  readonly name: string;
  readonly epoch: number;
  readonly free: boolean;
}

/** By epoch; of two with the same epoch the one that is held comes last. */
async function locksIn(fileSystem: FileSystem, directory: string): Promise<LockFile[]> {
  const files: LockFile[] = [];
  for (const name of await namesIn(fileSystem, directory)) {
    const [, state, epoch] = LOCK.exec(name) ?? [];
    if (epoch !== undefined) files.push({ name, epoch: Number(epoch), free: state === 'free' });
  }
  return files.sort((a, b) => a.epoch - b.epoch || Number(b.free) - Number(a.free));
}

/** Creates a lock, without content; undefined when somebody else was first. */
async function create(fileSystem: FileSystem, path: string): Promise<OwnFile | undefined> {
  try {
    const descriptor = await fileSystem.open(path, 'wx');
    return { path, descriptor, letGo: holdHere(path) }; // before anybody can read in it that it is ours
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return undefined;
    throw error;
  }
}

/** Writes down whose lock it is. Answers the error when there is no room for that; after any other the lock is gone. */
async function sayWho(fileSystem: FileSystem, file: OwnFile, record: OwnerRecord): Promise<unknown> {
  try {
    writeFully(fileSystem, file.descriptor, Buffer.from(`${JSON.stringify(record)}\n`), 0);
    await fileSystem.dataSync(file.descriptor);
    return undefined;
  } catch (error) {
    if (NO_ROOM.has(errorCode(error) ?? '')) return error;
    await abandon(fileSystem, file);
    throw error;
  }
}

async function abandon(fileSystem: FileSystem, { path, descriptor, letGo }: OwnFile): Promise<void> {
  try {
    await fileSystem.close(descriptor);
    await removeIfThere(fileSystem, path);
  } finally {
    letGo();
  }
}

/** Who wrote a lock; undefined when it is gone or not readable. @throws when it is of a newer format. */
async function ownerIn(fileSystem: FileSystem, path: string): Promise<OwnerRecord | undefined> {
  const value = parse(await textOf(fileSystem, path));
  if (typeof value !== 'object' || value === null || !('format' in value)) return undefined;
  const { format } = value;
  if (typeof format === 'number' && format > FORMAT_VERSION) throw newerFormat(path, format, FORMAT_VERSION);
  return isOwnerRecord(value) ? value : undefined;
}

function isOwnerRecord(value: object): value is OwnerRecord {
  const { pid, startedAt, machine, boot, owner, since } = value as Partial<
    Record<keyof OwnerRecord, unknown>
  >;
  return (
    typeof pid === 'number' &&
    [startedAt, machine, boot, owner, since].every((text) => typeof text === 'string')
  );
}

async function textOf(fileSystem: FileSystem, path: string): Promise<string> {
  try {
    return (await readBytes(fileSystem, path)).toString('utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') throw error;
}
