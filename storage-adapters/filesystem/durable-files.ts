import { dirname } from 'node:path';
import { SyncFailure } from './failures.js';
import { errorCode, type FileSystem } from './file-system.js';

/** Windows refuses to rename what a virus scanner or an indexer looks at just then: tried again, for about a second. */
const RENAME_ATTEMPTS = 8;

const BYTES_PER_TURN = 2 ** 20;

/** No system reads 2 GiB at once, and Node refuses to ask for it. A snapshot may be larger. */
const BYTES_PER_READ = 2 ** 30;

/** Writes all of `bytes` to `position`, going on after a short write. */
export function writeFully(
  fileSystem: FileSystem,
  descriptor: number,
  bytes: Uint8Array,
  position: number,
): void {
  let written = 0;
  while (written < bytes.length) {
    const count = fileSystem.write(
      descriptor,
      written === 0 ? bytes : bytes.subarray(written),
      position + written,
    );
    if (!(count > 0)) throw new Error('The file system accepted none of the bytes and gave no reason');
    written += count;
  }
}

/**
 * Makes a file that is either there with all its bytes or not at all, also after a power cut: written under another
 * name, synced, renamed, and the directory synced. Leaves nothing behind when it fails.
 */
export async function createDurably(
  fileSystem: FileSystem,
  path: string,
  chunks: Iterable<Uint8Array>,
): Promise<void> {
  const temporary = `${path}${TEMPORARY_SUFFIX}`;
  try {
    const descriptor = await fileSystem.open(temporary, 'w');
    try {
      let position = 0;
      let turnEnds = BYTES_PER_TURN;
      for (const chunk of chunks) {
        writeFully(fileSystem, descriptor, chunk, position);
        position += chunk.length;
        if (position < turnEnds) continue;
        await nextTurn(); // the host's timers and sockets are not kept waiting by a large file
        turnEnds = position + BYTES_PER_TURN;
      }
      await sync(fileSystem, descriptor);
    } finally {
      await fileSystem.close(descriptor);
    }
    await renamePatiently(fileSystem, temporary, path);
  } catch (error) {
    await fileSystem.removeFile(temporary).catch(() => undefined); // the first error is the one that matters
    throw error;
  }
  await fileSystem.syncDirectory(dirname(path));
}

/** Waits until a file is on the device. A failure is final, see {@link SyncFailure}. */
export async function sync(fileSystem: FileSystem, descriptor: number): Promise<void> {
  try {
    await fileSystem.dataSync(descriptor);
  } catch (cause) {
    throw new SyncFailure('The system could not bring a file to the device', { cause });
  }
}

/** What unfinished files are called; ours are deleted at the next open. */
const TEMPORARY_SUFFIX = '.tmp';

export async function renamePatiently(fileSystem: FileSystem, from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fileSystem.rename(from, to);
      return;
    } catch (error) {
      const code = errorCode(error);
      if ((code !== 'EPERM' && code !== 'EBUSY') || attempt === RENAME_ATTEMPTS) throw error;
      await pause(2 ** attempt * 2);
    }
  }
}

/**
 * Makes a directory and those above it. What is in them is safe only once {@link syncPath} has seen to it.
 *
 * @throws what the system says, also when the directories above are there and it still cannot be made: a link that
 * leads nowhere counts as there, and nothing can be made in it.
 */
export async function makeDirectories(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await makeUnlessThere(fileSystem, path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    await makeDirectories(fileSystem, dirname(path));
    await makeUnlessThere(fileSystem, path);
  }
}

async function makeUnlessThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.makeDirectory(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

/**
 * Brings the name of a directory, and those of the directories above, to the device: any of them may have been made
 * just before a crash. Those that we may not open were not made by us.
 */
export async function syncPath(fileSystem: FileSystem, path: string): Promise<void> {
  for (let above = dirname(path); ; above = dirname(above)) {
    try {
      await fileSystem.syncDirectory(above);
    } catch (error) {
      if (!NOT_OURS.has(errorCode(error) ?? '')) throw error;
    }
    if (dirname(above) === above) return;
  }
}

const NOT_OURS = new Set(['EACCES', 'EPERM', 'EROFS', 'EINVAL', 'ENOTSUP']);

/** Names in a directory; none when there is no such directory. */
export async function namesIn(fileSystem: FileSystem, path: string): Promise<string[]> {
  try {
    return (await fileSystem.readDirectory(path)).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

export async function removeIfThere(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await fileSystem.removeFile(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/** The first `length` bytes of a file, or all of it; fewer when it is shorter. */
export async function readBytes(fileSystem: FileSystem, path: string, length?: number): Promise<Buffer> {
  const descriptor = await fileSystem.open(path, 'r');
  try {
    const wanted = length ?? (await fileSystem.status(path))?.size ?? 0;
    const bytes = Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < wanted) {
      const count = await fileSystem.read(
        descriptor,
        bytes.subarray(filled, filled + BYTES_PER_READ),
        filled,
      );
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  } finally {
    await fileSystem.close(descriptor);
  }
}

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
