import {
  type AgentContext,
  ChannelSchemas,
  defineAgent,
  type JsonValue,
  type PubSubAgent,
} from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

describe('defineAgent', () => {
  test('makes a PubSubAgent; what is left out has its default', () => {
    const agent = defineAgent({ name: 'a', subscribe: 'in', process: () => {} });
    expect(agent).toMatchObject({ name: 'a', description: '', subscriptions: ['in'], publications: [] });
    expect(agent.inputSchema).toBeUndefined();
    expect(agent.concurrency).toBeUndefined();
  });

  test('process is called on its definition; a method put in its place before it is registered is called instead', async () => {
    const { executor } = await openBus();
    const heard: unknown[] = [];
    const definition = {
      name: 'a',
      subscribe: 'in',
      process() {
        heard.push(this);
      },
    } as const;
    const replaced = defineAgent({ name: 'b', subscribe: 'in', process: () => void heard.push('old') });
    replaced.processMessage = () => void heard.push('new');
    executor.registerAgents([defineAgent(definition), replaced]);
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(heard).toEqual([definition, 'new']);
    expect(heard[0]).toBe(definition);
  });

  test('takes channel names, lists of them, and schemas by name', () => {
    const text = { type: 'string' } as const;
    const agent = defineAgent({
      name: 'a',
      subscribe: ['x', 'y'],
      publish: { out: text, log: true },
      inputSchema: text,
      process: () => {},
    });
    expect([agent.subscriptions, agent.publications]).toEqual([
      ['x', 'y'],
      ['out', 'log'],
    ]);
    expect(agent.inputSchema).toBe(text);
    expect(agent.outputSchema).toBeInstanceOf(ChannelSchemas);
  });

  test('process keeps `this`: state may live beside it', async () => {
    const { executor } = await openBus();
    const seen: number[] = [];
    const definition = {
      name: 'counter',
      subscribe: 'in',
      count: 0,
      process() {
        seen.push(1);
      },
    };
    const { count, ...known } = definition;
    expect(count).toBe(0);
    executor.registerAgent(defineAgent(known));
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(seen).toEqual([1]);
  });

  test('several channels: `channel` tells which payload it is', async () => {
    const { executor, runtime } = await openBus();
    const heard: (string | number)[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: { words: { type: 'string' }, numbers: { type: 'number' } },
        process(context) {
          if (context.channel === 'words') heard.push(context.payload.toUpperCase());
          else heard.push(context.payload + 1);
        },
      }),
    );
    executor.execute();
    await executor.publish('words', 'one');
    await executor.publish('numbers', 1);
    await runtime.runUntilIdle();
    expect(heard).toEqual(['ONE', 2]);
  });

  const wrong: [string, object | undefined, RegExp][] = [
    ['nothing', undefined, /agent/],
    ['no name', { subscribe: 'in', process() {} }, /agent\.name/],
    ['an empty name', { name: '', subscribe: 'in', process() {} }, /agent\.name/],
    ['a reserved name', { name: '__proto__', subscribe: 'in', process() {} }, /agent\.name/],
    ['a name of 1,000 characters', { name: 'n'.repeat(1000), subscribe: 'in', process() {} }, /agent\.name/],
    ['no channel to listen to', { name: 'a', process() {} }, /agent\.subscribe/],
    [
      'a reserved channel',
      { name: 'a', subscribe: 'constructor', process() {} },
      /agent\.subscriptions\[0\]/,
    ],
    ['a channel twice', { name: 'a', subscribe: ['in', 'in'], process() {} }, /agent\.subscriptions\[1\]/],
    ['a channel that is no string', { name: 'a', subscribe: [5], process() {} }, /agent\.subscriptions\[0\]/],
    [
      'an empty publication',
      { name: 'a', subscribe: 'in', publish: '', process() {} },
      /agent\.publications/,
    ],
    ['no process', { name: 'a', subscribe: 'in' }, /agent\.process/],
    ['a process that is none', { name: 'a', subscribe: 'in', process: 'run' }, /agent\.process/],
    ['a misspelt option', { name: 'a', subscribe: 'in', retries: 3, process() {} }, /agent\.retries/],
    [
      'a concurrency of 0',
      { name: 'a', subscribe: 'in', concurrency: 0, process() {} },
      /agent\.concurrency/,
    ],
    ['a concurrency of 1.5', { name: 'a', subscribe: 'in', concurrency: 1.5, process() {} }, /concurrency/],
    ['transactional: 1', { name: 'a', subscribe: 'in', transactional: 1, process() {} }, /transactional/],
    ['a timeout of 0', { name: 'a', subscribe: 'in', timeoutSeconds: 0, process() {} }, /timeoutSeconds/],
    [
      'a description that is none',
      { name: 'a', description: 5, subscribe: 'in', process() {} },
      /description/,
    ],
    [
      'two schemas for one channel',
      { name: 'a', subscribe: { in: true }, inputSchema: true, process() {} },
      /agent\.inputSchema/,
    ],
  ];
  test.each(wrong)('refuses %s, naming the field', async (_, definition, field) => {
    const error = await refusal(() => Reflect.apply(defineAgent, undefined, [definition]));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toMatch(field);
    expect(error.details).toHaveProperty('expected');
  });
});

