import { defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus } from '../../support/bus.js';

describe('a question that outlives the attempt that asked it', () => {
  test('is answered once: the patience of an earlier attempt does not answer it again', async () => {
    const { executor, runtime, reported, recorded } = await openBus({
      config: {
        humanWaitMinutes: 1,
        humanTimeoutAction: 'autopilot',
        maxAttempts: 3,
        retryStrategy: { type: 'linear', delaySecs: 15 },
      },
    });
    const told: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        timeoutSeconds: 30,
        async process({ human, attempt }) {
          const { answer, source } = await human.ask({ question: 'Refund?', default: false });
          told.push([attempt, answer, source]);
          if (attempt === 2) throw new Error('the bank was busy');
        },
      }),
    );
    const run = executor.execute({ channel: 'refunds', payload: 1 });
    await runtime.advance(50_000); // the first attempt has run out of time, the second waits
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    expect((await reported(100_000, run)).status).toBe('completed');
    expect(told).toEqual([
      [2, true, 'human'],
      [3, true, 'human'],
    ]);
    expect(recorded('human.answered')).toHaveLength(1);
  });

  test('and of one that did not wait for it leaves nothing behind', async () => {
    const { executor, runtime, recorded } = await openBus({
      config: { humanWaitMinutes: 60, humanTimeoutAction: 'autopilot' },
    });
    executor.registerAgent(
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        process: ({ human }) => void human.ask({ question: 'Refund?' }),
      }),
    );
    executor.execute();
    await executor.publish('refunds', 1);
    await runtime.runUntilIdle();
    expect(executor.humans.pending()).toEqual([]);
    expect(runtime.pendingTimers).toBe(0);
    await runtime.advance(3_700_000);
    expect(recorded('human.answered')).toEqual([]);
    expect(executor.state.resolutions.size).toBe(0);
  });

  test('pauses the run, too, when its agent was replaced meanwhile', async () => {
    const { executor, runtime, reported } = await openBus({
      config: { humanWaitMinutes: 1, maxAttempts: 1 },
    });
    const told: unknown[] = [];
    const clerk = () =>
      defineAgent({
        name: 'clerk',
        subscribe: 'refunds',
        process: async ({ human }) => void told.push((await human.ask({ question: 'Refund?' })).answer),
      });
    executor.registerAgent(clerk());
    const run = executor.execute({ channel: 'refunds', payload: 1 });
    await runtime.advance(10);
    executor.unregisterAgent('clerk');
    executor.registerAgent(clerk());
    expect((await reported(120_000, run)).status).toBe('paused');
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'yes');
    await runtime.advance(1_000);
    expect(told).toEqual(['yes']);
  });

  test.each(['backpressure', 'reject'] as const)('takes no room in its mailbox: %s', async (overflow) => {
    const { executor, reported } = await openBus({ config: { humanWaitMinutes: 1 } });
    executor.openChannel('questions', { capacity: 1, overflow });
    executor.registerAgents([
      defineAgent({
        name: 'source',
        subscribe: 'in',
        publish: 'questions',
        process: ({ payload }) => payload,
      }),
      defineAgent({
        name: 'clerk',
        subscribe: 'questions',
        process: async ({ human, payload }) => void (await human.ask({ question: `Refund ${payload}?` })),
      }),
    ]);
    for (let number = 0; number < 4; number++) {
      const run = executor.execute({ channel: 'in', payload: number });
      expect((await reported(61_000, run)).status).toBe('paused');
    }
    expect(executor.humans.pending()).toHaveLength(4);
  });
});
