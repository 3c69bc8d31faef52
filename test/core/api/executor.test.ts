import { defineAgent, PubSubError, type RunSpec } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, outcomesOf, realTurn, refusal } from '../../support/bus.js';

const echo = (heard: unknown[] = []) =>
  defineAgent({ name: 'echo', subscribe: 'in', process: ({ payload }) => void heard.push(payload) });

describe('execute', () => {
  test('with a message: runs until nothing is left, and reports', async () => {
    const { executor, reported, runtime } = await openBus();
    executor.registerAgent(echo());
    const run = executor.execute({ channel: 'in', payload: 1 });
    const outcomes = outcomesOf(run);
    const report = await reported(0, run);
    expect(report).toEqual({
      executionId: run.id,
      status: 'completed',
      overallSuccess: true,
      agentOutcomes: [
        {
          nodeId: expect.stringMatching(/^echo_\d+_\d+$/),
          agent: 'echo',
          channel: 'in',
          success: true,
          attempts: 1,
          retryMessages: [],
          durationMs: 0,
        },
      ],
      counts: { published: 1, delivered: 1, succeeded: 1, failed: 0, retried: 0, dropped: 0, unheard: 0 },
      tokens: { used: 0, budget: null },
      startedAt: new Date(runtime.now()).toISOString(),
      finishedAt: new Date(runtime.now()).toISOString(),
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(await outcomes).toEqual(report.agentOutcomes);
  });

  test('reactive: listens until stop', async () => {
    const { executor, runtime } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(echo(heard));
    const run = executor.execute({});
    await runtime.advance(100_000_000);
    await executor.publish('in', 'late');
    await runtime.runUntilIdle();
    expect(heard).toEqual(['late']);
    expect(executor.stopped).toBe(false);
    await executor.stop();
    expect(executor.stopped).toBe(true);
    expect(await run.report).toMatchObject({ status: 'completed', counts: { succeeded: 1 } });
  });

  test('whichever run starts next delivers what is still in the mailboxes', async () => {
    const { executor, reported } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(echo(heard));
    await executor.publish('in', 'before any run');
    expect(heard).toEqual([]);
    const report = await reported(0, executor.execute({ resume: true }));
    expect(heard).toEqual(['before any run']);
    expect(report.counts.succeeded).toBe(1);
  });

  test('an outcome that nobody read in time is there for a late reader', async () => {
    const { executor, reported } = await openBus();
    executor.registerAgent(echo());
    const run = executor.execute({ channel: 'in', payload: 1 });
    await reported(0, run);
    expect(await outcomesOf(run)).toHaveLength(1);
    expect(run.missedOutcomes).toBe(0);
  });

  test('a reader that is slower than retention is told how many it missed', async () => {
    const { executor, reported } = await openBus({ retention: { nodes: 10 } });
    executor.registerAgent(echo());
    executor.openChannel('in', { capacity: 100 });
    for (let count = 0; count < 50; count++) await executor.publish('in', count);
    const run = executor.execute({ resume: true });
    await reported(0, run);
    const outcomes = await outcomesOf(run);
    expect(outcomes.length).toBeLessThanOrEqual(10);
    expect(run.missedOutcomes).toBe(50 - outcomes.length);
  });
});

describe('what hinders a run from starting', () => {
  const wrong: readonly [string, unknown, string][] = [
    ['a channel without a name', { channel: '', payload: 1 }, 'VALIDATION_ERROR'],
    ['a reserved channel', { channel: '__proto__', payload: 1 }, 'VALIDATION_ERROR'],
    ['a payload without a channel', { payload: 1 }, 'VALIDATION_ERROR'],
    ['a misspelt field', { chanel: 'in' }, 'VALIDATION_ERROR'],
    ['resume that is not true', { resume: 1 }, 'VALIDATION_ERROR'],
    ['resume with a message', { resume: true, channel: 'in', payload: 1 }, 'VALIDATION_ERROR'],
    ['a payload that is not JSON', { channel: 'in', payload: Number.NaN }, 'SERIALIZATION_ERROR'],
    ['no object', 'in', 'VALIDATION_ERROR'],
    ['null', null, 'VALIDATION_ERROR'],
  ];
  test.each(wrong)('%s rejects the report and ends the iteration', async (_, spec, code) => {
    const { executor } = await openBus();
    executor.registerAgent(echo());
    const run = executor.execute(misuse(spec));
    expect(await refusal(() => run.report)).toMatchObject({ code });
    expect(await refusal(() => outcomesOf(run))).toMatchObject({ code });
    expect(executor.listRuns()).toEqual([]);
    expect(executor.state.unfinished.length).toBe(0);
  });

  test('no agents', async () => {
    const { executor } = await openBus();
    const run = executor.execute({ channel: 'in', payload: 1 });
    expect(await refusal(() => run.report)).toMatchObject({ code: 'NO_AGENTS_REGISTERED' });
  });

  test.each([[{ timeoutSeconds: 0 }], [{ timeoutSeconds: 90_000 }], [{ signal: {} }], [{ timeout: 5 }]])(
    'options %o',
    async (options) => {
      const { executor } = await openBus();
      executor.registerAgent(echo());
      const run = executor.execute({ channel: 'in', payload: 1 }, anything(options));
      expect(await refusal(() => run.report)).toMatchObject({ code: 'VALIDATION_ERROR' });
    },
  );
});

describe('pause, step and resume', () => {
  test('paused, nothing starts; a step starts one; resumed, the run goes on to its end', async () => {
    const { executor, runtime, reported } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(echo(heard));
    await executor.pause();
    expect(executor.paused).toBe(true);
    for (const item of [1, 2, 3]) await executor.publish('in', item);
    const run = executor.execute({});
    await runtime.runUntilIdle();
    expect(heard).toEqual([]);
    expect(executor.step()).toBe(1);
    await runtime.runUntilIdle();
    expect(heard).toEqual([1]);
    executor.resume();
    expect(executor.paused).toBe(false);
    await runtime.runUntilIdle();
    expect(heard).toEqual([1, 2, 3]);
    await executor.stop();
    expect((await reported(0, run)).counts.succeeded).toBe(3);
  });

  test('pause resolves when what was being worked on has settled', async () => {
    const { executor, runtime } = await openBus();
    const work = deferred();
    executor.registerAgent(defineAgent({ name: 'slow', subscribe: 'in', process: () => work.promise }));
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    let paused = false;
    const pausing = executor.pause().then(() => {
      paused = true;
    });
    await realTurn();
    expect(paused).toBe(false);
    work.resolve();
    await pausing;
    executor.resume();
    expect((await run.report).status).toBe('completed');
  });

  test('pause does not wait for a person, nor for room that nobody makes meanwhile', async () => {
    const { executor, runtime } = await openBus({ config: { maxMessages: 100 } });
    executor.openChannel('narrow', { capacity: 1, overflow: 'backpressure' });
    const read: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'asking',
        subscribe: 'in',
        process: async ({ human }) => void (await human.ask({ question: 'Well?' })),
      }),
      defineAgent({
        name: 'writing',
        subscribe: 'in',
        publish: 'narrow',
        async process({ publish }) {
          for (const item of [1, 2, 3]) await publish('narrow', item);
        },
      }),
      defineAgent({
        name: 'reading',
        subscribe: 'narrow',
        process: ({ payload }) => void read.push(payload),
      }),
    ]);
    await executor.pause();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await realTurn();
    executor.step(2);
    await realTurn();
    await executor.pause();
    expect(read).toEqual([]);
    executor.resume();
    await runtime.runUntilIdle();
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'fine');
    expect((await run.report).status).toBe('completed');
    expect(read).toEqual([1, 2, 3]);
  });

  test.each([[0], [-1], [1.5], ['2']])('step(%o) is refused', async (count) => {
    const { executor } = await openBus();
    expect(
      await refusal(() => executor.step(Number(count) === 2 ? Number.NaN : Number(count))),
    ).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });
});

