import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { StorageNamespace } from '../../core/persistence/storage-adapter.js';
import { nodeFileSystem } from '../../storage-adapters/filesystem/file-system.js';
import { systemProcesses } from '../../storage-adapters/filesystem/process-table.js';
import { type FileSystem, fileSystemStorage, type ProcessTable } from '../../storage-adapters/filesystem.js';
import { startWriter, type WriterProcess } from './support/processes.js';
import { readUntilError, record } from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

let place: TemporaryDirectory;
let writers: WriterProcess[];
beforeEach(() => {
  place = temporaryDirectory();
  writers = [];
});
afterEach(async () => {
  for (const writer of writers) await writer.kill();
  place.remove();
});

async function holder(): Promise<WriterProcess> {
  const writer = startWriter(place.path, 'hold');
  writers.push(writer);
  await writer.said(/^holding$/);
  return writer;
}

const store = () => fileSystemStorage({ directory: place.path });

/** A store as another machine sees it: it cannot look at our processes. */
function storeElsewhere(staleAfterSeconds: number) {
  const processes: ProcessTable = {
    self: async () => ({ pid: 1, startedAt: '1', machine: 'another machine', boot: '1' }),
    find: async () => 'unknown',
  };
  return fileSystemStorage({ directory: place.path, staleAfterSeconds, processes });
}

const append = (namespace: StorageNamespace, sequence: number, text = record(sequence)) =>
  namespace.append({ firstSequence: sequence, records: [text] }, { sync: true });

const lockDirectory = (): string => join(place.path, 'n.run');
const lockNames = (): string[] => readdirSync(lockDirectory()).filter((name) => /^(lock|free)-/.test(name));

