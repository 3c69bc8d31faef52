import { Cache, createMessage, defineAgent, type PubSubExecutor } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal, watchUnhandled } from '../../support/bus.js';

function circular(): object {
  const loop: Record<string, unknown> = { a: 1 };
  loop.self = loop;
  return loop;
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
}

class Point {
  x = 1;
}

function manyProperties(): object {
  return Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`p${index}`, index]));
}

/** As classes were once written: what it inherits says `constructor: Object`. */
function inheriting(): object {
  return Object.assign(Object.create({ norm: () => 1 }), { x: 1 });
}

const hostile: readonly [string, () => unknown, string][] = [
  ['undefined', () => undefined, 'undefined'],
  ['undefined inside', () => ({ a: [{ b: undefined }] }), 'payload.a[0].b'],
  ['a hole in an array', () => Object.assign([1], { length: 3 }), 'payload[1]'],
  ['NaN', () => ({ n: Number.NaN }), 'payload.n'],
  ['Infinity', () => [Number.POSITIVE_INFINITY], 'payload[0]'],
  ['a BigInt', () => ({ n: 5n }), 'BigInt'],
  ['a function', () => ({ f() {} }), 'payload.f'],
  ['a symbol', () => [Symbol('s')], 'payload[0]'],
  ['a Date', () => ({ at: new Date() }), 'instance of Date'],
  ['a Map', () => new Map(), 'instance of Map'],
  ['a class instance', () => ({ p: new Point() }), 'instance of Point'],
  ['what inherits something', inheriting, 'instance of'],
  [
    'a class instance of many properties',
    () => Object.assign(new Point(), manyProperties()),
    'instance of Point',
  ],
  ['an Error', () => new Error('x'), 'instance of Error'],
  ['a circle', circular, 'circular'],
  ['100 levels', () => nested(100), '64 levels'],
  ['10 MB of text', () => ({ text: 'x'.repeat(10_000_000) }), '8388608'],
  ['10 MB in many pieces', () => Array.from({ length: 200_000 }, () => 'x'.repeat(50)), '8388608'],
  [
    'a getter that throws',
    () => ({
      get boom() {
        throw new Error('from the getter');
      },
    }),
    'from the getter',
  ],
  [
    'a Proxy that throws',
    () =>
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('from the trap');
          },
        },
      ),
    'from the trap',
  ],
];

describe('a payload that JSON would lose or change', () => {
  test.each(hostile)('%s: publish says what is wrong, and records nothing', async (_, make, words) => {
    const { unhandled } = watchUnhandled();
    const { executor } = await openBus();
    const error = await refusal(() => executor.publish('c', make()));
    expect(error.code).toBe('SERIALIZATION_ERROR');
    expect(error.message).toContain(words);
    expect(executor.listChannels()).toEqual([]);
    expect(executor.state.unfinished.length).toBe(0);
    expect(unhandled).toEqual([]);
  });

  test.each(hostile)('%s: an agent’s publish is refused at the call, and the bus lives', async (_, make) => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({ config: { maxAttempts: 1 } });
    const codes: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'a',
        subscribe: 'in',
        publish: 'out',
        async process({ publish }) {
          codes.push((await refusal(() => publish('out', unknown(make())))).code);
          await publish('out', 'still here');
        },
      }),
      defineAgent({ name: 'b', subscribe: 'out', process: ({ payload }) => void codes.push(payload) }),
    ]);
    const report = await reported(0, executor.execute({ channel: 'in', payload: null }));
    expect(codes).toEqual(['SERIALIZATION_ERROR', 'still here']);
    expect(report.overallSuccess).toBe(true);
    expect(unhandled).toEqual([]);
  });

  const others: readonly [string, (executor: PubSubExecutor, value: unknown) => unknown][] = [
    ['createMessage', (_, value) => createMessage('a', value)],
    ['cache.insertValue', ({ cache }, value) => cache.insertValue('n', 'k', value)],
    ['cache.insertGlobalValue', ({ cache }, value) => cache.insertGlobalValue('n', 'k', value)],
    ['cache.appendGlobalValue', ({ cache }, value) => cache.appendGlobalValue('n', 'k', value)],
    ['a cache of its own', (_, value) => new Cache().insertValue('n', 'k', value)],
    ['tasks.addTask', ({ tasks }, value) => tasks.addTask('t', value, 1)],
    ['findAgentsForInput', (executor, value) => executor.findAgentsForInput(value)],
    ['execute', (executor, payload) => executor.execute({ channel: 'in', payload }).report],
  ];
  const losers = hostile.filter(([name]) => name !== 'undefined');
  test.each(others)('%s refuses each of them', async (name, work) => {
    const { executor } = await openBus();
    executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', process() {} }));
    const values = name === 'tasks.addTask' ? losers : hostile;
    for (const [what, make] of values) {
      const error = await refusal(() => work(executor, make()));
      expect(error.code, what).toBe('SERIALIZATION_ERROR');
    }
    expect(executor.cache.toJSON()).toEqual({});
    expect(executor.tasks.list()).toEqual([]);
  });
});

describe('what JSON keeps is kept', () => {
  const kept: readonly [string, unknown][] = [
    ['-0', -0],
    ['null', null],
    ['an empty text', ''],
    ['a lone surrogate', '\ud800'],
    ['control characters', '\u0000\u2028'],
    ['keys that mean something', JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":3}')],
    ['no prototype', Object.assign(Object.create(null), { a: 1 })],
    ['60 levels', nested(60)],
    ['5 MB of text', 'x'.repeat(5_000_000)],
    ['the largest and the smallest number', [Number.MAX_VALUE, Number.MIN_VALUE]],
  ];
  test.each(kept)('%s', async (_, payload) => {
    const { executor, reported } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload: came }) => void heard.push(came) }),
    );
    const report = await reported(0, executor.execute({ channel: 'in', payload }));
    expect(report.overallSuccess).toBe(true);
    expect(heard[0]).toEqual(payload);
    expect(Object.is(heard[0], -0)).toBe(Object.is(payload, -0));
  });

  test('what was published cannot be changed from outside afterwards', async () => {
    const { executor, reported } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    const mine = { list: [1] };
    await executor.publish('in', mine);
    mine.list.push(2);
    await reported(0, executor.execute({ resume: true }));
    expect(heard).toEqual([{ list: [1] }]);
  });
});

/** What a program without types could pass. */
function unknown(value: unknown): string {
  const carrier: { readonly value: string } = { value: '' };
  Object.assign(carrier, { value });
  return carrier.value;
}
