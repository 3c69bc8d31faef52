import { defineAgent, type HumanAnswer, type OpenOptions, type PubSubError } from 'dagger-agents';
import * as valibot from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBus, refusal } from '../../support/bus.js';

const schema = { type: 'boolean' } as const;

/** One agent that asks before it goes on, and what it was told. */
async function asking(config: NonNullable<OpenOptions['config']> = {}) {
  const bus = await openBus({ config: { maxAttempts: 1, ...config } });
  const told: (HumanAnswer | PubSubError)[] = [];
  const starts: number[] = [];
  bus.executor.registerAgent(
    defineAgent({
      name: 'gate',
      subscribe: 'in',
      async process({ human, attempt }) {
        starts.push(attempt);
        told.push(await human.ask({ question: 'Send it?', schema, default: false }));
      },
    }),
  );
  return { ...bus, told, starts };
}

const minutes = (count: number) => count * 60_000;

describe('human.ask', () => {
  test('waits for the answer given outside', async () => {
    const { executor, runtime, told } = await asking();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    const [request] = executor.humans.pending();
    expect(request).toMatchObject({
      question: 'Send it?',
      schema,
      default: false,
      agent: 'gate',
      run: run.id,
      dueAt: null,
      askedAt: runtime.now(),
    });
    expect(request?.nodeId).toMatch(/^gate_/);
    executor.humans.answer(request?.id ?? '', true);
    expect(await run.report).toMatchObject({ status: 'completed' });
    expect(told).toEqual([{ answer: true, source: 'human' }]);
    expect(executor.humans.pending()).toEqual([]);
  });

  test('refuses an answer that does not fit the schema, and goes on waiting', async () => {
    const { executor, runtime, told } = await asking();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    const id = executor.humans.pending()[0]?.id ?? '';
    expect((await refusal(() => executor.humans.answer(id, 'yes'))).code).toBe('VALIDATION_ERROR');
    expect((await refusal(() => executor.humans.answer(id, undefined))).code).toBe('SERIALIZATION_ERROR');
    expect(executor.humans.pending()).toHaveLength(1);
    executor.humans.answer(id, false);
    await run.report;
    expect(told).toEqual([{ answer: false, source: 'human' }]);
    expect((await refusal(() => executor.humans.answer(id, true))).code).toBe('HUMAN_REQUEST_NOT_FOUND');
  });

  test('throws CANCELLED in the agent when the question is withdrawn', async () => {
    const { executor, runtime } = await asking();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.humans.cancel(executor.humans.pending()[0]?.id ?? '');
    expect(await run.report).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    expect((await refusal(() => executor.humans.cancel('nothing'))).code).toBe('HUMAN_REQUEST_NOT_FOUND');
  });

  test('a question that is no question, or whose default does not fit, fails the call', async () => {
    const { executor, reported } = await openBus({ config: { maxAttempts: 1 } });
    const errors: PubSubError[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ human }) {
          errors.push(await refusal(() => human.ask({ question: '' })));
          errors.push(await refusal(() => human.ask({ question: 'ok?', schema, default: 'maybe' })));
          errors.push(await refusal(() => human.ask({ question: 'ok?', schema: { type: 'nonsense' } })));
          errors.push(await refusal(() => human.ask({ question: 'ok?', default: 5n })));
        },
      }),
    );
    await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(errors.map(({ code }) => code)).toEqual([
      'VALIDATION_ERROR',
      'VALIDATION_ERROR',
      'VALIDATION_ERROR',
      'SERIALIZATION_ERROR',
    ]);
    expect(executor.humans.pending()).toEqual([]);
  });

  test('a Standard Schema will do where its library tells its JSON Schema: that of what it gives', async () => {
    const { executor, runtime } = await openBus({ config: { maxAttempts: 1 } });
    const told: { readonly count: number; readonly note: string }[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'gate',
        subscribe: 'in',
        async process({ human, payload }) {
          if (payload === 'valibot') await human.ask({ question: 'Well?', schema: valibot.boolean() });
          const schema = z.object({ count: z.coerce.number().min(3), note: z.string().default('none') });
          told.push((await human.ask({ question: 'How many?', schema })).answer);
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    const id = executor.humans.pending()[0]?.id ?? '';
    for (const bad of [{ count: '4', note: '' }, { count: 4 }, { count: 2, note: '' }])
      expect((await refusal(() => executor.humans.answer(id, bad))).code).toBe('VALIDATION_ERROR');
    executor.humans.answer(id, { count: 4, note: 'few' });
    expect(await run.report).toMatchObject({ status: 'completed' });
    expect(told).toEqual([{ count: 4, note: 'few' }]);
    const { error } = await executor.execute({ channel: 'in', payload: 'valibot' }).report;
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { field: 'question.schema' } });
  });

  test('several questions at once are all pending, oldest first, and answered in any order', async () => {
    const { executor, runtime } = await openBus();
    const told: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ human }) {
          const answers = await Promise.all(['one?', 'two?'].map((question) => human.ask({ question })));
          told.push(answers.map(({ answer }) => answer));
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    const [one, two] = executor.humans.pending();
    expect([one?.question, two?.question]).toEqual(['one?', 'two?']);
    executor.humans.answer(two?.id ?? '', 2);
    executor.humans.answer(one?.id ?? '', 1);
    await run.report;
    expect(told).toEqual([[1, 2]]);
  });

  test('an answer once given stays given: a retry is not asked again', async () => {
    const { executor, runtime } = await openBus({ config: { retryStrategy: { type: 'immediate' } } });
    const told: HumanAnswer[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ human, attempt }) {
          told.push(await human.ask({ question: 'really?' }));
          if (attempt === 1) throw new Error('after the answer');
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'yes');
    await runtime.runUntilIdle();
    expect((await run.report).status).toBe('completed');
    expect(told).toEqual([
      { answer: 'yes', source: 'human' },
      { answer: 'yes', source: 'human' },
    ]);
  });
});

