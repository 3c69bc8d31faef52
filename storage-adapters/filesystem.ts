import { join, resolve } from 'node:path';
import { requireOptions } from '../core/config.js';
import { invalid, PubSubError } from '../core/errors.js';
import type {
  OpenNamespaceOptions,
  StorageAdapter,
  StorageCapabilities,
  StorageNamespace,
} from '../core/persistence/storage-adapter.js';
import { finishRemoval, isBeingRemoved, logDirectory, removeContents } from './filesystem/directories.js';
import { makeDirectories, namesIn, readBytes, removeIfThere } from './filesystem/durable-files.js';
import { failed } from './filesystem/failures.js';
import { FORMAT_VERSION, MAX_HEADER_BYTES, readHeader } from './filesystem/file-header.js';
import { errorCode, type FileSystem, nodeFileSystem } from './filesystem/file-system.js';
import { migrate, oldestFormat } from './filesystem/formats.js';
import { isLockFile, type Lock, takeLock } from './filesystem/lock.js';
import { directoryName, namespaceOf } from './filesystem/names.js';
import { FileSystemNamespace } from './filesystem/namespace.js';
import { type ProcessTable, systemProcesses } from './filesystem/process-table.js';
import { segmentPaths } from './filesystem/segments.js';
import { snapshotFiles } from './filesystem/snapshots.js';

export type { FileSystem } from './filesystem/file-system.js';
export type { ProcessIdentity, ProcessTable } from './filesystem/process-table.js';

export interface FileSystemStorageOptions {
  /** Where everything is kept. Made when first needed, with the directories above it. */
  readonly directory: string;
  /** The log goes on in a new file when one is longer than this, in bytes. 16 MiB by default, 1 GiB at most. */
  readonly segmentBytes?: number | undefined;
  /**
   * An owner on another machine, in another container or in another thread of this process cannot be seen. It is taken
   * for gone when it gave no sign for this long, in seconds; 60 by default. Other processes of this machine are
   * recognised at once.
   */
  readonly staleAfterSeconds?: number | undefined;
  /** The file system to use; Node's own by default. */
  readonly fileSystem?: FileSystem | undefined;
  /** How owners of locks are recognised; by this machine's processes by default. */
  readonly processes?: ProcessTable | undefined;
}

/** A segment is read in one piece and searched behind damage, which Node cannot do beyond 2 GiB; the last batch comes on top. */
const MAX_SEGMENT_BYTES = 2 ** 30;

const OPTIONS = ['directory', 'segmentBytes', 'staleAfterSeconds', 'fileSystem', 'processes'];

/**
 * A store in a directory: one append-only log per namespace, each batch in a checksummed frame, synced to the device
 * when asked, with one writer at a time. The files are described in docs/storage-format.md.
 *
 * @throws PubSubError `VALIDATION_ERROR` for a bad or unknown option.
 *
 * @example
 * const storage = fileSystemStorage({ directory: './data' });
 * const executor = await PubSubExecutor.open({ storage });
 */
export function fileSystemStorage(options: FileSystemStorageOptions): StorageAdapter {
  requireOptions(options, 'options', OPTIONS);
  const { directory, segmentBytes = 16 * 2 ** 20, staleAfterSeconds = 60 } = options;
  if (typeof directory !== 'string' || directory === '') throw invalid('directory', 'a path', directory);
  if (!(Number.isInteger(segmentBytes) && segmentBytes > 0 && segmentBytes <= MAX_SEGMENT_BYTES)) {
    throw invalid('segmentBytes', `a positive integer of bytes, at most ${MAX_SEGMENT_BYTES}`, segmentBytes);
  }
  if (!(Number.isFinite(staleAfterSeconds) && staleAfterSeconds > 0)) {
    throw invalid('staleAfterSeconds', 'a positive number of seconds', staleAfterSeconds);
  }
  const { fileSystem = nodeFileSystem, processes = systemProcesses } = options;
  return new FileSystemStorage({
    directory: resolve(directory),
    segmentBytes,
    staleAfterSeconds,
    fileSystem,
    processes,
  });
}

type ResolvedOptions = {
  readonly [Name in keyof FileSystemStorageOptions]-?: NonNullable<FileSystemStorageOptions[Name]>;
};

class FileSystemStorage implements StorageAdapter {
  readonly kind = 'filesystem';
  readonly supports: StorageCapabilities = { sync: true, persistent: true, shared: true };
  readonly #options: ResolvedOptions;
  readonly #open = new Set<FileSystemNamespace>();

