import { defineAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, refusal } from '../../support/bus.js';

const never = () => new Promise<never>(() => {});

describe('a run ends when nothing is left', () => {
  test('no delivery: all that its message led to has been done', async () => {
    const { executor } = await openBus();
    executor.registerAgents([
      defineAgent({ name: 'a', subscribe: 'in', publish: 'mid', process: ({ payload }) => payload }),
      defineAgent({ name: 'b', subscribe: 'mid', publish: 'out', process: ({ payload }) => payload }),
      defineAgent({ name: 'c', subscribe: 'out', process: () => {} }),
    ]);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'completed', overallSuccess: true, counts: { succeeded: 3 } });
  });

  test('not before a retry timer has fired', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ attempt }) {
          if (attempt === 1) throw new Error('again');
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    let ended = false;
    void run.report.then(() => {
      ended = true;
    });
    await runtime.advance(1999);
    expect(ended).toBe(false);
    await runtime.advance(1);
    expect(ended).toBe(true);
  });

  test('a reactive run goes on until stop', async () => {
    const { executor, runtime } = await openBus();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    const run = executor.execute();
    await executor.publish('in', 1);
    await executor.idle();
    await runtime.advance(10 * 24 * 3600 * 1000);
    await executor.publish('in', 2);
    await executor.idle();
    await executor.stop();
    expect(heard).toEqual([1, 2]);
    expect(await run.report).toMatchObject({ status: 'completed', counts: { published: 2, succeeded: 2 } });
  });
});

describe('on timeout', () => {
  test('the attempt under way fails with TIMEOUT_EXCEEDED, its signal aborts, what waits is cancelled', async () => {
    const { executor, runtime } = await openBus({ config: { timeoutSeconds: 10 } });
    const reasons: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process: ({ signal }) => {
          signal.addEventListener('abort', () => reasons.push(signal.reason));
          return never();
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await executor.publish('in', 2);
    await runtime.advance(10_000);
    const report = await run.report;
    expect(report).toMatchObject({ status: 'timed-out', overallSuccess: false, counts: { failed: 1 } });
    expect(report.error?.code).toBe('TIMEOUT_EXCEEDED');
    expect(report.agentOutcomes).toMatchObject([
      { success: false, finalError: { code: 'TIMEOUT_EXCEEDED' } },
    ]);
    expect(reasons).toMatchObject([{ code: 'TIMEOUT_EXCEEDED' }]);
    const statuses = [...executor.tree.nodes()]
      .filter(({ kind }) => kind === 'invocation')
      .map((n) => n.status);
    expect(statuses).toEqual(['failed', 'cancelled']);
  });

  test('frees the slot of an agent that never settles', async () => {
    const { executor, runtime } = await openBus();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ payload }) {
          heard.push(payload);
          return payload === 1 ? never() : undefined;
        },
      }),
    );
    const first = executor.execute({ channel: 'in', payload: 1 }, { timeoutSeconds: 1 });
    await runtime.advance(1000);
    await first.report;
    expect(await executor.execute({ channel: 'in', payload: 2 }).report).toMatchObject({
      status: 'completed',
    });
    expect(heard).toEqual([1, 2]);
  });

  test('is an hour by default, and none for a reactive run unless it is given one', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', process: never, concurrency: 9 }));
    const byDefault = executor.execute({ channel: 'in', payload: 1 });
    const reactive = executor.execute();
    const limited = executor.execute({}, { timeoutSeconds: 5 });
    await runtime.advance(3_599_999);
    expect((await limited.report).status).toBe('timed-out');
    expect(executor.state.runs.get(byDefault.id)?.status).toBe('running');
    await runtime.advance(1);
    expect((await byDefault.report).status).toBe('timed-out');
    expect(executor.state.runs.get(reactive.id)?.status).toBe('running');
  });
});

