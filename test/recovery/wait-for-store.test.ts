import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PubSubExecutor, type StorageAdapter } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { createTestRuntime } from 'dagger-agents/testing';
import { expect, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';

/** A store that counts how often it was asked for a namespace, and by which clock. */
function counted(storage: StorageAdapter, now: () => number): { storage: StorageAdapter; asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    storage: {
      kind: storage.kind,
      supports: storage.supports,
      list: () => storage.list(),
      remove: (name) => storage.remove(name),
      close: () => storage.close(),
      open(name, options) {
        asked.push(now());
        return storage.open(name, options);
      },
    },
  };
}

test('a store that another writer holds is asked for again until it is let go', async () => {
  const runtime = createTestRuntime();
  const shared = memoryStorage();
  const first = await PubSubExecutor.open({ storage: shared, runtime });
  const started = runtime.now();
  const { storage, asked } = counted(shared, () => runtime.now() - started);
  const opening = PubSubExecutor.open({ storage, runtime, waitSeconds: 5 });
  await runtime.advance(1_000);
  expect(asked.length).toBeGreaterThan(4);
  const waits = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(50);
  expect(Math.max(...waits)).toBeLessThanOrEqual(250);
  await first.close();
  await runtime.advance(250);
  const second = await opening;
  expect(runtime.pendingTimers).toBe(0);
  await second.close();
});

test('a store that is not let go in time is refused with the last reason, not before and not long after', async () => {
  const runtime = createTestRuntime();
  const shared = memoryStorage();
  const first = await PubSubExecutor.open({ storage: shared, runtime });
  const started = runtime.now();
  const { storage, asked } = counted(shared, () => runtime.now() - started);
  let settled = false;
  const opening = PubSubExecutor.open({ storage, runtime, waitSeconds: 1.3 }).finally(() => {
    settled = true;
  });
  opening.catch(() => undefined);
  await runtime.advance(1_299);
  expect(settled).toBe(false);
  await runtime.advance(1);
  await expect(opening).rejects.toMatchObject({ code: 'LOCK_ERROR', details: { namespace: 'default' } });
  expect(asked.at(-1)).toBe(1_300);
  await first.close();
});

test.each([undefined, 0])('without a time to wait (%s) it is refused at once', async (waitSeconds) => {
  const runtime = createTestRuntime();
  const shared = memoryStorage();
  const first = await PubSubExecutor.open({ storage: shared, runtime });
  const { storage, asked } = counted(shared, () => 0);
  await expect(PubSubExecutor.open({ storage, runtime, waitSeconds })).rejects.toMatchObject({
    code: 'LOCK_ERROR',
  });
  expect(asked).toHaveLength(1);
  await first.close();
});

test('what is no lock is not waited for', async () => {
  const broken = new Error('out of order');
  const { storage, asked } = counted(
    Object.assign(memoryStorage(), { open: () => Promise.reject(broken) }),
    () => 0,
  );
  await expect(PubSubExecutor.open({ storage, waitSeconds: 60 })).rejects.toBe(broken);
  expect(asked).toHaveLength(1);
});

test('two programs of one file store come one after the other', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'dagger-wait-'));
  try {
    const first = await PubSubExecutor.open({ storage: fileSystemStorage({ directory }) });
    const opening = PubSubExecutor.open({ storage: fileSystemStorage({ directory }), waitSeconds: 30 });
    first.cache.insertGlobalValue('page', 'title', 'by the first');
    await first.close();
    const second = await opening;
    expect(second.cache.getGlobalInput('page', 'title')).toBe('by the first');
    await second.close();
  } finally {
    rmSync(directory, { recursive: true });
  }
});