describe('idle', () => {
  test('resolves at once when there is nothing to do, and after the last delivery otherwise', async () => {
    const { executor, runtime } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(echo(heard));
    await executor.idle();
    executor.execute({});
    await runtime.runUntilIdle();
    await executor.publish('in', 1);
    await executor.idle();
    expect(heard).toEqual([1]);
  });
});

describe('close', () => {
  test('ends what runs, and afterwards every call says so', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(echo());
    const run = executor.execute({});
    await runtime.runUntilIdle();
    await executor.close();
    await executor.close();
    expect((await run.report).status).toBe('completed');
    const calls: readonly (() => unknown)[] = [
      () => executor.registerAgent(echo()),
      () => executor.unregisterAgent('echo'),
      () => executor.publish('in', 1),
      () => executor.openChannel('c'),
      () => executor.shutdownChannel('in'),
      () => executor.pause(),
      () => executor.resume(),
      () => executor.step(),
      () => executor.stop(),
      () => executor.saveState(),
      () => executor.loadState(),
      () => executor.deleteRun('x'),
      () => executor.retryDeadLetter('x'),
      () => executor.execute({}).report,
    ];
    for (const call of calls)
      expect(await refusal(call), String(call)).toMatchObject({ code: 'EXECUTOR_CLOSED' });
  });
});

