import { once } from 'node:events';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { nodeFileSystem } from '../../storage-adapters/filesystem/file-system.js';
import { type FileSystem, fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { readUntilError, record } from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

let place: TemporaryDirectory;
let workers: Worker[];
beforeEach(() => {
  place = temporaryDirectory();
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await worker.terminate();
  place.remove();
});

/** Node 20 does not hand a loader of TypeScript on to threads: the thread asks for it itself. */
const bootstrap = `
  const { workerData: { program } } = require('node:worker_threads');
  import('tsx/esm/api').then(({ tsImport }) => tsImport(program, program));
`;

async function threadThatHolds(staleAfterSeconds: number): Promise<Worker> {
  const program = new URL('./support/thread-writer.ts', import.meta.url).href;
  const worker = new Worker(bootstrap, {
    eval: true,
    workerData: { program, directory: place.path, staleAfterSeconds },
  });
  workers.push(worker);
  await once(worker, 'message');
  return worker;
}

const store = (staleAfterSeconds: number, fileSystem: FileSystem = nodeFileSystem) =>
  fileSystemStorage({ directory: place.path, staleAfterSeconds, fileSystem });

test('a thread that was terminated lets its store go once it has given no sign for a while', async () => {
  const worker = await threadThatHolds(1.5);
  await worker.terminate();
  const storage = store(1.5);
  const refused = storage.open('run');
  await expect(refused).rejects.toMatchObject({ code: 'LOCK_ERROR', details: { owner: 'the thread' } });
  await expect(refused).rejects.toThrow('this very process, in another thread');
  const namespace = await vi.waitUntil(() => storage.open('run').catch(() => undefined), {
    timeout: 10_000,
  });
  expect(namespace.epoch).toBe(2);
  expect((await readUntilError(namespace)).read).toEqual([record(1)]);
  await namespace.close();
});

test('a thread that lives gives signs, and keeps its store', async () => {
  await threadThatHolds(1.5);
  const lock = join(place.path, 'n.run', 'lock-1');
  const first = statSync(lock).mtimeMs;
  const storage = store(1.5);
  while (statSync(lock).mtimeMs < first + 2_000) {
    await expect(storage.open('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await pause(50);
  }
});

test('what this thread holds is refused at once, however long it has given no sign', async () => {
  const namespace = await store(1_000).open('run', { owner: 'this one' });
  const old: FileSystem = {
    ...nodeFileSystem,
    async status(path) {
      const status = await nodeFileSystem.status(path);
      return status && { ...status, changedAt: 0 };
    },
  };
  await expect(store(1, old).open('run')).rejects.toThrow('held by this one (this very process)');
  vi.resetModules();
  const copy = await import('../../storage-adapters/filesystem.js');
  expect(copy.fileSystemStorage).not.toBe(fileSystemStorage);
  const other = copy.fileSystemStorage({ directory: place.path, staleAfterSeconds: 1, fileSystem: old });
  await expect(other.open('run')).rejects.toThrow('held by this one (this very process)');
  await namespace.close();
  const next = await other.open('run');
  await expect(store(1, old).open('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
  await next.close();
});

/** A disk that takes no new names: it went read-only after an error, say. */
function withoutNames(): FileSystem {
  return {
    ...nodeFileSystem,
    async rename(from, to) {
      if (to.includes('free-')) throw Object.assign(new Error('EROFS: read-only'), { code: 'EROFS' });
      await nodeFileSystem.rename(from, to);
    },
  };
}

test('a lock that could not be freed is free at once for the thread that had it', async () => {
  const namespace = await store(1_000, withoutNames()).open('run');
  await namespace.append({ firstSequence: 1, records: [record(1)] }, { sync: true });
  await expect(namespace.close()).rejects.toMatchObject({ details: { systemCode: 'EROFS' } });
  const next = await store(1_000).open('run');
  expect((await readUntilError(next)).read).toEqual([record(1)]);
  await expect(store(1_000).open('run')).rejects.toThrow('(this very process)');
  await next.close();
});
