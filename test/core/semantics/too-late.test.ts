import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { deferred, openBus, refusal } from '../../support/bus.js';

describe('a check that takes its time', () => {
  test('of what an attempt publishes: when the attempt is over before it, nothing is published', async () => {
    const { executor, runtime, recorded } = await openBus({
      config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
    });
    const check = deferred<boolean>();
    let isFirst = true;
    const slow = z.string().refine(() => !isFirst || check.promise);
    const kept: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'reader',
        subscribe: 'pages',
        publish: 'facts',
        outputSchema: slow,
        async process({ publish, attempt }) {
          isFirst = attempt === 1;
          const publishing = publish('facts', 'a fact');
          if (attempt === 1) throw new Error('the page is gone');
          await publishing;
        },
      }),
      defineAgent({ name: 'keeper', subscribe: 'facts', process: ({ payload }) => void kept.push(payload) }),
    ]);
    const run = executor.execute({ channel: 'pages', payload: 1 });
    await runtime.runUntilIdle();
    expect((await run.report).status).toBe('completed');
    check.resolve(true);
    await runtime.runUntilIdle();
    expect(kept).toEqual(['a fact']);
    expect(recorded('message.published')).toHaveLength(2);
    expect(recorded('message.refused')).toHaveLength(1);
    expect(executor.state.unfinished.length).toBe(0);
  });

  test.each([
    ['without a store', undefined],
    ['with one', memoryStorage()],
  ])(
    'of what the application publishes: when the executor is closed before it, it is refused, %s',
    async (_, storage) => {
      const executor = await PubSubExecutor.open(storage ? { storage } : {});
      const check = deferred<boolean>();
      executor.registerAgent(
        defineAgent({
          name: 'reader',
          subscribe: 'in',
          inputSchema: z.string().refine(() => check.promise),
          process: () => undefined,
        }),
      );
      const publishing = refusal(() => executor.publish('in', 'x'));
      const running = refusal(() => executor.execute({ channel: 'in', payload: 'y' }).report);
      await executor.close();
      check.resolve(true);
      expect(await publishing).toMatchObject({ code: 'EXECUTOR_CLOSED' });
      expect(await running).toMatchObject({ code: 'EXECUTOR_CLOSED' });
      expect(executor.listRuns()).toEqual([]);
    },
  );
});

describe('after close()', () => {
  test('an answer given just before starts no run any more', async () => {
    const { executor, runtime, reported } = await openBus({ config: { humanWaitMinutes: 1 } });
    executor.registerAgent(
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        process: async ({ human }) => void (await human.ask({ question: 'Refund?' })),
      }),
    );
    const run = executor.execute({ channel: 'refunds', payload: 1 });
    expect((await reported(61_000, run)).status).toBe('paused');
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    await executor.close();
    await runtime.advance(1_000);
    expect(executor.listRuns().map(({ status }) => status)).toEqual(['paused']);
    expect(runtime.pendingTimers).toBe(0);
  });

  test('idle() is refused, also when an agent was refused something meanwhile', async () => {
    const executor = await PubSubExecutor.open({ storage: memoryStorage() });
    const gate = deferred();
    const late = deferred<unknown>();
    executor.registerAgent(
      defineAgent({
        name: 'slow',
        subscribe: 'in',
        publish: 'out',
        async process({ publish }) {
          await gate.promise;
          late.resolve(await refusal(() => publish('out', 1)));
        },
      }),
    );
    await executor.publish('in', 1);
    executor.execute();
    await executor.publish('in', 2);
    const idle = executor.idle();
    await executor.close();
    gate.resolve();
    expect(await late.promise).toMatchObject({ code: 'CANCELLED' });
    await idle.catch(() => {});
    expect(await refusal(() => executor.idle())).toMatchObject({ code: 'EXECUTOR_CLOSED' });
  });

  test('a late publish is refused and is no event: nobody would keep it', async () => {
    const { executor, runtime, events } = await openBus();
    const late = deferred<unknown>();
    executor.registerAgent(
      defineAgent({
        name: 'reader',
        subscribe: 'pages',
        publish: ['facts'],
        process({ publish }) {
          runtime.setTimer(5000, () => late.resolve(refusal(() => publish('facts', 1))));
        },
      }),
    );
    await executor.execute({ channel: 'pages', payload: 1 }).report;
    await executor.close();
    const { length } = events;
    await runtime.advance(5000);
    expect(await late.promise).toMatchObject({ code: 'EXECUTION_ERROR' });
    await runtime.runUntilIdle();
    expect(events).toHaveLength(length);
  });
});
