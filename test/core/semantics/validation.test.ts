import { defineAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openBus, outcomesOf, refusal } from '../../support/bus.js';

const numberSchema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] } as const;

describe('output is checked when it is published', () => {
  async function bad(publishOrReturn: 'publish' | 'return') {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const after: string[] = [];
    const heard: JsonValue[] = [];
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: 'out',
      outputSchema: { type: 'object' },
      async process({ publish }) {
        const wrong = ['not an object'];
        // @ts-expect-error an array is no object, for JSON
        if (publishOrReturn === 'publish') await publish('out', wrong);
        else return wrong as object as Record<string, unknown>;
        after.push('reached');
        return undefined;
      },
    });
    const sink = defineAgent({ name: 'sink', subscribe: 'out', process: (c) => void heard.push(c.payload) });
    executor.registerAgents([talker, sink]);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    return { report, after, heard };
  }

  test.each(['publish', 'return'] as const)(
    'a bad output fails the invocation that made it (%s)',
    async (how) => {
      const { report, after, heard } = await bad(how);
      expect(report.status).toBe('failed');
      expect(report.error?.code).toBe('VALIDATION_ERROR');
      expect(report.error?.message).toContain('out');
      expect(after).toEqual([]);
      expect(heard).toEqual([]);
    },
  );

  test('at the call: the agent may catch it and mend its output', async () => {
    const { executor } = await openBus();
    const caught: unknown[] = [];
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: { out: { type: 'string' } },
      async process({ publish }) {
        // @ts-expect-error a number is no string
        await publish('out', 7).catch((thrown: unknown) => caught.push(thrown));
        await publish('out', 'seven');
      },
    });
    executor.registerAgent(talker);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'completed', counts: { published: 2 } });
    expect(caught).toMatchObject([{ code: 'VALIDATION_ERROR' }]);
  });

  test('a refusal that the agent does not await still fails it', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: { out: { type: 'string' } },
      process({ publish }) {
        // @ts-expect-error a number is no string
        void publish('out', 7);
      },
    });
    executor.registerAgent(talker);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'failed', error: { code: 'VALIDATION_ERROR' } });
  });

  test('an undeclared channel is refused, and the message says which are declared', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: ['out', 'log'],
      async process({ publish }) {
        // @ts-expect-error it is not declared
        await publish('elsewhere', 1);
      },
    });
    executor.registerAgent(talker);
    const { error } = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(error?.code).toBe('VALIDATION_ERROR');
    expect(error?.message).toMatch(/"elsewhere".*out, log/);
  });

  test('each publication has its own schema', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: { words: { type: 'string' }, counts: { type: 'integer' } },
      async process({ publish }) {
        await publish('words', 'one');
        await publish('counts', 1);
      },
    });
    executor.registerAgent(talker);
    expect(await executor.execute({ channel: 'in', payload: 1 }).report).toMatchObject({
      overallSuccess: true,
    });
  });
});

describe('input is checked when it is delivered', () => {
  test('a bad input fails that delivery only, is not retried, and never reaches the agent', async () => {
    const { executor, runtime } = await openBus();
    const called: string[] = [];
    const strict = defineAgent({
      name: 'strict',
      subscribe: 'in',
      inputSchema: numberSchema,
      process: () => void called.push('strict'),
    });
    const easy = defineAgent({ name: 'easy', subscribe: 'in', process: () => void called.push('easy') });
    executor.registerAgents([strict, easy]);
    const run = executor.execute({ channel: 'in', payload: { n: 'four' } });
    const outcomes = await outcomesOf(run);
    const report = await run.report;
    expect(called).toEqual(['easy']);
    expect(runtime.pendingTimers).toBe(0);
    expect(report.status).toBe('failed');
    const failed = outcomes.find(({ agent }) => agent === 'strict');
    expect(failed).toMatchObject({ success: false, attempts: 1, retryMessages: [] });
    expect(failed?.finalError?.code).toBe('VALIDATION_ERROR');
    expect(failed?.finalError?.message).toMatch(/payload\/n.*"four"/);
  });

  test('the agent goes on with its next message', async () => {
    const { executor, runtime } = await openBus();
    const heard: JsonValue[] = [];
    const strict = defineAgent({
      name: 'strict',
      subscribe: 'in',
      inputSchema: { type: 'integer' },
      process: ({ payload }) => void heard.push(payload),
    });
    const easy = defineAgent({ name: 'easy', subscribe: 'in', process: () => {} });
    executor.registerAgents([strict, easy]);
    executor.execute();
    for (const payload of [1, 'two', 3]) await executor.publish('in', payload);
    await runtime.runUntilIdle();
    expect(heard).toEqual([1, 3]);
  });

  test('a failed input is kept as a dead letter with its message', async () => {
    const { executor } = await openBus();
    const strict = defineAgent({
      name: 'strict',
      subscribe: 'in',
      inputSchema: { type: 'string' },
      process: () => {},
    });
    const easy = defineAgent({ name: 'easy', subscribe: 'in', process: () => {} });
    executor.registerAgents([strict, easy]);
    await executor.execute({ channel: 'in', payload: 5 }).report;
    const node = [...executor.tree.nodes()].find(({ status }) => status === 'invalid');
    expect(node).toMatchObject({ kind: 'invocation', agent: 'strict', deadLetter: { payload: 5 } });
  });
});

