import { defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus } from '../../support/bus.js';

describe('what was published before a run that is cut short', () => {
  test.each(['cancelled', 'timed-out', 'budget-exceeded'] as const)(
    'and has not been begun waits for the next: %s',
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
      expect([...executor.state.unfinished].map(({ message }) => message.payload)).toEqual([3, 4]);

      isCutShort = false;
      const next = executor.execute({ resume: true });
      await runtime.runUntilIdle();
      expect(await next.report).toMatchObject({ status: 'completed', counts: { succeeded: 2 } });
      expect(done).toEqual([1, 3, 4]);
      expect(executor.state.unfinished.length).toBe(0);
    },
  );
});
