import { createMessage, defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { outcomesOf, refusal } from '../support/bus.js';
import { SimulatedStore } from '../support/simulated-store.js';
import { counting, onStore, published, reopened } from './on-store.js';

describe('a fault that passes (disk full, quota)', () => {
  test('nothing is acknowledged while it lasts; what was taken before is written when it is gone', async () => {
    const { store, executor, runtime, warnings } = await onStore();
    await executor.publish('in', 'before');
    store.fail('append', { fails: 'retryable' });
    const caught = await refusal(() => executor.publish('in', 'caught by it'));
    expect(caught).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: true } });
    expect(caught.cause).toBeInstanceOf(Error);
    // From now on it is known before anything is taken.
    expect(await refusal(() => executor.publish('in', 'refused'))).toMatchObject({ code: 'DATABASE_ERROR' });
    executor.cache.insertGlobalValue('went', 'on', true);
    expect(warnings).toHaveLength(1);

    await runtime.advance(20_000);
    expect(await refusal(() => executor.publish('in', 'refused'))).toMatchObject({ code: 'DATABASE_ERROR' });
    store.heal();
    await runtime.advance(5000);
    await executor.publish('in', 'after');
    expect(warnings).toEqual([expect.stringContaining('nothing is acknowledged'), 'the storage works again']);
    await executor.close();

    const found = await reopened(store);
    expect(published(found)).toBe(3);
    expect(found.cache.getGlobalInput('went', 'on')).toBe(true);
    await found.close();
  });

  test('a message with an id can be published again until it is acknowledged, and is one message', async () => {
    const { store, executor, runtime } = await onStore();
    const heard: unknown[] = [];
    executor.registerAgent(counting(heard));
    executor.execute();
    const message = createMessage('importer', 'once');
    store.fail('append', { fails: 'retryable' }, 2);
    let tries = 0;
    for (let acknowledged = false; !acknowledged; tries++) {
      acknowledged = await executor.publish('in', message).then(
        () => true,
        () => false,
      );
      await runtime.advance(50);
    }
    expect(tries).toBeGreaterThan(1);
    await executor.idle();
    expect(heard).toEqual(['once']);
    await executor.close();
  });

  test('a run that is going on waits, starts nothing, and goes on', async () => {
    const { store, executor, runtime } = await onStore();
    const heard: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'spreader',
        subscribe: 'start',
        publish: 'in',
        async process({ publish }) {
          await publish('in', 1);
          // Longer than it takes to find out that the store fails.
          await new Promise<void>((resolve) => runtime.setTimer(100, resolve));
          await publish('in', 2);
        },
      }),
      counting(heard),
    ]);
    const run = executor.execute({ channel: 'start', payload: null });
    await runtime.runUntilIdle();
    expect(heard).toEqual([1]);
    store.fail('append', { fails: 'retryable' });
    executor.cache.insertGlobalValue('something', 'to write', true);
    await runtime.advance(60_000);
    expect(heard).toEqual([1]);
    store.heal();
    await runtime.advance(5000);
    const report = await run.report;
    expect(report.status).toBe('completed');
    expect(heard).toEqual([1, 2]);
    await executor.close();
    expect(published(await reopened(store))).toBe(2);
  });

  test('outcomes are not shown before they are stored', async () => {
    const { store, executor, runtime } = await onStore();
    executor.registerAgent(counting([]));
    await executor.publish('warm up', null);
    store.stall();
    const run = executor.execute({ channel: 'in', payload: 1 });
    const shown: unknown[] = [];
    const reading = (async () => {
      for await (const outcome of run) shown.push(outcome.nodeId);
    })();
    let reported = false;
    void run.report.then(() => {
      reported = true;
    });
    await runtime.runUntilIdle();
    expect(executor.state.runs.get(run.id)?.status).toBe('completed');
    expect([shown, reported]).toEqual([[], false]);
    store.goOn();
    await runtime.runUntilIdle();
    await reading;
    expect([shown.length, reported]).toEqual([1, true]);
    await executor.close();
  });

  test('a run that ends while the store fails says so in its report, and shows no outcome as done', async () => {
    const { store, executor, runtime } = await onStore();
    executor.registerAgent(counting([]));
    await executor.publish('warm up', null);
    store.fail('append', { fails: 'retryable' });
    const run = executor.execute({ channel: 'in', payload: 1 });
    const reading = outcomesOf(run);
    reading.catch(() => {});
    await runtime.runUntilIdle();
    const report = await run.report;
    expect(report).toMatchObject({
      status: 'failed',
      overallSuccess: false,
      error: { code: 'DATABASE_ERROR' },
    });
    await expect(reading).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    store.heal();
    await runtime.advance(5000);
    await executor.close();
    const found = await reopened(store);
    expect(found.listRuns()).toMatchObject([{ id: run.id, status: 'completed' }]);
  });

  test('saveState() says that it failed; a later one is whole', async () => {
    const { store, executor, runtime } = await onStore();
    await executor.publish('in', 1);
    store.fail('writeSnapshot', { fails: 'retryable' });
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    store.heal();
    await runtime.advance(5000);
    await executor.saveState();
    await executor.publish('in', 2);
    await executor.close();
    expect(published(await reopened(store))).toBe(2);
  });

  test("with 'exit' a save that fails says so, and does not keep the next from working", async () => {
    const { store, executor } = await onStore(new SimulatedStore(), { durability: 'exit' });
    await executor.publish('in', 1);
    store.fail('writeSnapshot', { fails: 'retryable' }, 1);
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    await executor.saveState();
    store.crash('power');
    expect(published(await reopened(store))).toBe(1);
  });

  test("with 'exit' a fault of the device costs one save: for the next the store is opened anew", async () => {
    const { store, executor } = await onStore(new SimulatedStore(), { durability: 'exit' });
    await executor.publish('in', 1);
    store.fail('writeSnapshot', { fails: 'fatally' }, 1);
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    await executor.publish('in', 2);
    await executor.saveState();
    store.crash('power');
    expect(published(await reopened(store))).toBe(2);
  });

  test('no room for a snapshot of its own accord is no fault: the log goes on, and it is tried again', async () => {
    const { store, executor, warnings } = await onStore();
    store.fail('writeSnapshot', { fails: 'retryable' });
    const text = 'x'.repeat(1_000_000);
    for (let number = 0; number < 20; number++) await executor.publish('in', { number, text });
    expect(store.asked.writeSnapshot).toBe(1);
    expect(warnings).toEqual([expect.stringContaining('could not be shortened')]);
    store.heal();
    for (let number = 20; number < 40; number++) await executor.publish('in', { number, text });
    expect(store.asked.writeSnapshot).toBe(2);
    await executor.close();
    expect(published(await reopened(store))).toBe(40);
  });
});