describe('two processes', () => {
  test('the second is refused, and told who holds the namespace', async () => {
    const { child } = await holder();
    const refused = store().open('run');
    const details = { owner: 'the holder', pid: child.pid, since: expect.any(String) };
    await expect(refused).rejects.toMatchObject({ code: 'LOCK_ERROR', details });
    await expect(refused).rejects.toThrow('the holder');
    await expect(store().remove('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await (await store().open('another')).close();
  });

  test('a lock whose process was killed is taken over at once', async () => {
    const writer = await holder();
    writer.ask('append');
    await writer.said(/^acked$/);
    await writer.kill();
    const namespace = await store().open('run');
    expect(namespace.epoch).toBe(2);
    expect((await readUntilError(namespace)).read).toEqual([record(1)]);
    await namespace.close();
    expect(lockNames()).toEqual(['free-2']);
  });

  test('an owner that was paused through a takeover is refused when it wakes, and told that it lost', async () => {
    const writer = await holder();
    writer.ask('append');
    await writer.said(/^acked$/);
    writer.child.kill('SIGSTOP');
    const namespace = await storeElsewhere(0.001).open('run', { owner: 'the new owner' });
    await append(namespace, 2, 'by the new owner');
    writer.child.kill('SIGCONT');
    writer.ask('append');
    await writer.said(/^LOCK_ERROR$/);
    expect(await writer.said(/^lost /)).toContain('the new owner');
    await append(namespace, 3, 'by the new owner, too');
    await namespace.close();
    const again = await store().open('run');
    expect((await readUntilError(again)).read).toEqual([
      record(1),
      'by the new owner',
      'by the new owner, too',
    ]);
    await again.close();
  });
});

describe('a stale lock', () => {
  const leave = async (change: Readonly<Record<string, unknown>>) => {
    const self = await systemProcesses.self();
    const lock = { format: 1, owner: 'one who was here', since: 'long ago', ...self, ...change };
    mkdirSync(lockDirectory(), { recursive: true });
    writeFileSync(join(lockDirectory(), 'lock-7'), JSON.stringify(lock));
  };

  test('whose pid another process has now is taken over', async () => {
    await leave({ startedAt: '12345' });
    const namespace = await store().open('run');
    expect(namespace.epoch).toBe(8);
    await namespace.close();
  });

  test('of an earlier start of the machine is taken over', async () => {
    await leave({ boot: 'an earlier one' });
    const namespace = await store().open('run');
    await namespace.close();
  });

  test('of a process that runs is not stale', async () => {
    await leave({});
    await expect(store().open('run')).rejects.toMatchObject({ details: { owner: 'one who was here' } });
  });

  test('of another machine is honoured as long as its owner gives signs', async () => {
    await leave({ machine: 'elsewhere' });
    await expect(store().open('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    const aMinuteAgo = new Date(Date.now() - 61_000);
    utimesSync(join(lockDirectory(), 'lock-7'), aMinuteAgo, aMinuteAgo);
    await (await store().open('run')).close();
  });

  test('without content, as its writer died over it, is taken over after a moment', async () => {
    mkdirSync(lockDirectory(), { recursive: true });
    writeFileSync(join(lockDirectory(), 'lock-3'), '');
    const namespace = await store().open('run');
    expect(namespace.epoch).toBe(4);
    await namespace.close();
  });

  test('without content, and of a time to come as the clock was set back, is taken over after a moment', async () => {
    mkdirSync(lockDirectory(), { recursive: true });
    const path = join(lockDirectory(), 'lock-3');
    writeFileSync(path, '');
    const tomorrow = new Date(Date.now() + 86_400_000);
    utimesSync(path, tomorrow, tomorrow);
    const namespace = await store().open('run');
    expect(namespace.epoch).toBe(4);
    await namespace.close();
  });
});

describe('within one process', () => {
  test('an owner gives signs of life, and notices by itself that it was replaced', async () => {
    const [first, second] = [
      fileSystemStorage({ directory: place.path, staleAfterSeconds: 0.2 }),
      storeElsewhere(0.001),
    ];
    let lost: (error: Error) => void = () => undefined;
    const told = new Promise<Error>((resolve) => {
      lost = resolve;
    });
    const namespace = await first.open('run', { onLost: (error) => lost(error) });
    await append(namespace, 1);
    const taker = await second.open('run', { owner: 'the taker' });
    expect(await told).toMatchObject({
      code: 'LOCK_ERROR',
      details: { owner: 'the taker', epoch: 1, newestEpoch: 2 },
    });
    await namespace.close();
    await append(taker, 2);
    await taker.close();
    expect(lockNames()).toEqual(['free-2']);
  });

  test('an owner that may be silent for years gives its signs in peace', async () => {
    const timers = vi.spyOn(globalThis, 'setInterval');
    const patient = fileSystemStorage({ directory: place.path, staleAfterSeconds: 1e9 });
    const namespace = await patient.open('run');
    expect(timers.mock.calls.map(([, pause]) => pause)).toEqual([3_600_000]);
    timers.mockRestore();
    await namespace.close();
  });

  test('a write that a takeover overtook is not acknowledged, and reaches nobody', async () => {
    let overtake: (() => void) | undefined;
    let oldInode: number | undefined;
    const slow: FileSystem = {
      ...nodeFileSystem,
      inode(path) {
        if (overtake === undefined) return nodeFileSystem.inode(path);
        overtake = undefined; // the look before the write: it still finds the lock as it was
        return oldInode;
      },
    };
    const first = fileSystemStorage({ directory: place.path, fileSystem: slow });
    const namespace = await first.open('run');
    await append(namespace, 1);
    oldInode = nodeFileSystem.inode(join(lockDirectory(), 'lock-1'));
    const taker = await storeElsewhere(0.001).open('run');
    await append(taker, 2, 'by the taker');
    overtake = () => undefined;
    await expect(append(namespace, 2, 'too late')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await expect(append(namespace, 2, 'too late')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await namespace.close();
    expect((await readUntilError(taker)).read).toEqual([record(1), 'by the taker']);
    await append(taker, 3);
    await taker.close();
    const again = await store().open('run');
    expect((await readUntilError(again)).read).toEqual([record(1), 'by the taker', record(3)]);
    await again.close();
  });

  test('epochs count up over closes, and only the newest lock stays', async () => {
    for (let epoch = 1; epoch <= 5; epoch += 1) {
      const namespace = await store().open('run');
      expect(namespace.epoch).toBe(epoch);
      expect(lockNames()).toEqual([`lock-${epoch}`]);
      expect(JSON.parse(readFileSync(join(lockDirectory(), `lock-${epoch}`), 'utf8'))).toMatchObject({
        format: 1,
      });
      await namespace.close();
    }
  });

  test('many adapters that open and close at once never hold it two at a time', async () => {
    let holders = 0;
    let opened = 0;
    const contend = async (): Promise<void> => {
      const storage = store();
      for (let turn = 0; turn < 10; turn += 1) {
        const namespace = await storage.open('run').catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'LOCK_ERROR' });
        });
        if (namespace === undefined) continue;
        opened += 1;
        holders += 1;
        expect(holders).toBe(1);
        await append(namespace, opened);
        holders -= 1;
        await namespace.close();
      }
    };
    await Promise.all(Array.from({ length: 6 }, contend));
    expect(opened).toBeGreaterThan(1);
    const namespace = await store().open('run');
    expect((await readUntilError(namespace)).read).toHaveLength(opened);
    await namespace.close();
  });
});