describe('what the application sends is refused when no subscriber accepts it', () => {
  test('by execute and by publish, naming the path and what came', async () => {
    const { executor, recorded } = await openBus();
    executor.registerAgent(
      defineAgent({ name: 'strict', subscribe: 'in', inputSchema: numberSchema, process: () => {} }),
    );
    const published = await refusal(() => executor.publish('in', { n: null }));
    const executed = await refusal(() => executor.execute({ channel: 'in', payload: {} }).report);
    expect([published.code, executed.code]).toEqual(['VALIDATION_ERROR', 'VALIDATION_ERROR']);
    expect(published.message).toMatch(/channel "in".*payload\/n/);
    expect(executed.message).toContain('n');
    expect(recorded('message.published')).toEqual([]);
    expect(recorded('run.started')).toEqual([]);
  });

  test('with the reasons of each when there are several', async () => {
    const { executor } = await openBus();
    for (const [name, type] of [
      ['words', 'string'],
      ['numbers', 'number'],
    ] as const) {
      executor.registerAgent(
        defineAgent({ name, subscribe: 'in', inputSchema: { type }, process: () => {} }),
      );
    }
    const error = await refusal(() => executor.publish('in', true));
    expect(error.message).toMatch(/"words".*"numbers"/);
  });

  test('but goes to all as soon as one accepts it', async () => {
    const { executor } = await openBus();
    executor.registerAgents([
      defineAgent({ name: 'words', subscribe: 'in', inputSchema: { type: 'string' }, process: () => {} }),
      defineAgent({ name: 'numbers', subscribe: 'in', inputSchema: { type: 'number' }, process: () => {} }),
    ]);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report.counts).toMatchObject({ delivered: 2, succeeded: 1, failed: 1, retried: 0 });
  });
});

describe('Standard Schema', () => {
  test('checks, and what it transforms to is what the agent gets', async () => {
    const { executor } = await openBus();
    const heard: unknown[] = [];
    const agent = defineAgent({
      name: 'agent',
      subscribe: 'in',
      inputSchema: z.object({
        when: z.string().transform((text) => new Date(text)),
        size: z.number().default(3),
      }),
      process: ({ payload }) => void heard.push([payload.when.getUTCFullYear(), payload.size]),
    });
    executor.registerAgent(agent);
    await executor.execute({ channel: 'in', payload: { when: '2026-05-01' } }).report;
    expect(heard).toEqual([[2026, 3]]);
    expect((await refusal(() => executor.publish('in', { when: 5 }))).message).toContain('payload/when');
  });

  test('may be asynchronous, on the way in and on the way out', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const even = z.number().refine(async (value) => value % 2 === 0, 'must be even');
    const heard: number[] = [];
    executor.registerAgents([
      defineAgent({ name: 'add', subscribe: 'in', publish: 'out', outputSchema: even, process: () => 3 }),
      defineAgent({
        name: 'even',
        subscribe: 'in',
        inputSchema: even,
        process: (c) => void heard.push(c.payload),
      }),
    ]);
    const report = await executor.execute({ channel: 'in', payload: 2 }).report;
    expect(heard).toEqual([2]);
    expect(report.error?.message).toContain('must be even');
    expect(report.counts).toMatchObject({ succeeded: 1, failed: 1 });
  });

  test('output may be changed by its schema; what goes out must be JSON again', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const heard: JsonValue[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'trim',
        subscribe: 'in',
        publish: { out: z.string().trim(), dates: z.string().transform((text) => new Date(text)) },
        async process({ publish, payload }) {
          await publish('out', '  tidy ');
          if (payload === 'bad') await publish('dates', '2026-01-01');
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void heard.push(payload) }),
    ]);
    await executor.execute({ channel: 'in', payload: 'good' }).report;
    expect(heard).toEqual(['tidy']);
    const report = await executor.execute({ channel: 'in', payload: 'bad' }).report;
    expect(report.error?.code).toBe('SERIALIZATION_ERROR');
  });
});
