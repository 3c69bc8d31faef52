import fs from 'node:fs';
import { promisify } from 'node:util';

/**
 * The few operations of a file system that the store is built on. Inject your own to run it over something else, or
 * to make it fail in tests. Errors carry Node's `code` (`ENOSPC`, `EIO`, …).
 *
 * Writing is synchronous: handing some hundred kilobytes to the system's cache takes less time than the way to a
 * thread and back. What waits for the device (`dataSync`, `syncDirectory`) is not.
 */
export interface FileSystem {
  /** Opens a file: `r` to read, `r+` to change, `w` to make anew, `wx` to make where there is none (`EEXIST`). */
  open(path: string, flags: 'r' | 'r+' | 'w' | 'wx'): Promise<number>;
  close(descriptor: number): Promise<void>;
  /** Fills `bytes` from `position` on; resolves with how many came, 0 at the end of the file. */
  read(descriptor: number, bytes: Uint8Array, position: number): Promise<number>;
  /** Writes `bytes` to `position`, perhaps not all of them; returns how many. */
  write(descriptor: number, bytes: Uint8Array, position: number): number;
  truncate(descriptor: number, length: number): Promise<void>;
  /** Resolves when the file's data, and its length, are on the device. */
  dataSync(descriptor: number): Promise<void>;
  /** Resolves when the names in a directory are on the device. Does nothing where the system has no such call. */
  syncDirectory(path: string): Promise<void>;
  /** Sets the time of the last change to now. */
  touch(descriptor: number): Promise<void>;
  /** What identifies the file at this path; undefined when there is none. Called before appends: must be quick. */
  inode(path: string): number | undefined;
  /** Size in bytes and time of the last change in ms since 1970; undefined when there is none. */
  status(path: string): Promise<{ readonly size: number; readonly changedAt: number } | undefined>;
  /** Names in a directory, in any order; `ENOENT` when there is no such directory. */
  readDirectory(path: string): Promise<string[]>;
  /** Makes one directory; its parent exists. `EEXIST` when it is there. */
  makeDirectory(path: string): Promise<void>;
  /** Moves a file or directory, replacing a file of that name. */
  rename(from: string, to: string): Promise<void>;
  /** `EISDIR` or `EPERM` when it is a directory. */
  removeFile(path: string): Promise<void>;
  /** Removes an empty directory. */
  removeDirectory(path: string): Promise<void>;
}

const open = promisify(fs.open);
const close = promisify(fs.close);
const truncate = promisify(fs.ftruncate);
const dataSync = promisify(fs.fdatasync);
const setTimes = promisify(fs.futimes);
const stat = promisify(fs.stat);
const readDirectory = promisify(fs.readdir);
const makeDirectory = promisify(fs.mkdir);
const rename = promisify(fs.rename);
const removeFile = promisify(fs.unlink);
const removeDirectory = promisify(fs.rmdir);

const quietly = { throwIfNoEntry: false } as const;

/** Node's own file system. */
export const nodeFileSystem: FileSystem = {
  open,
  close,
  read: (descriptor, bytes, position) =>
    new Promise((resolve, reject) => {
      fs.read(descriptor, bytes, 0, bytes.length, position, (error, count) =>
        error === null ? resolve(count) : reject(error),
      );
    }),
  write: (descriptor, bytes, position) => fs.writeSync(descriptor, bytes, 0, bytes.length, position),
  truncate,
  dataSync,
  async syncDirectory(path) {
    if (process.platform === 'win32') return; // a directory cannot be opened there; NTFS logs renames by itself
    const descriptor = await open(path, 'r');
    try {
      await promisify(fs.fsync)(descriptor);
    } finally {
      await close(descriptor);
    }
  },
  touch: (descriptor) => setTimes(descriptor, new Date(), new Date()),
  inode: (path) => fs.statSync(path, quietly)?.ino,
  async status(path) {
    try {
      const { size, mtimeMs } = await stat(path);
      return { size, changedAt: mtimeMs };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  readDirectory: (path) => readDirectory(path),
  makeDirectory: (path) => makeDirectory(path),
  rename,
  removeFile,
  removeDirectory: (path) => removeDirectory(path),
};

/** Node's code of a system error (`ENOENT`, …); undefined for any other value. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