  constructor(options: ResolvedOptions) {
    this.#options = options;
  }

  async open(name: string, options: OpenNamespaceOptions = {}): Promise<StorageNamespace> {
    const directory = this.#directoryOf(name);
    const { fileSystem, segmentBytes } = this.#options;
    return this.#explained(`Opening ${JSON.stringify(name)} failed`, async () => {
      const format = await oldestFormat(fileSystem, directory);
      const lock = await this.#lock(name, options.owner);
      try {
        await finishRemoval(fileSystem, directory, isLockFile);
        if (format < FORMAT_VERSION) await migrate(fileSystem, directory);
        const onClose = (): void => void this.#open.delete(namespace);
        const { onLost } = options;
        const namespace = await FileSystemNamespace.open({
          fileSystem,
          directory,
          name,
          segmentBytes,
          lock,
          onLost,
          onClose,
        });
        this.#open.add(namespace);
        return namespace;
      } catch (error) {
        await lock.release();
        throw error;
      }
    });
  }

  list(): Promise<string[]> {
    const { fileSystem, directory } = this.#options;
    return this.#explained('Listing the namespaces failed', async () => {
      const names: string[] = [];
      for (const entry of await namesIn(fileSystem, directory)) {
        const name = await this.#nameIn(entry);
        if (name !== undefined) names.push(name);
      }
      return names.sort();
    });
  }

  async remove(name: string): Promise<void> {
    const directory = this.#directoryOf(name);
    const { fileSystem } = this.#options;
    await this.#explained(`Removing ${JSON.stringify(name)} failed`, async () => {
      if ((await fileSystem.status(directory)) === undefined) return;
      const lock = await this.#lock(name, undefined);
      try {
        await removeContents(fileSystem, directory, isLockFile);
      } finally {
        await lock.release();
      }
      await removeIfThere(fileSystem, join(directory, `free-${lock.epoch}`));
      await fileSystem.removeDirectory(directory).catch(ignoreNewcomer);
      await fileSystem.syncDirectory(this.#options.directory);
    });
  }

  async close(): Promise<void> {
    const results = await Promise.allSettled([...this.#open].map((namespace) => namespace.close()));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #directoryOf(name: string): string {
    if (typeof name !== 'string' || name === '') throw invalid('namespace', 'a non-empty string', name);
    return join(this.#options.directory, directoryName(name));
  }

  async #lock(namespace: string, owner: string | undefined): Promise<Lock> {
    const { fileSystem, processes, staleAfterSeconds } = this.#options;
    const directory = this.#directoryOf(namespace);
    const staleAfterMs = staleAfterSeconds * 1_000;
    for (let attempt = 1; ; attempt += 1) {
      await makeDirectories(fileSystem, directory);
      try {
        return await takeLock({ fileSystem, processes, directory, namespace, owner, staleAfterMs });
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === 3) throw error; // somebody removed it just now
      }
    }
  }

  /** The name of the namespace in a directory of the store; undefined when it is none, or holds nothing. */
  async #nameIn(entry: string): Promise<string | undefined> {
    const found = namespaceOf(entry);
    if (found === undefined) return undefined;
    const { fileSystem } = this.#options;
    const directory = join(this.#options.directory, entry);
    const names = await namesIn(fileSystem, directory).catch(noneInFile);
    if (names.length === 0 || isBeingRemoved(names)) return undefined;
    const logs = await segmentPaths(fileSystem, logDirectory(directory));
    const snapshots = await snapshotFiles(fileSystem, directory);
    if (logs.length + snapshots.length === 0) return undefined;
    if (found !== 'hashed') return found.name;
    for (const path of [...logs, ...snapshots.map((file) => file.path)]) {
      const bytes = await readBytes(fileSystem, path, MAX_HEADER_BYTES);
      const reading = readHeader(bytes, logs.includes(path) ? 'DAGGRLOG' : 'DAGGRSNP');
      if (reading.state === 'whole') return reading.header.name;
    }
    return undefined;
  }

  async #explained<T>(what: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof PubSubError ? error : failed(what, error);
    }
  }
}

/** What lies in the store's directory and is no directory is somebody else's. */
function noneInFile(error: unknown): readonly string[] {
  if (errorCode(error) !== 'ENOTDIR') throw error;
  return [];
}

/** Somebody opens what is just being removed: the directory is theirs, and stays. */
function ignoreNewcomer(error: unknown): void {
  const code = errorCode(error);
  if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'ENOENT') throw error;
}
