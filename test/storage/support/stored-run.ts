import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StorageAdapter, StorageNamespace } from '../../../core/persistence/storage-adapter.js';
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';

/** What record number `sequence` says in these tests. */
export function record(sequence: number): string {
  return `{"seq":${sequence},"text":"${'abcdefghij'.repeat(sequence % 7)}"}`;
}

export function records(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => record(first + index));
}

/** Appends `count` records, each as a batch of its own, and returns the next sequence number. */
export async function appendEach(namespace: StorageNamespace, first: number, count: number): Promise<number> {
  for (let sequence = first; sequence < first + count; sequence += 1) {
    await namespace.append({ firstSequence: sequence, records: [record(sequence)] }, { sync: false });
  }
  return first + count;
}

/** A store in a directory with the namespace `run`, written by `write` and closed. */
export async function storedRun(
  directory: string,
  write: (namespace: StorageNamespace) => Promise<unknown>,
  segmentBytes = 1_000,
): Promise<StorageAdapter> {
  const storage = fileSystemStorage({ directory, segmentBytes });
  const namespace = await storage.open('run');
  await write(namespace);
  await namespace.close();
  return storage;
}

/** The log's files of namespace `run`, oldest first. */
export function logFiles(directory: string): string[] {
  const log = join(directory, 'n.run', 'log');
  return readdirSync(log)
    .sort()
    .map((name) => join(log, name));
}

export function snapshotFiles(directory: string): string[] {
  const names = readdirSync(join(directory, 'n.run')).filter((name) => name.endsWith('.snapshot'));
  return names.sort().map((name) => join(directory, 'n.run', name));
}

/** Every file below a directory with a digest of its bytes: to see that nothing was written. */
export function contents(directory: string): Record<string, string> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const pairs = files.map(({ parentPath, name }): [string, string] => {
    const path = join(parentPath, name);
    return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
  });
  return Object.fromEntries(pairs.sort());
}

export function flipBit(path: string, bit: number): void {
  const bytes = readFileSync(path);
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  writeFileSync(path, bytes);
}

/** Reads as far as it goes: the records, and the error that ended it. */
export async function readUntilError(
  namespace: StorageNamespace,
  after = 0,
): Promise<{ readonly read: string[]; readonly sequences: number[]; readonly error: unknown }> {
  const [read, sequences]: [string[], number[]] = [[], []];
  try {
    for await (const batch of namespace.read(after)) {
      sequences.push(...batch.records.map((_, index) => batch.firstSequence + index));
      read.push(...batch.records);
    }
  } catch (error) {
    return { read, sequences, error };
  }
  return { read, sequences, error: undefined };
}
