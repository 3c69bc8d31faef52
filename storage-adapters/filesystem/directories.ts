import { basename, join } from 'node:path';
import { namesIn, removeIfThere, renamePatiently } from './durable-files.js';
import { errorCode, type FileSystem } from './file-system.js';

// What lies in the directory of a namespace, beside its lock and its snapshots.

/** The log's segments. */
export function logDirectory(directory: string): string {
  return join(directory, 'log');
}

/** A log that comes into being; it is `log` once its first segment is in it. */
export function beginningOf(log: string): string {
  return `${log}.new`;
}

/** What a repair makes of the log; it takes its place when it is complete. */
export function repairedLog(directory: string): string {
  return join(directory, 'log.repaired');
}

/** What the log of a namespace that is being removed is called: with it there, what else is there is nothing any more. */
function removedLog(directory: string): string {
  return join(directory, 'log.removed');
}

/** Whether somebody has begun to remove what is in this directory. */
export function isBeingRemoved(names: readonly string[]): boolean {
  return names.includes(basename(removedLog('')));
}

/**
 * Deletes what is in the directory of a namespace. Killed in the middle, it leaves what {@link finishRemoval} makes an end
 * of: half of a namespace would be taken for a damaged one.
 *
 * @param isKept names of what stays.
 */
export async function removeContents(
  fileSystem: FileSystem,
  directory: string,
  isKept: (name: string) => boolean,
): Promise<void> {
  const removed = removedLog(directory);
  const names = await namesIn(fileSystem, directory);
  if (!isBeingRemoved(names)) {
    if (names.includes(basename(logDirectory(directory)))) {
      await renamePatiently(fileSystem, logDirectory(directory), removed);
    } else if (!names.every(isKept)) await fileSystem.makeDirectory(removed);
    await fileSystem.syncDirectory(directory);
  }
  for (const name of names) {
    if (!isKept(name)) await removeTree(fileSystem, join(directory, name));
  }
  await fileSystem.syncDirectory(directory); // all the rest, before what says so
  await removeTree(fileSystem, removed);
}

/** Goes on where {@link removeContents} was killed. Nothing happens where nobody has begun to remove anything. */
export async function finishRemoval(
  fileSystem: FileSystem,
  directory: string,
  isKept: (name: string) => boolean,
): Promise<void> {
  if (isBeingRemoved(await namesIn(fileSystem, directory)))
    await removeContents(fileSystem, directory, isKept);
}

/** Deletes a file, or a directory with all it holds, if it is there. */
export async function removeTree(fileSystem: FileSystem, path: string): Promise<void> {
  try {
    await removeIfThere(fileSystem, path);
  } catch (error) {
    const code = errorCode(error);
    // How systems refuse to take a directory for a file.
    if (code !== 'EISDIR' && code !== 'EPERM') throw error;
    const names = await namesIn(fileSystem, path).catch(() => {
      throw error;
    });
    for (const name of names) await removeTree(fileSystem, join(path, name));
    await fileSystem.removeDirectory(path);
  }
}