describe('after humanWaitMinutes', () => {
  test('an answer is never taken for one to another question that a retry asks instead', async () => {
    const { executor, runtime } = await openBus({ config: { retryStrategy: { type: 'immediate' } } });
    const told: HumanAnswer[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ human, attempt }) {
          if (attempt > 1) told.push(await human.ask({ question: 'Delete all?', schema }));
          told.push(await human.ask({ question: 'Save it?', schema }));
          if (attempt === 1) throw new Error('after the answer');
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    await runtime.runUntilIdle();
    expect(executor.humans.pending().map(({ question }) => question)).toEqual(['Delete all?']);
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', false);
    await runtime.runUntilIdle();
    expect((await run.report).status).toBe('completed');
    expect(told.map(({ answer }) => answer)).toEqual([true, false, true]);
  });

  test('an executor that has been closed takes no answers', async () => {
    const { executor, runtime } = await asking();
    executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    const id = executor.humans.pending()[0]?.id ?? '';
    await executor.close();
    expect((await refusal(() => executor.humans.answer(id, true))).code).toBe('EXECUTOR_CLOSED');
    expect((await refusal(() => executor.humans.cancel(id))).code).toBe('EXECUTOR_CLOSED');
    expect(executor.humans.pending()).toHaveLength(1);
  });

  test('autopilot answers with the default, and it is recorded as such', async () => {
    const { executor, runtime, told, recorded, reported } = await asking({
      humanWaitMinutes: 5,
      humanTimeoutAction: 'autopilot',
    });
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(minutes(5) - 1);
    expect(told).toEqual([]);
    expect(await reported(1, run)).toMatchObject({ status: 'completed' });
    expect(told).toEqual([{ answer: false, source: 'autopilot' }]);
    expect(recorded('human.answered')).toMatchObject([{ answer: false, source: 'autopilot' }]);
  });

  test('autopilot needs a default where null does not fit the schema', async () => {
    const { executor, reported } = await openBus({
      config: { humanWaitMinutes: 1, humanTimeoutAction: 'autopilot', maxAttempts: 1 },
    });
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process: async ({ human }) => void (await human.ask({ question: 'Send it?', schema })),
      }),
    );
    const { error } = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('question.default'),
    });
  });

  test('autopilot without a default answers null', async () => {
    const { executor, reported } = await openBus({
      config: { humanWaitMinutes: 1, humanTimeoutAction: 'autopilot' },
    });
    const told: HumanAnswer[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process: async ({ human }) => void told.push(await human.ask({ question: 'anything?' })),
      }),
    );
    await reported(minutes(1), executor.execute({ channel: 'in', payload: 1 }));
    expect(told).toEqual([{ answer: null, source: 'autopilot' }]);
  });

  test('pause ends the run as paused; the question stays and the answer resumes it', async () => {
    const { executor, runtime, told, starts, reported } = await asking({ humanWaitMinutes: 5 });
    const report = await reported(minutes(5), executor.execute({ channel: 'in', payload: 1 }));
    expect(report).toMatchObject({ status: 'paused', overallSuccess: false, counts: { failed: 0 } });
    expect(executor.humans.pending()).toHaveLength(1);
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    const resumed = executor.execute({ resume: true });
    await runtime.runUntilIdle();
    expect(await resumed.report).toMatchObject({ status: 'completed', counts: { succeeded: 1 } });
    expect(told).toEqual([{ answer: true, source: 'human' }]);
    // The attempt that was parked does not count.
    expect(starts).toEqual([1, 1]);
  });

  test('the answer resumes it by itself, when the application starts no run', async () => {
    const { executor, runtime, told, reported } = await asking({ humanWaitMinutes: 5 });
    await reported(minutes(5), executor.execute({ channel: 'in', payload: 1 }));
    await runtime.advance(minutes(60 * 24));
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    await runtime.runUntilIdle();
    expect(told).toEqual([{ answer: true, source: 'human' }]);
    const runs = [...executor.state.runs.values()];
    expect(runs.map(({ kind, status }) => [kind, status])).toEqual([
      ['message', 'paused'],
      ['resume', 'completed'],
    ]);
  });

  test('also when the agent is registered only after the answer', async () => {
    const { executor, runtime, told, reported } = await asking({ humanWaitMinutes: 5 });
    await reported(minutes(5), executor.execute({ channel: 'in', payload: 1 }));
    executor.unregisterAgent('gate');
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', true);
    await runtime.runUntilIdle();
    expect(told).toEqual([]);
    executor.registerAgent(
      defineAgent({
        name: 'gate',
        subscribe: 'in',
        process: async ({ human }) => void told.push(await human.ask({ question: 'Send it?' })),
      }),
    );
    await runtime.runUntilIdle();
    expect(told).toEqual([{ answer: true, source: 'human' }]);
  });

  test('other messages go on meanwhile, before and after patience ends', async () => {
    const { executor, runtime } = await openBus({ config: { humanWaitMinutes: 5 } });
    const done: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ payload, human }) {
          if (payload === 'ask') await human.ask({ question: 'well?' });
          done.push(payload);
        },
      }),
    );
    executor.execute();
    await executor.publish('in', 'ask');
    await executor.publish('in', 'other');
    await runtime.advance(minutes(5));
    expect(done).toEqual(['other']);
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 1);
    await runtime.runUntilIdle();
    expect(done).toEqual(['other', 'ask']);
  });

  test('without humanWaitMinutes it waits as long as the run', async () => {
    const { executor, runtime, told } = await asking();
    const run = executor.execute({ channel: 'in', payload: 1 }, { timeoutSeconds: 86_400 });
    await runtime.advance(86_399_999);
    expect(told).toEqual([]);
    expect(executor.humans.pending()).toHaveLength(1);
    await runtime.advance(1);
    expect(await run.report).toMatchObject({ status: 'timed-out' });
    expect(executor.humans.pending()).toEqual([]);
  });
});
