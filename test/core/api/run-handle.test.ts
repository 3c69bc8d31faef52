import { defineAgent, fold, type NodeExecutionOutcome, type RunEvent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, outcomesOf, realTurn, refusal, watchUnhandled } from '../../support/bus.js';
import { countdown } from '../../support/countdown.js';

/** A bus with one agent that takes a second for each message, and fails those that say so. */
async function working() {
  const bus = await openBus({ config: { maxAttempts: 1 } });
  bus.executor.registerAgent(
    defineAgent({
      name: 'worker',
      subscribe: 'in',
      async process({ payload }) {
        await new Promise<void>((resolve) => bus.runtime.setTimer(1000, resolve));
        if (payload === 'bad') throw new Error('bad message');
      },
    }),
  );
  return bus;
}

describe('the handle of a run', () => {
  test('gives outcomes while the run is going on, each as it comes', async () => {
    const { executor, runtime } = await working();
    const run = executor.execute();
    const seen: NodeExecutionOutcome[] = [];
    const reading = (async () => {
      for await (const outcome of run) seen.push(outcome);
    })();
    await executor.publish('in', 'good');
    await executor.publish('in', 'bad');
    await runtime.advance(1000);
    expect(seen).toHaveLength(1);
    expect(seen[0]).toEqual({
      nodeId: seen[0]?.nodeId,
      agent: 'worker',
      channel: 'in',
      success: true,
      attempts: 1,
      retryMessages: [],
      durationMs: 1000,
    });
    await runtime.advance(1000);
    expect(seen[1]).toMatchObject({
      success: false,
      finalError: { message: 'bad message' },
      durationMs: 1000,
    });
    await executor.stop();
    await reading;
    expect((await run.report).agentOutcomes).toEqual(seen);
  });

  test('several readers each see every outcome, also one that comes after the end', async () => {
    const { executor, reported } = await working();
    const run = executor.execute({ channel: 'in', payload: 1 });
    const early = outcomesOf(run);
    await reported(1000, run);
    const late = await outcomesOf(run);
    expect(late).toHaveLength(1);
    expect(await early).toEqual(late);
  });

  test('who stops reading does not stop the run', async () => {
    const { executor, runtime } = await working();
    const run = executor.execute();
    for (const payload of [1, 2, 3]) await executor.publish('in', payload);
    const first = (async () => {
      for await (const outcome of run) return outcome;
      return undefined;
    })();
    await runtime.advance(1000);
    expect((await first)?.success).toBe(true);
    await runtime.advance(5000);
    await executor.stop();
    expect((await run.report).counts.succeeded).toBe(3);
  });

  test('only the newest outcomes are kept, as many as retention says, and the missed are counted', async () => {
    const { executor, reported } = await openBus({ retention: { nodes: 100 } });
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        publish: 'in',
        inputSchema: { type: 'integer' },
        async process({ payload, publish }) {
          if (payload > 0) await publish('in', payload - 1);
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 500 });
    const report = await reported(0, run);
    expect(report.counts.succeeded).toBe(501);
    expect(report.agentOutcomes.length).toBeLessThanOrEqual(100);
    const read = await outcomesOf(run);
    expect(read.length + run.missedOutcomes).toBe(501);
  });

  test('a delivery that outlives its node in the tree has its outcome, and its dead letter', async () => {
    const log: RunEvent[] = [];
    const { executor, reported, runtime } = await openBus({
      listener: (event) => log.push(event),
      retention: { nodes: 100 },
      config: { maxAttempts: 1 },
    });
    const held: (() => void)[] = [];
    let isBroken = true;
    executor.registerAgents([
      defineAgent({
        name: 'slow',
        subscribe: 'in',
        async process({ payload }) {
          if (isBroken) await new Promise<void>((resolve) => held.push(resolve));
          if (isBroken && payload === 'bad') throw new Error('no use');
        },
        concurrency: 2,
      }),
      countdown(() => {
        for (const release of held) release();
      }),
    ]);
    for (const payload of ['good', 'bad']) await executor.publish('in', payload);
    const run = executor.execute({ channel: 'numbers', payload: 500 });
    const report = await reported(0, run);
    expect(held).toHaveLength(2);
    const ofSlow = report.agentOutcomes.filter(({ agent }) => agent === 'slow');
    expect(ofSlow).toMatchObject([{ success: true }, { success: false, finalError: { message: 'no use' } }]);
    const [letter] = executor.tree.deadLetters();
    expect(letter).toMatchObject({ agent: 'slow', deadLetter: { payload: 'bad' } });
    expect(letter?.errors).toMatchObject([{ message: 'no use' }]);

    isBroken = false;
    executor.retryDeadLetter(letter?.id ?? '');
    const again = await reported(0, executor.execute({ resume: true }));
    expect(again.counts.succeeded).toBe(1);
    await runtime.runUntilIdle();
    const folded = fold(log, { nodes: 100 });
    expect([...folded.tree.nodes()]).toEqual([...executor.tree.nodes()]);
  });

  test('what hinders it from starting comes to who awaits the report and to who iterates, and never floats', async () => {
    const { unhandled } = watchUnhandled();
    const { executor } = await openBus();
    const run = executor.execute({ channel: 'in', payload: 1 });
    expect((await refusal(() => outcomesOf(run))).code).toBe('NO_AGENTS_REGISTERED');
    expect((await refusal(() => run.report)).code).toBe('NO_AGENTS_REGISTERED');
    executor.execute({ channel: 'in', payload: 1 });
    await realTurn();
    expect(unhandled).toEqual([]);
    run.cancel();
  });

  test('id is the report’s executionId; times are ISO 8601', async () => {
    const { executor, reported } = await working();
    const run = executor.execute({ channel: 'in', payload: 1 });
    expect(await reported(1000, run)).toMatchObject({
      executionId: run.id,
      startedAt: '2026-01-01T00:00:00.000Z',
      finishedAt: '2026-01-01T00:00:01.000Z',
      tokens: { used: 0, budget: null },
      counts: { published: 1, delivered: 1, succeeded: 1, failed: 0, retried: 0, dropped: 0, unheard: 0 },
    });
    const other = executor.execute({ channel: 'in', payload: 1 });
    expect(other.id).not.toBe(run.id);
  });
});

