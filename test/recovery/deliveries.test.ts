import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { places } from '../support/crashing-places.js';
import { live } from './life.js';

/** Notes what it is given; hangs on what `hangsOn` says. */
function noting(heard: string[], hangsOn: (payload: unknown) => boolean = () => false): PubSubAgent {
  return defineAgent({
    name: 'reader',
    subscribe: 'in',
    async process({ payload, attempt }) {
      heard.push(`${payload} (${attempt})`);
      if (hangsOn(payload)) await new Promise(() => {});
    },
  });
}

describe.each(places)('$name', ({ empty }) => {
  test('a clock that was set back between two sessions holds up neither a retry nor autopilot', async () => {
    const options = {
      config: {
        retryStrategy: { type: 'linear', delaySecs: 50 },
        humanWaitMinutes: 1,
        humanTimeoutAction: 'autopilot',
      },
    } as const;
    const told: string[] = [];
    const agents = [
      defineAgent({
        name: 'failing',
        subscribe: 'in',
        process({ attempt }) {
          if (attempt === 1) throw new Error('again');
          told.push('tried again');
        },
      }),
      defineAgent({
        name: 'asking',
        subscribe: 'in',
        process: async ({ human }) => void told.push((await human.ask({ question: 'Well?' })).source),
      }),
    ];
    const life = await live(empty(), options);
    life.executor.registerAgents(agents);
    life.executor.execute({ channel: 'in', payload: 1 });
    await life.settle();
    const next = await life.crash({ ...options, downMs: -24 * 3600_000 });
    next.executor.registerAgents(agents);
    const run = next.executor.execute({ resume: true });
    await next.runtime.runUntilIdle();
    await next.runtime.advance(60_000);
    expect((await run.report).status).toBe('completed');
    expect(told).toEqual(['tried again', 'autopilot']);
    await next.executor.close();
  });

  test('what was not finished runs again when a run starts, in order, and says so; what was finished never does', async () => {
    const life = await live(empty());
    const before: string[] = [];
    life.executor.registerAgent(noting(before, (payload) => payload === 'c'));
    life.executor.execute();
    for (const payload of ['a', 'b', 'c', 'd', 'e']) await life.executor.publish('in', payload);
    await life.settle();
    expect(before).toEqual(['a (1)', 'b (1)', 'c (1)']);

    const next = await life.crash();
    const after: string[] = [];
    next.executor.registerAgent(noting(after));
    await next.settle();
    expect(after).toEqual([]);
    const report = await next.executor.execute({ resume: true }).report;
    expect(after).toEqual(['c (2)', 'd (1)', 'e (1)']);
    expect(report).toMatchObject({ status: 'completed', counts: { succeeded: 3 } });
    await next.settle();

    const last = await next.crash();
    const late: string[] = [];
    last.executor.registerAgent(noting(late));
    const nothing = await last.executor.execute({ resume: true }).report;
    expect(late).toEqual([]);
    expect(nothing).toMatchObject({ status: 'completed', agentOutcomes: [] });
    await last.executor.close();
  });

  test('any run takes up what is left: a reactive one, and one that starts with a message', async () => {
    const life = await live(empty());
    await life.executor.publish('warm up', null);
    const heard: string[] = [];
    life.executor.registerAgent(noting(heard));
    await life.executor.publish('in', 'left');
    const next = await life.crash();
    next.executor.registerAgent(noting(heard));
    const report = await next.executor.execute({ channel: 'in', payload: 'new' }).report;
    expect(heard).toEqual(['left (1)', 'new (1)']);
    expect(report.counts.succeeded).toBe(2);

    await next.executor.publish('in', 'left again');
    const last = await next.crash();
    last.executor.registerAgent(noting(heard));
    last.executor.execute();
    await last.executor.idle();
    expect(heard.at(-1)).toBe('left again (1)');
    await last.executor.close();
  });

  test('a crash is no failed attempt: three of them do not spend the attempts of a message', async () => {
    let life = await live(empty(), { config: { maxAttempts: 2 } });
    const heard: string[] = [];
    life.executor.registerAgent(noting(heard, () => true));
    await life.executor.publish('in', 'heavy');
    for (let crash = 1; crash <= 4; crash++) {
      life.executor.execute({ resume: true });
      await life.settle();
      life = await life.crash();
      life.executor.registerAgent(noting(heard, () => crash < 4));
    }
    const report = await life.executor.execute({ resume: true }).report;
    expect(report.status).toBe('completed');
    expect(heard).toEqual([1, 2, 3, 4, 5].map((attempt) => `heavy (${attempt})`));
    await life.executor.close();
  });

  test('a retry comes when it was due before the crash, not later and not earlier', async () => {
    const config = { retryStrategy: { type: 'linear', delaySecs: 100 }, maxAttempts: 3 } as const;
    const life = await live(empty(), { config });
    const heard: string[] = [];
    const failing = (): PubSubAgent =>
      defineAgent({
        name: 'failing',
        subscribe: 'in',
        process({ payload, attempt }) {
          heard.push(`${payload} (${attempt})`);
          if (attempt === 1) throw new Error('not yet');
        },
      });
    life.executor.registerAgent(failing());
    life.executor.execute();
    await life.executor.publish('in', 'first');
    await life.settle();
    await life.executor.publish('in', 'second');
    await life.runtime.advance(30_000);
    await life.settle();

    const next = await life.crash({ config, downMs: 20_000 });
    next.executor.registerAgent(failing());
    const run = next.executor.execute({ resume: true });
    await next.runtime.advance(49_999);
    expect(heard).toEqual(['first (1)']); // one at a time: the second waits behind the first
    await next.runtime.advance(1);
    expect(heard).toEqual(['first (1)', 'first (2)', 'second (1)']);
    await next.runtime.advance(100_000);
    const report = await run.report;
    expect(report).toMatchObject({ status: 'completed', counts: { succeeded: 2, retried: 1 } });
    expect(report.agentOutcomes.map(({ retryMessages }) => retryMessages)).toEqual([
      ['not yet'],
      ['not yet'],
    ]);

    // One that fell due while nothing ran comes at once.
    await next.executor.publish('in', 'third');
    next.executor.execute();
    await next.settle();
    const last = await next.crash({ config, downMs: 1_000_000 });
    last.executor.registerAgent(failing());
    const overdue = last.executor.execute({ resume: true });
    await last.runtime.runUntilIdle();
    await overdue.report;
    expect(heard.slice(-2)).toEqual(['third (1)', 'third (2)']);
    await last.executor.close();
  });

  test('a retry keeps its time though its agent is registered later than the run starts', async () => {
    const config = { retryStrategy: { type: 'linear', delaySecs: 100 } } as const;
    const life = await live(empty(), { config });
    const heard: string[] = [];
    const failing = (): PubSubAgent =>
      defineAgent({
        name: 'failing',
        subscribe: 'in',
        process({ attempt }) {
          heard.push(`at ${next.runtime.now() - life.runtime.now()} (${attempt})`);
          if (attempt === 1) throw new Error('not yet');
        },
      });
    let next = life;
    life.executor.registerAgent(failing());
    life.executor.execute();
    await life.executor.publish('in', 'first');
    await life.settle();
    next = await life.crash({ config, downMs: 20_000 });
    next.executor.execute();
    await next.settle();
    next.executor.registerAgent(failing());
    await next.runtime.advance(80_000);
    expect(heard).toEqual(['at 0 (1)', 'at 100000 (2)']);
    await next.executor.close();
  });

  test('deliveries for agents that are not there wait, are listed, and go on once they are', async () => {
    const life = await live(empty());
    const heard: string[] = [];
    const other: string[] = [];
    const writer = (): PubSubAgent =>
      defineAgent({
        name: 'writer',
        subscribe: 'in',
        process: ({ payload }) => void other.push(String(payload)),
      });
    life.executor.registerAgents([noting(heard), writer()]);
    await life.executor.publish('in', 'a');
    await life.executor.publish('in', 'b');

    const next = await life.crash();
    expect(next.executor.listUndelivered()).toEqual([
      { agent: 'reader', channel: 'in', count: 2, oldest: 'a' },
      { agent: 'writer', channel: 'in', count: 2, oldest: 'a' },
    ]);
    next.executor.registerAgent(writer());
    const report = await next.executor.execute({ resume: true }).report;
    expect(report.counts.succeeded).toBe(2);
    expect(other).toEqual(['a', 'b']);
    expect(next.executor.listUndelivered()).toEqual([
      { agent: 'reader', channel: 'in', count: 2, oldest: 'a' },
    ]);

    const last = await next.crash();
    const reactive = last.executor.execute();
    await last.settle();
    last.executor.registerAgent(noting(heard));
    await last.executor.idle();
    expect(heard).toEqual(['a (1)', 'b (1)']);
    expect(last.executor.listUndelivered()).toEqual([]);
    await last.executor.stop();
    expect((await reactive.report).counts.succeeded).toBe(2);
    await last.executor.close();
  });

  test('mail for a channel that was shut down is gone, also after a restart', async () => {
    const life = await live(empty());
    const heard: string[] = [];
    life.executor.registerAgent(noting(heard, (payload) => payload === 'a'));
    life.executor.execute();
    await life.executor.publish('in', 'a');
    await life.executor.publish('in', 'b');
    await life.settle();
    await life.executor.shutdownChannel('in', { force: true });
    const next = await life.crash();
    next.executor.registerAgent(noting(heard));
    await next.executor.execute({ resume: true }).report;
    expect(heard).toEqual(['a (1)']);
    expect([...next.executor.state.unfinished]).toEqual([]);
    await next.executor.close();
  });
});
