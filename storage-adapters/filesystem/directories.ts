import { basename, join } from 'node:path';
import { namesIn, removeIfThere } from './durable-files.js';
import { errorCode, type FileSystem } from './file-system.js';

// What lies in the directory of a namespace, beside its lock and its snapshots.

/** What {@link removeTree} takes for a directory. */
const DIRECTORY = /^(log|log\.new|log\.repaired|damaged-\d+)$/;

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

/** Deletes a file, or a directory with all it holds, if it is there. */
export async function removeTree(fileSystem: FileSystem, path: string): Promise<void> {
  if (!DIRECTORY.test(basename(path))) return removeIfThere(fileSystem, path);
  for (const name of await namesIn(fileSystem, path)) await removeTree(fileSystem, join(path, name));
  try {
    await fileSystem.removeDirectory(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}
