import { defineAgent, type Message, PubSubError } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { refusal } from '../support/bus.js';
import { onStore, published, reopened } from './on-store.js';

describe('a store that is taken away', () => {
  test('ends every run with LOCK_ERROR, acknowledges nothing ever again, and leaves nobody waiting', async () => {
    const { store, executor, runtime } = await onStore();
    const seen: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'hanging',
        subscribe: 'in',
        publish: 'out',
        async process({ signal, publish }) {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          seen.push(signal.reason instanceof PubSubError && signal.reason.code);
          await publish('out', 1);
        },
      }),
    ]);
    const listening = executor.execute();
    const started = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    store.stall();
    const waiting = refusal(() => executor.publish('in', 2));
    await runtime.runUntilIdle();
    store.takeAway('the other tab');
    store.goOn();
    for (const run of [listening, started]) {
      expect(await run.report).toMatchObject({ status: 'failed', error: { code: 'LOCK_ERROR' } });
    }
    expect(await waiting).toMatchObject({ code: 'LOCK_ERROR', details: { owner: 'the other tab' } });
    await runtime.runUntilIdle();
    expect(seen).toContain('LOCK_ERROR');
    await runtime.advance(60_000);
    expect(await refusal(() => executor.publish('in', 3))).toMatchObject({ code: 'LOCK_ERROR' });
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'LOCK_ERROR' });
    expect(await refusal(() => executor.execute().report)).toMatchObject({ code: 'LOCK_ERROR' });
    expect(executor.step(5)).toBe(0);
    await executor.idle().catch(() => {});
    expect(await refusal(() => executor.close())).toMatchObject({ code: 'LOCK_ERROR' });
    expect(runtime.pendingTimers).toBe(0);
  });

  test("ends the runs of one with durability 'exit', too: what goes on there could never be saved", async () => {
    const { store, executor, runtime, warnings } = await onStore(undefined, { durability: 'exit' });
    executor.registerAgent(
      defineAgent({ name: 'hanging', subscribe: 'in', process: () => new Promise(() => {}) }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    store.takeAway('the other tab');
    expect(await run.report).toMatchObject({ status: 'failed', error: { code: 'LOCK_ERROR' } });
    expect(warnings).toEqual([expect.stringContaining('the other tab')]);
    expect(await refusal(() => executor.publish('in', 2))).toMatchObject({ code: 'LOCK_ERROR' });
    expect(await refusal(() => executor.pause())).toMatchObject({ code: 'LOCK_ERROR' });
    expect(await refusal(() => executor.execute().report)).toMatchObject({ code: 'LOCK_ERROR' });
    expect(await refusal(() => executor.close())).toMatchObject({ code: 'LOCK_ERROR' });
    expect(runtime.pendingTimers).toBe(0);
  });

  test("of one with durability 'exit', what another has saved meanwhile is not replaced", async () => {
    const { store, executor } = await onStore(undefined, { durability: 'exit' });
    store.fail('writeSnapshot', { fails: 'fatally' }, 1);
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    store.fail('open', { fails: 'retryable' }, 1); // it has let go by then
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
    const { executor: other } = await onStore(store, { durability: 'exit' });
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'LOCK_ERROR' });
    other.cache.insertGlobalValue('saved by', 'the other', true);
    await other.close();
    expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'LOCK_ERROR' });
    await executor.close().catch(() => {});
    expect((await reopened(store)).cache.getGlobalInput('saved by', 'the other')).toBe(true);
  });

  test('what the new owner finds is what was acknowledged, and it is not disturbed', async () => {
    const { store, executor, runtime } = await onStore();
    const message: Message = await executor.publish('in', 'kept');
    store.takeAway();
    const owner = await reopened(store);
    expect(owner.tree.find(message.id)).toBeDefined();
    expect(await refusal(() => executor.publish('in', 'too late'))).toMatchObject({ code: 'LOCK_ERROR' });
    await owner.publish('in', 'mine');
    await runtime.advance(60_000);
    await executor.close().catch(() => {});
    await owner.close();
    expect(published(await reopened(store))).toBe(2);
  });
});

