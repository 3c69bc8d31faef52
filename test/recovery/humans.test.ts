import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { places } from '../support/crashing-places.js';
import { live } from './life.js';

/** Asks, and notes what it was told. */
function asking(told: unknown[], seen: { attempts: number[] } = { attempts: [] }): PubSubAgent {
  return defineAgent({
    name: 'asking',
    subscribe: 'in',
    publish: 'out',
    async process({ human, publish, payload, attempt }) {
      seen.attempts.push(attempt);
      await publish('out', `before ${payload}`);
      const { answer, source } = await human.ask({
        question: `may ${payload}?`,
        schema: { type: 'boolean' },
        default: false,
      });
      told.push([payload, answer, source]);
      await publish('out', `after ${payload}`);
    },
  });
}

const MINUTE = 60_000;

describe.each(places)('$name', ({ empty }) => {
  test('a question that was open at the crash is open after it, and its answer reaches the agent', async () => {
    const config = { humanWaitMinutes: 10 };
    const told: unknown[] = [];
    const life = await live(empty(), { config });
    life.executor.registerAgent(asking(told));
    life.executor.execute({ channel: 'in', payload: 'it' });
    await life.settle();
    const asked = life.executor.humans.pending();
    expect(asked).toHaveLength(1);

    const next = await life.crash({ config, downMs: MINUTE });
    expect(next.executor.humans.pending()).toEqual(asked);
    next.executor.registerAgent(asking(told));
    const run = next.executor.execute({ resume: true });
    await next.settle();
    expect(next.executor.humans.pending()).toEqual(asked);
    next.executor.humans.answer(asked[0]?.id ?? '', true);
    expect((await run.report).status).toBe('completed');
    expect(told).toEqual([['it', true, 'human']]);
    expect(next.executor.state.channels.get('out')?.publishedCount).toBe(2);
    await next.executor.close();
  });

  test('patience goes on where it was: the time down counts', async () => {
    const config = { humanWaitMinutes: 10, humanTimeoutAction: 'autopilot' } as const;
    const told: unknown[] = [];
    const life = await live(empty(), { config });
    life.executor.registerAgent(asking(told));
    life.executor.execute({ channel: 'in', payload: 'it' });
    await life.settle();
    await life.runtime.advance(2 * MINUTE);
    await life.settle();
    const next = await life.crash({ config, downMs: 3 * MINUTE });
    next.executor.registerAgent(asking(told));
    const run = next.executor.execute({ resume: true });
    await next.runtime.advance(5 * MINUTE - 1);
    expect(told).toEqual([]);
    await next.runtime.advance(1);
    expect(told).toEqual([['it', false, 'autopilot']]);
    expect((await run.report).status).toBe('completed');
    await next.executor.close();
  });

  test('an answer given to nobody but the store is kept: the agent gets it when it runs, also after another crash', async () => {
    const told: unknown[] = [];
    const seen = { attempts: [] as number[] };
    const life = await live(empty());
    life.executor.registerAgent(asking(told, seen));
    life.executor.execute({ channel: 'in', payload: 'it' });
    await life.settle();
    const next = await life.crash();
    const [question] = next.executor.humans.pending();
    next.executor.humans.answer(question?.id ?? '', true);
    await next.settle();
    const last = await next.crash();
    expect(last.executor.humans.pending()).toEqual([]);
    last.executor.registerAgent(asking(told, seen));
    await last.executor.execute({ resume: true }).report;
    expect(told).toEqual([['it', true, 'human']]);
    expect(seen.attempts).toEqual([1, 2]);
    await last.executor.close();
  });

  test.each(['a crash', 'a restart'])(
    'a parked delivery stays parked over %s, and the answer sets it going by itself',
    async (how) => {
      const config = { humanWaitMinutes: 1, humanTimeoutAction: 'pause' } as const;
      const told: unknown[] = [];
      const life = await live(empty(), { config });
      life.executor.registerAgent(asking(told));
      const run = life.executor.execute({ channel: 'in', payload: 'it' });
      await life.settle();
      await life.runtime.advance(MINUTE);
      expect((await run.report).status).toBe('paused');

      const next = how === 'a crash' ? await life.crash() : await life.restart();
      next.executor.registerAgent(asking(told));
      const still = await next.executor.execute({ resume: true }).report;
      expect(still.status).toBe('paused');
      const [question] = next.executor.humans.pending();
      next.executor.humans.answer(question?.id ?? '', true);
      await next.settle();
      await next.executor.idle();
      expect(told).toEqual([['it', true, 'human']]);
      expect(next.executor.listRuns().at(-1)).toMatchObject({ kind: 'resume', status: 'completed' });
      expect(next.executor.state.channels.get('out')?.publishedCount).toBe(2);
      await next.executor.close();
    },
  );

  test('a question that was withdrawn stays withdrawn', async () => {
    const told: unknown[] = [];
    const config = { maxAttempts: 1 };
    const life = await live(empty(), { config });
    life.executor.registerAgent(asking(told));
    life.executor.execute({ channel: 'in', payload: 'it' });
    await life.settle();
    const next = await life.crash({ config });
    const [question] = next.executor.humans.pending();
    next.executor.humans.cancel(question?.id ?? '');
    await next.settle();
    const last = await next.crash({ config });
    last.executor.registerAgent(asking(told));
    const report = await last.executor.execute({ resume: true }).report;
    expect(report.agentOutcomes[0]?.finalError?.code).toBe('CANCELLED');
    expect(told).toEqual([]);
    await last.executor.close();
  });
});