describe('what process returns', () => {
  async function returning(publish: readonly string[], process: (context: AgentContext) => unknown) {
    const { executor, recorded } = await openBus({ config: { maxAttempts: 1 } });
    const agent: PubSubAgent = {
      name: 'a',
      description: '',
      subscriptions: ['in'],
      publications: publish,
      processMessage: process,
    };
    executor.registerAgent(agent);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    const payloads = recorded('message.published').map(({ message }) => message.payload);
    return { report, payloads: payloads.slice(1) };
  }

  const values: [string, () => unknown, JsonValue[]][] = [
    ['a value', () => ({ a: 1 }), [{ a: 1 }]],
    ['a promise', async () => 'later', ['later']],
    ['null', () => null, [null]],
    ['false', () => false, [false]],
    ['an empty string', () => '', ['']],
    ['a list, as one message', () => [1, 2], [[1, 2]]],
    ['nothing', () => undefined, []],
    [
      'an async generator, each value',
      async function* () {
        yield 1;
        await Promise.resolve();
        yield 2;
      },
      [1, 2],
    ],
    [
      'a generator, each value',
      function* () {
        yield 'a';
        yield 'b';
      },
      ['a', 'b'],
    ],
  ];
  test.each(values)('%s is published to the only publication', async (_, process, expected) => {
    const { report, payloads } = await returning(['out'], process);
    expect(report.status).toBe('completed');
    expect(payloads).toEqual(expected);
  });

  test('what it has published itself is not published again', async () => {
    const one = await returning(['out'], ({ publish }) => publish('out', 1));
    expect(one.payloads).toEqual([1]);
    const all = await returning(['out'], ({ publish }) =>
      Promise.all([publish('out', 1), publish('out', 2)]),
    );
    expect(all.payloads).toEqual([1, 2]);
  });

  test.each([[[]], [['x', 'y']]])(
    'a value with publications %j is an error that says so',
    async (publish) => {
      const { report } = await returning(publish, () => 'value');
      expect(report).toMatchObject({ status: 'failed', error: { code: 'EXECUTION_ERROR' } });
      expect(report.error?.message).toMatch(/exactly one publication.*publish\(channel, payload\)/);
    },
  );

  test('a generator that throws fails the attempt; what it yielded before stays', async () => {
    const { report, payloads } = await returning(['out'], async function* () {
      yield 'before';
      throw new Error('half way');
    });
    expect(report.error?.message).toBe('half way');
    expect(payloads).toEqual(['before']);
  });

  test('a generator is closed when its run ends', async () => {
    const { executor, runtime } = await openBus();
    let closed = false;
    executor.registerAgent({
      name: 'a',
      description: '',
      subscriptions: ['in'],
      publications: ['out'],
      async *processMessage() {
        try {
          for (let number = 0; ; number++) {
            yield number;
            await new Promise<void>((resolve) => runtime.setTimer(1000, resolve));
          }
        } finally {
          closed = true;
        }
      },
    });
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(5500);
    run.cancel();
    await runtime.advance(1000);
    expect(closed).toBe(true);
  });
});