describe('on cancel', () => {
  test('the report says why; every delivery of the run is cancelled, others go on', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', concurrency: 2, process: () => gate.promise }),
    );
    const doomed = executor.execute({ channel: 'in', payload: 1 });
    const other = executor.execute({ channel: 'in', payload: 2 });
    await runtime.runUntilIdle();
    doomed.cancel('changed my mind');
    const report = await doomed.report;
    expect(report).toMatchObject({ status: 'cancelled', overallSuccess: false, counts: { succeeded: 0 } });
    expect(report.error?.code).toBe('CANCELLED');
    expect(report.error?.message).toContain('changed my mind');
    gate.resolve();
    expect(await other.report).toMatchObject({ status: 'completed', counts: { succeeded: 1 } });
    doomed.cancel('again');
    expect((await doomed.report).error?.message).toContain('changed my mind');
  });

  test('by an AbortSignal, also one that was aborted before', async () => {
    const { executor, runtime } = await openBus();
    const started: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ payload }) {
          started.push(payload);
          return never();
        },
      }),
    );
    const controller = new AbortController();
    const run = executor.execute({ channel: 'in', payload: 1 }, { signal: controller.signal });
    await runtime.runUntilIdle();
    controller.abort(new Error('tab closed'));
    const report = await run.report;
    expect(report).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' } });
    expect(report.error?.message).toContain('tab closed');
    const late = executor.execute({ channel: 'in', payload: 2 }, { signal: controller.signal });
    expect((await late.report).status).toBe('cancelled');
    await runtime.runUntilIdle();
    expect(started).toEqual([1]);
  });

  test('at once after execute, before anything has begun', async () => {
    const { executor, runtime } = await openBus();
    const started: unknown[] = [];
    executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', process: () => void started.push(1) }));
    const run = executor.execute({ channel: 'in', payload: 1 });
    run.cancel();
    expect((await run.report).status).toBe('cancelled');
    await runtime.runUntilIdle();
    expect(started).toEqual([]);
  });

  test.each(['cancel', 'timeout', 'shutdown'] as const)(
    'while its first message waits for room (%s): the report says so, and the message is not sent',
    async (how) => {
      const { executor, runtime, recorded } = await openBus();
      executor.openChannel('in', { capacity: 1, overflow: 'backpressure' });
      executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', process: never }));
      executor.execute();
      await executor.publish('in', 1);
      await runtime.runUntilIdle();
      await executor.publish('in', 2);
      const run = executor.execute({ channel: 'in', payload: 3 }, { timeoutSeconds: 5 });
      await runtime.runUntilIdle();
      executor.registerAgent(defineAgent({ name: 'b', subscribe: 'other', process: () => {} }));
      executor.unregisterAgent('b');
      expect(executor.state.runs.get(run.id)?.status).toBe('running');
      if (how === 'cancel') run.cancel();
      if (how === 'timeout') await runtime.advance(5000);
      if (how === 'shutdown') await executor.shutdownChannel('in', { force: true });
      const expected = { cancel: 'cancelled', timeout: 'timed-out', shutdown: 'failed' }[how];
      expect(await run.report).toMatchObject({ status: expected, counts: { published: 0 } });
      expect(recorded('message.published')).toHaveLength(2);
    },
  );

  test('what was cancelled is no later run’s work', async () => {
    const { executor } = await openBus();
    const started: unknown[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: (c) => void started.push(c.payload) }),
    );
    await executor.pause();
    const run = executor.execute({ channel: 'in', payload: 1 });
    run.cancel();
    await run.report;
    executor.resume();
    expect(await executor.execute({ resume: true }).report).toMatchObject({ counts: { succeeded: 0 } });
    expect(started).toEqual([]);
    expect(executor.state.unfinished.length).toBe(0);
  });
});

describe('late publishes of an ended run', () => {
  test('are refused and recorded, and change nothing else', async () => {
    const { executor, runtime, recorded } = await openBus();
    const gate = deferred();
    const late: unknown[] = [];
    const heard: JsonValue[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'a',
        subscribe: 'in',
        publish: 'out',
        async process({ publish, tokens, human }) {
          await gate.promise;
          late.push(await refusal(() => publish('out', 'too late')));
          late.push(await refusal(() => human.ask({ question: 'still there?' })));
          late.push(await refusal(() => tokens.reserve(1)));
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void heard.push(payload) }),
    ]);
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    run.cancel();
    const report = await run.report;
    gate.resolve();
    await runtime.runUntilIdle();
    expect(late).toMatchObject([{ code: 'CANCELLED' }, { code: 'CANCELLED' }, { code: 'CANCELLED' }]);
    expect(heard).toEqual([]);
    expect(recorded('message.refused')).toMatchObject([{ channel: 'out', reason: { code: 'CANCELLED' } }]);
    const refused = [...executor.tree.nodes()].find(({ status }) => status === 'refused');
    expect(refused).toMatchObject({ kind: 'publish', channel: 'out' });
    expect(report.counts.published).toBe(1);
    expect(executor.state.runs.get(run.id)?.counts.published).toBe(1);
    expect(executor.humans.pending()).toEqual([]);
  });

  test('so are those of an invocation that has settled while its run goes on', async () => {
    const { executor, runtime, recorded } = await openBus();
    const errors: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        publish: 'out',
        process({ publish }) {
          setTimeout(() => void publish('out', 'late').catch((thrown: unknown) => errors.push(thrown)));
        },
      }),
    );
    executor.execute();
    await executor.publish('in', 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await runtime.runUntilIdle();
    expect(errors).toMatchObject([{ code: 'EXECUTION_ERROR' }]);
    expect(recorded('message.refused')).toHaveLength(1);
  });
});

describe('a run that was paused by stop', () => {
  test('leaves what was not done for the next run', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const heard: string[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ payload, attempt }) {
          heard.push(`${payload}.${attempt}`);
          if (heard.length === 1) await gate.promise;
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await executor.publish('in', 2);
    await runtime.runUntilIdle();
    const stopped = executor.stop({ graceSeconds: 3 });
    await runtime.advance(3000);
    await stopped;
    expect(await run.report).toMatchObject({ status: 'paused', overallSuccess: false });
    gate.resolve();
    expect(await executor.execute({ resume: true }).report).toMatchObject({ status: 'completed' });
    // The attempt that was cut off does not count as one.
    expect(heard).toEqual(['1.1', '1.1', '2.1']);
  });
});
