import { dirname } from 'node:path';
import type { FileSystem } from '../../../storage-adapters/filesystem.js';

/** A reproducible source of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface File {
  readonly inode: number;
  /** What programs see. */
  cache: Buffer;
  /** What a sync brought to the device. */
  device: Buffer;
  /** Changes since then, in order. */
  pending: ((bytes: Buffer) => Buffer)[];
}

interface Directory {
  cache: Map<string, Entry>;
  device: Map<string, Entry>;
}

type Entry = File | Directory;

/** Thrown by every operation from the chosen moment on: the process, or the machine, is gone. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/**
 * A disk that remembers what was synced and what was not, and can lose power: then each change that was not synced
 * stays, is lost or is torn, by chance, in any order. It can also stop at its n-th change.
 */
export class SimulatedDisk implements FileSystem {
  /** How many changes were asked for. */
  changes = 0;
  #crashAt = Number.POSITIVE_INFINITY;
  #inodes = 0;
  #descriptors = 0;
  #root: Directory = { cache: new Map(), device: new Map() };
  readonly #open = new Map<number, File>();

  /** The change with this number, and all operations after it, throw {@link Crash}. */
  crashAt(change: number): void {
    this.#crashAt = change;
  }

  /** The process is gone: open files are closed, and what the system had in its cache is all there. */
  restart(): void {
    this.#crashAt = Number.POSITIVE_INFINITY;
    this.changes = 0;
    this.#open.clear();
  }

  /** The machine went down, too: what was not synced is left to chance. */
  losePower(random: () => number): void {
    this.restart();
    this.#root = settled(this.#root, random);
  }

  async open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): Promise<number> {
    if (flags === 'w' || flags === 'wx') this.#change();
    const directory = this.#directory(dirname(path));
    let file = directory.cache.get(baseName(path));
    if (file !== undefined && !('inode' in file)) throw systemError('EISDIR');
    if (file !== undefined && flags === 'wx') throw systemError('EEXIST');
    if (file === undefined) {
      if (flags === 'r' || flags === 'r+') throw systemError('ENOENT');
      this.#inodes += 1;
      const empty = Buffer.alloc(0);
      file = { inode: this.#inodes, cache: empty, device: empty, pending: [] };
      directory.cache.set(baseName(path), file);
    } else if (flags === 'w') {
      apply(file, () => Buffer.alloc(0));
    }
    this.#descriptors += 1;
    this.#open.set(this.#descriptors, file);
    return this.#descriptors;
  }

  async close(descriptor: number): Promise<void> {
    this.#open.delete(descriptor);
  }

  async read(descriptor: number, bytes: Uint8Array, position: number): Promise<number> {
    const from = this.#file(descriptor).cache.subarray(position, position + bytes.length);
    bytes.set(from);
    return from.length;
  }

  write(descriptor: number, bytes: Uint8Array, position: number): number {
    const file = this.#file(descriptor);
    const copy = Buffer.from(bytes);
    const put = (length: number) => (before: Buffer) => {
      const after = Buffer.alloc(Math.max(before.length, position + length));
      after.set(before);
      after.set(copy.subarray(0, length), position);
      return after;
    };
    this.#change(() => apply(file, put(Math.floor(copy.length / 2)))); // whoever dies in a write has written some of it
    apply(file, put(copy.length));
    return copy.length;
  }

  async truncate(descriptor: number, length: number): Promise<void> {
    this.#change();
    apply(this.#file(descriptor), (before) => Buffer.concat([before], length));
  }

  async dataSync(descriptor: number): Promise<void> {
    this.#change();
    const file = this.#file(descriptor);
    file.device = file.cache;
    file.pending = [];
  }

  async syncDirectory(path: string): Promise<void> {
    this.#change();
    const directory = this.#directory(path);
    directory.device = new Map(directory.cache);
  }

  async touch(): Promise<void> {}

  inode(path: string): number | undefined {
    const entry = this.#entry(path);
    return entry !== undefined && 'inode' in entry ? entry.inode : undefined;
  }

  async status(path: string): Promise<{ size: number; changedAt: number } | undefined> {
    const entry = this.#entry(path);
    if (entry === undefined) return undefined;
    return { size: 'inode' in entry ? entry.cache.length : 0, changedAt: 0 }; // long ago: nobody waits for a dead one
  }

  async readDirectory(path: string): Promise<string[]> {
    return [...this.#directory(path).cache.keys()];
  }

  async makeDirectory(path: string): Promise<void> {
    this.#change();
    const parent = this.#directory(dirname(path));
    if (parent.cache.has(baseName(path))) throw systemError('EEXIST');
    parent.cache.set(baseName(path), { cache: new Map(), device: new Map() });
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change();
    const entry = this.#entry(from);
    if (entry === undefined) throw systemError('ENOENT');
    this.#directory(dirname(to)).cache.set(baseName(to), entry);
    this.#directory(dirname(from)).cache.delete(baseName(from));
  }

  async removeFile(path: string): Promise<void> {
    this.#change();
    const entry = this.#entry(path);
    if (entry !== undefined && !('inode' in entry)) throw systemError('EISDIR');
    if (!this.#directory(dirname(path)).cache.delete(baseName(path))) throw systemError('ENOENT');
  }

  async removeDirectory(path: string): Promise<void> {
    this.#change();
    if (this.#directory(path).cache.size > 0) throw systemError('ENOTEMPTY');
    this.#directory(dirname(path)).cache.delete(baseName(path));
  }

  /** Counts a change, and dies in it when it is the chosen one. */
  #change(partly?: () => void): void {
    this.changes += 1;
    if (this.changes === this.#crashAt) partly?.();
    if (this.changes >= this.#crashAt) throw new Crash(`at change ${this.changes}`);
  }

  #file(descriptor: number): File {
    const file = this.#open.get(descriptor);
    if (file === undefined) throw systemError('EBADF');
    return file;
  }

  #directory(path: string): Directory {
    const entry = this.#entry(path);
    if (entry === undefined) throw systemError('ENOENT');
    if ('inode' in entry) throw systemError('ENOTDIR');
    return entry;
  }

  #entry(path: string): Entry | undefined {
    let entry: Entry | undefined = this.#root;
    for (const part of path.split(/[\\/]/).slice(1)) {
      if (part === '') continue;
      if (entry === undefined || 'inode' in entry) return undefined;
      entry = entry.cache.get(part);
    }
    return entry;
  }
}

/** What a directory, with all below it, is after a power cut. */
function settled(directory: Directory, random: () => number): Directory {
  const survivor = random() < 0.5 ? directory.cache : directory.device;
  const entries = new Map<string, Entry>();
  for (const [name, entry] of survivor) {
    entries.set(name, 'inode' in entry ? settledFile(entry, random) : settled(entry, random));
  }
  return { cache: entries, device: new Map(entries) };
}

function settledFile({ inode, device, pending }: File, random: () => number): File {
  let bytes = device;
  for (const change of pending) {
    if (random() < 0.4) continue;
    const changed = change(bytes);
    const torn = random() < 0.3 ? Math.floor(random() * changed.length) : changed.length;
    bytes = changed.length > bytes.length ? changed.subarray(0, Math.max(bytes.length, torn)) : changed;
  }
  return { inode, cache: bytes, device: bytes, pending: [] };
}

function apply(file: File, change: (bytes: Buffer) => Buffer): void {
  file.cache = change(file.cache);
  file.pending.push(change);
}

function baseName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? '';
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: simulated`), { code });
}
