import { logDirectory } from './directories.js';
import { readBytes } from './durable-files.js';
import { newerFormat, refused } from './failures.js';
import { FORMAT_VERSION, VERSION_BYTES, versionIn } from './file-header.js';
import type { FileSystem } from './file-system.js';
import { refuseNewerLock } from './lock.js';
import { segmentPaths } from './segments.js';
import { snapshotFiles } from './snapshots.js';

/**
 * Brings a namespace's files from one format version to the next. Interrupted at any point and run again it must come
 * to the same end; it changes the versions in the files last.
 */
export type Migration = (fileSystem: FileSystem, directory: string) => Promise<void>;

/** For each version the step to the next one. There is one version so far. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

/**
 * Refuses a namespace that a newer version of the library has written; resolves with the oldest version in it. Reads
 * only, and before anything is locked.
 */
export async function oldestFormat(fileSystem: FileSystem, directory: string): Promise<number> {
  await refuseNewerLock(fileSystem, directory);
  return Math.min(FORMAT_VERSION, ...(await formatsIn(fileSystem, directory, FORMAT_VERSION)));
}

/** Runs the steps from the oldest version found to the newest known. */
export async function migrate(
  fileSystem: FileSystem,
  directory: string,
  migrations: ReadonlyMap<number, Migration> = MIGRATIONS,
  target: number = FORMAT_VERSION,
): Promise<void> {
  const found = await formatsIn(fileSystem, directory, target);
  for (let version = Math.min(target, ...found); version < target; version += 1) {
    const step = migrations.get(version);
    if (step === undefined) {
      throw refused(`${directory} has format version ${version}, from which no migration leads on`);
    }
    await step(fileSystem, directory);
  }
}

/** Versions of all files whose header can be read. */
async function formatsIn(fileSystem: FileSystem, directory: string, known: number): Promise<number[]> {
  const formats: number[] = [];
  const logs = await segmentPaths(fileSystem, logDirectory(directory));
  const snapshots = (await snapshotFiles(fileSystem, directory)).map(({ path }) => path);
  for (const path of [...logs, ...snapshots]) {
    const bytes = await readBytes(fileSystem, path, VERSION_BYTES);
    const format = versionIn(bytes);
    if (format === undefined) continue; // damage, which opening finds and reports
    if (format > known) throw newerFormat(path, format, known);
    formats.push(format);
  }
  return formats;
}