describe('a fault that only opening anew mends', () => {
  test('is mended also while saveState() is called again and again', async () => {
    const { store, executor, runtime } = await onStore();
    store.fail('append', { fails: 'fatally' });
    store.fail('writeSnapshot', { fails: 'fatally' });
    const saves: unknown[] = [];
    const saveEachSecond = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds; second++) {
        executor.saveState().then(
          () => saves.push('saved'),
          ({ code }) => saves.push(code),
        );
        await runtime.advance(1_000);
      }
    };
    expect(await refusal(() => executor.publish('in', 1))).toMatchObject({ code: 'DATABASE_ERROR' });
    await saveEachSecond(20);
    expect(new Set(saves)).toEqual(new Set(['DATABASE_ERROR']));
    store.heal();
    await saveEachSecond(10);
    expect(saves.at(-1)).toBe('saved');
    await executor.publish('in', 2);
    await executor.close();
    expect(published(await reopened(store))).toBe(2);
  });

  test.each([
    ['the batch was lost', false],
    ['the batch was stored after all', true],
  ])('the namespace is opened again and brought in step: %s', async (_, storedAllTheSame) => {
    const { store, executor, runtime } = await onStore();
    await executor.publish('in', 1);
    store.fail('append', { fails: 'fatally', storedAllTheSame }, 1);
    expect(await refusal(() => executor.publish('in', 2))).toMatchObject({ code: 'DATABASE_ERROR' });
    await runtime.advance(50);
    expect(store.asked.open).toBe(2);
    await executor.publish('in', 3);
    // Reading it again works with the namespace of now.
    await executor.loadState();
    expect(published(executor)).toBe(3);
    await executor.close();
    expect(published(await reopened(store))).toBe(3);
  });

  test('it may fail to open for a while', async () => {
    const { store, executor, runtime } = await onStore();
    await executor.publish('in', 1);
    store.fail('append', { fails: 'fatally' }, 1);
    store.fail('open', { fails: 'fatally' }, 3);
    expect(await refusal(() => executor.publish('in', 2))).toMatchObject({ code: 'DATABASE_ERROR' });
    await runtime.advance(30_000);
    await executor.publish('in', 3);
    await executor.close();
    expect(published(await reopened(store))).toBe(3);
  });

  test('a snapshot that was reported as failed and is there counts', async () => {
    const { store, executor, runtime } = await onStore();
    await executor.publish('in', 1);
    store.fail('writeSnapshot', { fails: 'fatally', storedAllTheSame: true }, 1);
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    await runtime.advance(1000);
    await executor.publish('in', 2);
    await executor.close();
    expect(published(await reopened(store))).toBe(2);
  });

  test('a store that has lost acknowledged records gets them again, as a snapshot', async () => {
    const { store, executor, runtime } = await onStore(new SimulatedStore({ random: () => 0.9 }), {
      durability: 'batched',
    });
    await executor.publish('in', 1);
    await executor.saveState();
    await executor.publish('in', 2);
    await executor.publish('in', 3);
    // The device has lost what the system still had in its cache, as after an fsync that failed.
    store.crash('power');
    const between = await store.open('default');
    await between.close();
    store.revive();
    store.fail('append', { fails: 'fatally' }, 1);
    expect(await refusal(() => executor.publish('in', 4))).toMatchObject({ code: 'DATABASE_ERROR' });
    await runtime.advance(30_000);
    await executor.publish('in', 5);
    await executor.close();
    expect(published(await reopened(store))).toBe(5);
  });
});
