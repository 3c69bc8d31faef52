import { defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus } from '../../support/bus.js';

describe('what was published before a run that is cut short', () => {
  test.each(['cancelled', 'timed-out', 'budget-exceeded'] as const)(
    'waits for the next, but for what it ran out of time or tokens over: %s',
    async (status) => {
      const { executor, runtime } = await openBus({ config: { maxTokens: 100, maxAttempts: 1 } });
      const done: unknown[] = [];
      let isCutShort = true;
      executor.registerAgent(
        defineAgent({
          name: 'worker',
          subscribe: 'jobs',
          async process({ payload, tokens, signal }) {
            if (isCutShort && payload === 2) {
              if (status === 'budget-exceeded') tokens.used(101);
              else await new Promise((resolve) => signal.addEventListener('abort', resolve));
              return;
            }
            done.push(payload);
          },
        }),
      );
      for (const job of [1, 2, 3, 4]) await executor.publish('jobs', job);
      const run = executor.execute({ channel: 'jobs', payload: 5 }, { timeoutSeconds: 60 });
      await runtime.runUntilIdle();
      if (status === 'cancelled') run.cancel('enough');
      else if (status === 'timed-out') await runtime.advance(60_000);
      expect((await run.report).status).toBe(status);
      expect(done).toEqual([1]);
      const left = status === 'cancelled' ? [2, 3, 4] : [3, 4];
      expect([...executor.state.unfinished].map(({ message }) => message.payload)).toEqual(left);
      const dead = [...executor.tree.deadLetters()].map(({ deadLetter }) => deadLetter.payload);
      expect([...dead, ...left]).toEqual([2, 3, 4]);

      isCutShort = false;
      const next = executor.execute({ resume: true });
      await runtime.runUntilIdle();
      expect(await next.report).toMatchObject({ status: 'completed', counts: { succeeded: left.length } });
      expect(done).toEqual([1, ...left]);
      expect(executor.state.unfinished.length).toBe(0);
    },
  );

  test('waits on with its question, or for its retry, when a run that has nothing to do with it is cancelled', async () => {
    const { executor, runtime } = await openBus({
      config: { humanWaitMinutes: 1, retryStrategy: { type: 'linear', delaySecs: 600 } },
    });
    const told: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        process: async ({ human }) => void told.push((await human.ask({ question: 'Refund?' })).answer),
      }),
      defineAgent({
        name: 'shaky',
        subscribe: 'jobs',
        process({ attempt }) {
          if (attempt === 1) throw new Error('not yet');
          told.push('done');
        },
      }),
      defineAgent({
        name: 'endless',
        subscribe: 'other',
        process: ({ signal }) =>
          new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
      }),
    ]);
    const paused = executor.execute({ channel: 'refunds', payload: 1 });
    await runtime.advance(61_000);
    expect((await paused.report).status).toBe('paused');
    const listening = executor.execute();
    await executor.publish('jobs', 1);
    await runtime.advance(1_000);
    const stopped = executor.stop();
    await runtime.advance(1_000);
    await stopped;
    await listening.report;

    for (const options of [{}, { timeoutSeconds: 5 }]) {
      const other = executor.execute({ channel: 'other', payload: 1 }, options);
      await runtime.advance(6_000);
      other.cancel('the page was closed');
      expect((await other.report).status).toBe(options.timeoutSeconds ? 'timed-out' : 'cancelled');
      expect([...executor.state.unfinished].map(({ status }) => status).sort()).toEqual([
        'parked',
        'retrying',
      ]);
      expect(executor.humans.pending()).toHaveLength(1);
    }
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'yes');
    await runtime.advance(700_000);
    expect(told.sort()).toEqual(['done', 'yes']);
    expect(executor.state.unfinished.length).toBe(0);
    expect(runtime.pendingTimers).toBe(0);
  });

  test('with a question that waits for its answer keeps no run with a message of its own from completing', async () => {
    const { executor, runtime } = await openBus({ config: { humanWaitMinutes: 1, maxTokens: 100 } });
    executor.registerAgents([
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        async process({ human, tokens }) {
          tokens.used(90);
          await human.ask({ question: 'Refund?' });
        },
      }),
      defineAgent({ name: 'quick', subscribe: 'jobs', process: ({ tokens }) => tokens.used(20) }),
    ]);
    const paused = executor.execute({ channel: 'refunds', payload: 1 });
    await runtime.advance(61_000);
    expect((await paused.report).status).toBe('paused');
    const other = executor.execute({ channel: 'jobs', payload: 1 });
    await runtime.runUntilIdle();
    expect(await other.report).toMatchObject({ status: 'completed', tokens: { used: 20 } });
    expect(executor.humans.pending()).toHaveLength(1);
    const resumed = executor.execute({ resume: true });
    await runtime.runUntilIdle();
    expect(await resumed.report).toMatchObject({ status: 'paused', tokens: { used: 90 } });
  });
});