describe('an agent written by hand', () => {
  class Doubler implements PubSubAgent {
    readonly name = 'doubler';
    readonly description = 'Doubles numbers';
    readonly subscriptions = ['numbers'];
    readonly publications = ['doubled'];
    readonly inputSchema = { type: 'number' } as const;
    readonly outputSchema = new ChannelSchemas({ doubled: { type: 'number' } });
    count = 0;
    refused: JsonValue[] = [];

    async processMessage({ payload, publish }: AgentContext): Promise<void> {
      this.count++;
      await publish('doubled', Number(payload) * 2);
    }

    validateInput(payload: JsonValue, channel: string): void {
      if (payload === 13) throw new Error(`no ${String(payload)} on ${channel}`);
    }

    validateOutput(payload: JsonValue): void {
      if (Number(payload) > 100) throw new Error('too large');
    }
  }

  test('works like any other, with `this`', async () => {
    const { executor, recorded } = await openBus();
    const doubler = new Doubler();
    executor.registerAgent(doubler);
    expect(await executor.execute({ channel: 'numbers', payload: 21 }).report).toMatchObject({
      overallSuccess: true,
    });
    expect(doubler.count).toBe(1);
    expect(recorded('message.published').at(-1)?.message).toMatchObject({ channel: 'doubled', payload: 42 });
    expect(executor.listAgents()[0]).toMatchObject({
      inputSchemas: { numbers: { type: 'number' } },
      outputSchemas: { doubled: { type: 'number' } },
    });
  });

  test('validateInput and validateOutput refuse on top of the schemas', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    const doubler = new Doubler();
    executor.registerAgent(doubler);
    const refused = await refusal(() => executor.publish('numbers', 13));
    expect(refused.code).toBe('VALIDATION_ERROR');
    expect(refused.message).toContain('no 13 on numbers');
    const report = await executor.execute({ channel: 'numbers', payload: 60 }).report;
    expect(report.error).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(report.error?.message).toContain('too large');
  });

  test('they may take their time', async () => {
    class Careful extends Doubler {
      override async validateInput(payload: JsonValue): Promise<void> {
        await Promise.resolve();
        if (payload === 13) throw new Error('unlucky');
      }

      override async validateOutput(payload: JsonValue): Promise<void> {
        await Promise.resolve();
        super.validateOutput(payload);
      }
    }
    const { executor, recorded } = await openBus({ config: { maxAttempts: 1 } });
    const careful = new Careful();
    executor.registerAgent(careful);
    const refused = await refusal(() => executor.publish('numbers', 13));
    expect(refused).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('unlucky') });
    expect((await executor.execute({ channel: 'numbers', payload: 21 }).report).status).toBe('completed');
    expect(recorded('message.published').at(-1)?.message).toMatchObject({ channel: 'doubled', payload: 42 });
    const { error } = await executor.execute({ channel: 'numbers', payload: 60 }).report;
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', message: expect.stringContaining('too large') });
    expect(careful.count).toBe(2);
  });

  test('they may answer false instead of throwing, at once or later', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    let count = 0;
    executor.registerAgent({
      name: 'evens',
      description: '',
      subscriptions: ['numbers'],
      publications: ['halves'],
      processMessage: ({ payload }) => {
        count++;
        return Number(payload) / 2;
      },
      validateInput: (payload) => Number(payload) % 2 === 0,
      validateOutput: async (payload) => Number(payload) < 100,
    });
    const refused = await refusal(() => executor.publish('numbers', 3));
    expect(refused).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('validateInput'),
    });
    expect(executor.findAgentsForInput(3)).toEqual([]);
    expect(executor.findAgentsForInput(4)).toHaveLength(1);
    expect((await executor.execute({ channel: 'numbers', payload: 4 }).report).status).toBe('completed');
    const { error } = await executor.execute({ channel: 'numbers', payload: 600 }).report;
    expect(error).toMatchObject({
      code: 'VALIDATION_ERROR',
      message: expect.stringContaining('validateOutput'),
    });
    expect(count).toBe(2);
  });

  test('ChannelSchemas without a schema for a channel lets anything through there', async () => {
    const { executor } = await openBus();
    executor.registerAgent({
      name: 'a',
      description: '',
      subscriptions: ['strict', 'free'],
      publications: [],
      inputSchema: new ChannelSchemas({ strict: { type: 'string' } }),
      processMessage: () => {},
    });
    expect((await refusal(() => executor.publish('strict', 5))).code).toBe('VALIDATION_ERROR');
    await executor.publish('free', 5);
    expect(executor.listAgents()[0]?.inputSchemas).toEqual({ strict: { type: 'string' }, free: null });
  });
});
