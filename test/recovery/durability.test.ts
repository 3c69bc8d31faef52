import { defineAgent, type PubSubAgent, PubSubExecutor, type StorageAdapter } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { describe, expect, test } from 'vitest';
import { snapshotOf } from '../../core/state/snapshot.js';
import { refusal } from '../support/bus.js';
import { filePlace, type Place, places } from '../support/crashing-places.js';
import { live, reopened } from './life.js';

function collecting(heard: unknown[]): PubSubAgent {
  return defineAgent({ name: 'reader', subscribe: 'in', process: ({ payload }) => void heard.push(payload) });
}

/** The store, with a note of what each append was asked for. */
function watched(place: Place): Place & { readonly syncs: boolean[]; snapshots: number } {
  const syncs: boolean[] = [];
  const { storage } = place;
  const seen = {
    syncs,
    snapshots: 0,
    crash: () => place.crash(),
    storage: {
      kind: storage.kind,
      supports: storage.supports,
      list: () => storage.list(),
      remove: (name) => storage.remove(name),
      close: () => storage.close(),
      async open(name, options) {
        const namespace = await storage.open(name, options);
        return new Proxy(namespace, {
          get(target, key) {
            if (key === 'append') {
              return (batch: Parameters<typeof target.append>[0], how: { readonly sync: boolean }) => {
                syncs.push(how.sync);
                return target.append(batch, how);
              };
            }
            if (key === 'writeSnapshot') seen.snapshots++;
            const value: unknown = Reflect.get(target, key);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        });
      },
    } satisfies StorageAdapter,
  };
  return seen;
}

describe.each(places)('$name', ({ empty }) => {
  test.each(['sync', 'batched'] as const)(
    "'%s': what is acknowledged is there after a crash",
    async (durability) => {
      const life = await live(empty(), { durability });
      const message = await life.executor.publish('in', 'acknowledged');
      life.executor.cache.insertGlobalValue('kept', 'by', 'the next acknowledgement');
      await life.executor.publish('in', 'more');
      const next = await life.crash();
      expect(next.executor.state.channels.get('in')?.publishedCount).toBe(2);
      expect(next.executor.tree.find(message.id)).toMatchObject({ kind: 'publish', status: 'unheard' });
      expect(next.executor.cache.getGlobalInput('kept', 'by')).toBe('the next acknowledgement');
      await next.executor.close();
    },
  );

  test("'exit': nothing is kept until the end, a pause or saveState()", async () => {
    const durability = 'exit';
    const life = await live(empty(), { durability });
    await life.executor.publish('in', 1);
    const empties = await life.crash({ durability });
    expect(empties.executor.listChannels()).toEqual([]);

    await empties.executor.publish('in', 1);
    await empties.executor.saveState();
    await empties.executor.publish('in', 2);
    const saved = await empties.crash({ durability });
    expect(saved.executor.state.channels.get('in')?.publishedCount).toBe(1);

    await saved.executor.publish('in', 2);
    await saved.executor.pause();
    await saved.executor.publish('in', 3);
    const paused = await saved.crash({ durability });
    expect(paused.executor.state.channels.get('in')?.publishedCount).toBe(2);

    await paused.executor.publish('in', 3);
    const closed = await paused.restart({ durability });
    expect(closed.executor.state.channels.get('in')?.publishedCount).toBe(3);
    await closed.executor.close();
  });

  test("'exit': pauses that close() overtakes are done with, and the store is free", async () => {
    const storage = memoryStorage();
    const executor = await PubSubExecutor.open({ storage, durability: 'exit' });
    executor.registerAgent(
      defineAgent({ name: 'endless', subscribe: 'in', process: () => new Promise<void>(() => {}) }),
    );
    executor.execute({ channel: 'in', payload: 1 });
    await executor.publish('in', 2);
    const pauses = [executor.pause(), executor.pause()];
    await executor.close();
    await Promise.all(pauses);
    const next = await PubSubExecutor.open({ storage });
    expect(next.state.unfinished.length).toBe(2);
    await next.close();
  });

  test("'exit': a run that is paused for a person is saved", async () => {
    const options = { durability: 'exit', config: { humanWaitMinutes: 5 } } as const;
    const asking = defineAgent({
      name: 'asking',
      subscribe: 'in',
      process: async ({ human }) => void (await human.ask({ question: 'Well?' })),
    });
    const { executor, runtime, crash } = await live(empty(), options);
    executor.registerAgent(asking);
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    await runtime.advance(5 * 60_000);
    expect((await run.report).status).toBe('paused');
    const found = await crash(options);
    expect(found.executor.humans.pending()).toMatchObject([{ question: 'Well?' }]);
    await found.executor.close();
  });

  test("what one mode has written the others read: 'sync', 'exit', 'batched', 'sync'", async () => {
    let life = await live(empty(), { durability: 'sync' });
    for (const durability of ['exit', 'batched', 'sync'] as const) {
      await life.executor.publish('in', durability);
      life = await life.restart({ durability });
      await life.executor.publish('in', durability);
      await life.executor.saveState();
      life = await life.crash({ durability });
    }
    expect(life.executor.state.channels.get('in')?.publishedCount).toBe(6);
    await life.executor.close();
  });

  test('loadState() goes back to what is stored, with the agents still registered', async () => {
    const heard: unknown[] = [];
    const life = await live(empty(), { durability: 'exit' });
    life.executor.registerAgent(collecting(heard));
    await life.executor.publish('in', 'kept');
    life.executor.cache.insertGlobalValue('a', 'b', 1);
    await life.executor.saveState();
    await life.executor.publish('in', 'forgotten');
    life.executor.cache.insertGlobalValue('a', 'b', 2);
    await life.executor.loadState();
    expect(life.executor.cache.getGlobalInput('a', 'b')).toBe(1);
    await life.executor.execute({ resume: true }).report;
    expect(heard).toEqual(['kept']);
    await life.executor.publish('in', 'after');
    await life.executor.execute({ resume: true }).report;
    expect(heard).toEqual(['kept', 'after']);
    await life.executor.close();
  });

  test('loadState() after an hour of journaling is what a new executor would find', async () => {
    const heard: unknown[] = [];
    const life = await live(empty());
    life.executor.registerAgent(collecting(heard));
    for (const payload of [1, 2, 3]) await life.executor.publish('in', payload);
    await life.executor.saveState();
    await life.executor.publish('in', 4);
    await life.executor.loadState();
    await life.executor.publish('in', 5);
    await life.executor.execute({ resume: true }).report;
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    await life.settle();
    const before = life.executor.state;
    const next = await life.crash();
    expect(snapshotOf(next.executor.state)).toEqual(reopened(before, next));
    await next.executor.close();
  });

  test('loadState() is refused while a run is going on, and without storage', async () => {
    const life = await live(empty());
    life.executor.execute();
    expect(await refusal(() => life.executor.loadState())).toMatchObject({ code: 'EXECUTION_ERROR' });
    await life.executor.close();
    const without = await PubSubExecutor.open();
    expect(await refusal(() => without.loadState())).toMatchObject({ code: 'DATABASE_ERROR' });
    expect(await refusal(() => without.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    await without.close();
  });

  test('a pause and a stop are acknowledged when they are stored', async () => {
    const life = await live(empty());
    life.executor.registerAgent(collecting([]));
    const run = life.executor.execute();
    await life.executor.publish('in', 1);
    await life.executor.pause();
    const paused = await life.crash();
    expect(paused.executor.paused).toBe(false);
    expect(paused.executor.listRuns()).toMatchObject([{ id: run.id, status: 'interrupted' }]);
    await life.executor.stop();
    const stopped = await life.crash();
    expect(stopped.executor.listRuns()).toMatchObject([{ id: run.id, status: 'paused' }]);
    await stopped.executor.close();
  });

  test('the log is replaced by a snapshot as it grows, and what is left is the same', async () => {
    const place = watched(empty());
    const life = await live(place);
    const heard: unknown[] = [];
    life.executor.registerAgent(
      defineAgent({ name: 'reader', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    life.executor.execute();
    const text = 'x'.repeat(200_000);
    for (let number = 0; number < 100; number++) {
      await life.executor.publish('in', { number, text });
      life.executor.cache.insertGlobalValue('last', 'number', number);
    }
    await life.executor.idle();
    await life.settle();
    expect(place.snapshots).toBeGreaterThanOrEqual(1);
    expect(heard).toHaveLength(100);
    const before = life.executor.state;
    const next = await life.crash();
    expect(snapshotOf(next.executor.state)).toEqual(reopened(before, next));
    expect(next.executor.cache.getGlobalInput('last', 'number')).toBe(99);
    await next.executor.close();
  });
});

test("appends are synced with 'sync', and with 'batched' they are not", async () => {
  for (const [durability, sync] of [
    ['sync', true],
    ['batched', false],
  ] as const) {
    const place = watched(filePlace());
    const life = await live(place, { durability });
    await life.executor.publish('in', 1);
    await life.executor.close();
    expect(new Set(place.syncs)).toEqual(new Set([sync]));
  }
});

test("'exit' appends nothing at all", async () => {
  const place = watched(filePlace());
  const life = await live(place, { durability: 'exit' });
  await life.executor.publish('in', 1);
  await life.executor.close();
  expect(place.syncs).toEqual([]);
  expect(place.snapshots).toBe(1);
});

test('loadState() and saveState() at the same time do not take away what the other reads', async () => {
  for (const order of [['saveState', 'loadState'] as const, ['loadState', 'saveState'] as const]) {
    const executor = await PubSubExecutor.open({ storage: memoryStorage() });
    executor.cache.insertGlobalValue('a', 'b', 1);
    await Promise.all(order.map((method) => executor[method]()));
    expect(executor.cache.getGlobalInput('a', 'b')).toBe(1);
    await executor.close();
  }
});