describe('subscribe', () => {
  test('hears events in order until it is ended; one that throws harms nobody', async () => {
    const warnings: string[] = [];
    const { executor, runtime, events } = await openBus({
      logger: { warn: (message) => void warnings.push(message) },
    });
    executor.subscribe(() => {
      throw new Error('broken listener');
    });
    const short: number[] = [];
    const end = executor.subscribe(({ seq }) => short.push(seq));
    executor.registerAgent(echo());
    await runtime.runUntilIdle();
    end();
    end();
    await executor.publish('in', 1);
    await runtime.runUntilIdle();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 2));
    expect(short.length).toBeLessThan(events.length);
    expect(short).toEqual(events.slice(0, short.length).map(({ seq }) => seq));
    expect(warnings.filter((text) => text.includes('listener'))).toHaveLength(1);
  });

  test('a listener that is no function is refused', async () => {
    const { executor } = await openBus();
    const misused: Parameters<typeof executor.subscribe>[0] = Object.create(null);
    expect(await refusal(() => executor.subscribe(misused))).toMatchObject({ code: 'VALIDATION_ERROR' });
  });
});

test('saveState and loadState without storage say that there is none', async () => {
  const { executor } = await openBus();
  expect(await refusal(() => executor.saveState())).toMatchObject({ code: 'DATABASE_ERROR' });
  expect(await refusal(() => executor.loadState())).toMatchObject({ code: 'DATABASE_ERROR' });
});

test('currentAgentId names the agent started last', async () => {
  const { executor, reported } = await openBus();
  executor.registerAgent(echo());
  expect(executor.currentAgentId).toBeUndefined();
  await reported(0, executor.execute({ channel: 'in', payload: 1 }));
  expect(executor.currentAgentId).toBe('echo');
});

test('a PubSubError is plain in JSON', () => {
  const error = new PubSubError('EXECUTION_ERROR', 'why', { details: { a: 1 }, cause: new Error('root') });
  expect(JSON.parse(JSON.stringify(error))).toEqual({
    code: 'EXECUTION_ERROR',
    message: 'why',
    details: { a: 1 },
  });
  expect(error).toMatchObject({ name: 'PubSubError', cause: { message: 'root' } });
});

function anything(options: object): object {
  return options;
}

/** What a program without types could pass. */
function misuse(value: unknown): RunSpec {
  const carrier: { readonly spec: RunSpec } = JSON.parse('{"spec":{}}');
  Object.assign(carrier, { spec: value });
  return carrier.spec;
}