describe('a run that could not start', () => {
  async function told() {
    const notes: [message: string, cause: unknown][] = [];
    const bus = await openBus({ logger: { warn: (message, cause) => notes.push([message, cause]) } });
    return { ...bus, notes };
  }

  test('is told to the logger where nobody looks at the report, once', async () => {
    const { unhandled } = watchUnhandled();
    const { executor, runtime, notes } = await told();
    const run = executor.execute({ channel: 'pages', payload: 1 });
    await runtime.advance(0);
    await realTurn();
    await runtime.advance(1000);
    expect(notes).toEqual([
      [
        `run "${run.id}" could not start: a run that starts with a message needs an agent`,
        expect.objectContaining({ code: 'NO_AGENTS_REGISTERED' }),
      ],
    ]);
    expect(unhandled).toEqual([]);
  });

  test('is left to whoever looks at the report, or at the outcomes', async () => {
    const { executor, runtime, notes } = await told();
    const code = { code: 'NO_AGENTS_REGISTERED' };
    expect(await refusal(() => executor.execute({ channel: 'pages', payload: 1 }).report)).toMatchObject(
      code,
    );
    expect(await refusal(() => outcomesOf(executor.execute({ channel: 'pages', payload: 1 })))).toMatchObject(
      code,
    );
    await runtime.advance(1000);
    expect(notes).toEqual([]);
  });

  test('one that has started tells it in its report alone', async () => {
    const { executor, runtime, notes } = await told();
    executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined }));
    const run = executor.execute({ channel: 'pages', payload: 1 });
    run.cancel('changed our mind');
    await runtime.advance(1000);
    expect(notes).toEqual([]);
  });
});
