import { defineAgent, humanInterruptAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

/** A bus with the ready-made agent, and what it publishes. */
async function reviewing(config: object = {}) {
  const bus = await openBus({ config });
  const answers: JsonValue[] = [];
  bus.executor.registerAgents([
    humanInterruptAgent(),
    defineAgent({ name: 'sink', subscribe: 'human_answers', process: (c) => void answers.push(c.payload) }),
  ]);
  return { ...bus, answers };
}

describe('humanInterruptAgent', () => {
  test('listens on human_review, puts the question, publishes the answer on human_answers', async () => {
    const { executor, runtime, answers } = await reviewing();
    expect(executor.listAgents()[0]).toMatchObject({
      name: 'human-interrupt',
      subscriptions: ['human_review'],
      publications: ['human_answers'],
    });
    const payload = { question: 'Send it?', schema: { type: 'boolean' }, default: false };
    const run = executor.execute({ channel: 'human_review', payload });
    await runtime.runUntilIdle();
    const [request] = executor.humans.pending();
    expect(request).toMatchObject(payload);
    executor.humans.answer(request?.id ?? '', true);
    expect((await run.report).status).toBe('completed');
    expect(answers).toEqual([{ question: 'Send it?', answer: true, source: 'human' }]);
  });

  test.each([
    ['a text', 'Really?', 'Really?'],
    ['an empty text', '', '""'],
    ['a number', 5, '5'],
    ['a list', [1, 2], '[1,2]'],
    ['an object without a question', { draft: 'text' }, '{"draft":"text"}'],
  ] as const)('shows %s as the question', async (_, payload, question) => {
    const { executor, runtime, answers } = await reviewing();
    const run = executor.execute({ channel: 'human_review', payload });
    await runtime.runUntilIdle();
    expect(executor.humans.pending()).toMatchObject([{ question, default: null, schema: null }]);
    executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'fine');
    await run.report;
    expect(answers).toEqual([{ question, answer: 'fine', source: 'human' }]);
  });

  test('a question that waits does not hold up the next', async () => {
    const { executor, runtime } = await reviewing();
    executor.execute();
    for (let number = 0; number < 10; number++) await executor.publish('human_review', `question ${number}`);
    await runtime.runUntilIdle();
    expect(executor.humans.pending()).toHaveLength(10);
  });

  test('autopilot answers with the default', async () => {
    const { reported, executor, answers } = await reviewing({
      humanWaitMinutes: 1,
      humanTimeoutAction: 'autopilot',
    });
    await reported(
      60_000,
      executor.execute({ channel: 'human_review', payload: { question: 'ok?', default: 'yes' } }),
    );
    expect(answers).toEqual([{ question: 'ok?', answer: 'yes', source: 'autopilot' }]);
  });

  test('name and channels can be chosen; anything else is refused', async () => {
    const agent = humanInterruptAgent({ name: 'boss', subscribe: 'asks', publish: 'says' });
    expect(agent).toMatchObject({ name: 'boss', subscriptions: ['asks'], publications: ['says'] });
    for (const wrong of [null, 'boss', { nmae: 'boss' }, { name: '' }, { publish: ['a', 'b'] }]) {
      const error = await refusal(() => Reflect.apply(humanInterruptAgent, undefined, [wrong]));
      expect(error.code).toBe('VALIDATION_ERROR');
    }
  });
});