describe('a store that does not answer', () => {
  test('is told to the logger, also while it is closed, and waited for', async () => {
    const { store, executor, runtime, warnings } = await onStore();
    store.stall();
    const publishing = executor.publish('in', 1);
    await runtime.advance(9_000);
    expect(warnings).toEqual([]);
    await runtime.advance(2_000);
    expect(warnings).toEqual([expect.stringContaining('no answer for 10 s while appending')]);
    await runtime.advance(60_000);
    expect(warnings).toHaveLength(1);
    store.goOn();
    await publishing;
    await runtime.runUntilIdle();
    expect(warnings).toEqual([expect.anything(), expect.stringMatching(/an answer after 71 s of appending/)]);
    await executor.close();
    expect(runtime.pendingTimers).toBe(0);
    expect(published(await reopened(store))).toBe(1);
  });
});

describe('closing', () => {
  test('with a store that fails says so, and what could be written is there', async () => {
    const { store, executor } = await onStore();
    await executor.publish('in', 1);
    store.fail('append', { fails: 'retryable' });
    executor.cache.insertGlobalValue('not', 'stored', true);
    expect(await refusal(() => executor.close())).toMatchObject({ code: 'DATABASE_ERROR' });
    store.heal();
    const found = await reopened(store);
    expect(published(found)).toBe(1);
    expect(found.cache.getGlobalInput('not', 'stored')).toBeUndefined();
  });

  test('when the fault has just gone writes everything', async () => {
    const { store, executor } = await onStore();
    store.fail('append', { fails: 'retryable' });
    await refusal(() => executor.publish('in', 1));
    store.heal();
    await executor.close();
    expect(published(await reopened(store))).toBe(1);
  });

  test('ends a save that was under way, one way or the other', async () => {
    const { store, executor } = await onStore();
    store.stall();
    const saved = executor.saveState();
    const closed = executor.close();
    store.goOn();
    await closed;
    await saved;
    expect(store.asked.writeSnapshot).toBe(1);
  });

  test('waits for what is being written', async () => {
    const { store, executor, runtime } = await onStore();
    store.stall();
    const acknowledged = executor.publish('in', 1);
    await runtime.runUntilIdle();
    const closed = executor.close();
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    await runtime.runUntilIdle();
    expect(isClosed).toBe(false);
    store.goOn();
    await Promise.all([acknowledged, closed]);
    expect(published(await reopened(store))).toBe(1);
  });
});

describe('a slow store', () => {
  test('publishers wait, so that what waits to be written stays bounded', async () => {
    const { store, executor, runtime } = await onStore();
    const size = 1024 * 1024;
    let begun = 0;
    executor.registerAgent(
      defineAgent({
        name: 'flooding',
        subscribe: 'in',
        publish: 'rows',
        async process({ publish }) {
          for (; begun < 100; begun++) await publish('rows', 'x'.repeat(size));
        },
      }),
    );
    await executor.publish('warm up', null);
    store.stall();
    const run = executor.execute({ channel: 'in', payload: null });
    await runtime.runUntilIdle();
    // 16 MiB may wait, and what the turn had time for.
    expect(begun).toBeGreaterThan(10);
    expect(begun).toBeLessThan(25);
    store.goOn();
    await runtime.runUntilIdle();
    await runtime.runUntilIdle();
    expect(await run.report).toMatchObject({ status: 'completed' });
    expect(published(executor, 'rows')).toBe(100);
    await executor.close();
  });

  test('everything that comes while a batch is being written is one batch', async () => {
    const { store, executor, runtime } = await onStore();
    await executor.publish('in', 'first');
    const before = store.asked.append;
    store.stall();
    const acknowledged = Array.from({ length: 500 }, (_, number) => executor.publish('in', number));
    await runtime.runUntilIdle();
    store.goOn();
    await Promise.all(acknowledged);
    expect(store.asked.append - before).toBeLessThanOrEqual(3);
    await executor.close();
  });
});
