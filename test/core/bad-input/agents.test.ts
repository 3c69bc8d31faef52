import { AgentRegistry, defineAgent, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, realTurn, refusal, watchUnhandled } from '../../support/bus.js';

const good: PubSubAgent = {
  name: 'good',
  description: 'by hand',
  subscriptions: ['in'],
  publications: ['out'],
  processMessage() {},
};

describe('a definition that is none', () => {
  const process = (): void => {};
  const wrong: readonly [string, unknown, string][] = [
    ['nothing', undefined, 'agent'],
    ['no name', { subscribe: 'a', process }, 'agent.name'],
    ['an empty name', { name: '', subscribe: 'a', process }, 'agent.name'],
    ['a reserved name', { name: '__proto__', subscribe: 'a', process }, 'agent.name'],
    ['a name of 1,000 characters', { name: 'x'.repeat(1000), subscribe: 'a', process }, 'agent.name'],
    ['no subscription', { name: 'a', process }, 'agent.subscribe'],
    ['an empty channel', { name: 'a', subscribe: [''], process }, 'agent.subscriptions[0]'],
    ['a channel twice', { name: 'a', subscribe: ['b', 'b'], process }, 'agent.subscriptions[1]'],
    ['a reserved channel', { name: 'a', subscribe: 'constructor', process }, 'agent.subscriptions[0]'],
    [
      'a channel that is a number',
      { name: 'a', subscribe: 'b', publish: [5], process },
      'agent.publications[0]',
    ],
    ['no process', { name: 'a', subscribe: 'b' }, 'agent.process'],
    ['a process that is no function', { name: 'a', subscribe: 'b', process: 5 }, 'agent.process'],
    ['concurrency 0', { name: 'a', subscribe: 'b', process, concurrency: 0 }, 'agent.concurrency'],
    ['concurrency 1.5', { name: 'a', subscribe: 'b', process, concurrency: 1.5 }, 'agent.concurrency'],
    [
      'transactional that is a text',
      { name: 'a', subscribe: 'b', process, transactional: 'yes' },
      'agent.transactional',
    ],
    ['a timeout of 0', { name: 'a', subscribe: 'b', process, timeoutSeconds: 0 }, 'agent.timeoutSeconds'],
    ['a misspelt field', { name: 'a', subscribes: 'b', process }, 'agent.subscribes'],
    [
      'two schemas for one channel',
      { name: 'a', subscribe: { b: true }, inputSchema: true, process },
      'agent.inputSchema',
    ],
  ];
  test.each(wrong)('%s', async (_, definition, field) => {
    const error = await refusal(() => Reflect.apply(defineAgent, undefined, [definition]));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toContain(field);
    expect(error.message).toContain('expected');
  });
});

describe('an agent made by hand that is none', () => {
  const wrong: readonly [string, object][] = [
    ['no description', { description: undefined }],
    ['subscriptions that are a text', { subscriptions: 'in' }],
    ['no publications', { publications: undefined }],
    ['no processMessage', { processMessage: undefined }],
    ['validateInput that is no function', { validateInput: true }],
    ['a schema that is a text', { inputSchema: 'string' }],
    ['a schema that does not compile', { inputSchema: { type: 'strange' } }],
    ['a pattern that does not compile', { outputSchema: { type: 'string', pattern: '(' } }],
    ['a reference to nowhere', { outputSchema: { $ref: '#/$defs/missing' } }],
  ];
  test.each(wrong)('%s is refused, and nothing of it stays', async (_, change) => {
    const { executor, events } = await openBus();
    const before = events.length;
    expect(await refusal(() => executor.registerAgent({ ...good, ...change }))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    expect(executor.listAgents()).toEqual([]);
    expect(executor.listChannels()).toEqual([]);
    expect(events).toHaveLength(before);
    executor.registerAgent(good);
    expect(executor.listAgents()).toMatchObject([
      { name: 'good', description: 'by hand', subscriptions: ['in'] },
    ]);
  });
});

describe('names in use and names unknown', () => {
  test('an agent twice: the first stays', async () => {
    const { executor } = await openBus();
    executor.registerAgent(good);
    const error = await refusal(() => executor.registerAgent({ ...good, description: 'second' }));
    expect(error).toMatchObject({ code: 'AGENT_ALREADY_REGISTERED', details: { name: 'good' } });
    expect(executor.listAgents()).toMatchObject([{ description: 'by hand' }]);
  });

  test('a registry: duplicates, unknown names, factories that are none or make none', async () => {
    const registry = new AgentRegistry();
    registry.register('good', () => good);
    expect(await refusal(() => registry.register('good', () => good))).toMatchObject({
      code: 'AGENT_ALREADY_REGISTERED',
    });
    expect(await refusal(() => registry.create('bad'))).toMatchObject({ code: 'AGENT_NOT_FOUND' });
    expect(await refusal(() => registry.register('', () => good))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    expect(await refusal(() => Reflect.apply(registry.register, registry, ['x', good]))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    registry.register('broken', () => JSON.parse('{}'));
    expect(await refusal(() => registry.create('broken'))).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(registry.list()).toEqual(['good', 'broken']);
  });

  test.each([['unregisterAgent'], ['registerFromGlobal']] as const)('%s of a stranger', async (method) => {
    const { executor } = await openBus();
    expect(await refusal(() => executor[method]('stranger'))).toMatchObject({ code: 'AGENT_NOT_FOUND' });
  });
});

describe('whatever an agent throws', () => {
  const thrown: readonly [string, () => unknown, string][] = [
    ['a text', () => 'plain text', 'plain text'],
    ['undefined', () => undefined, 'undefined'],
    ['null', () => null, 'null'],
    ['a number', () => 7, '7'],
    ['a frozen object', () => Object.freeze({ message: 'frozen' }), 'frozen'],
    ['an object without prototype', () => Object.create(null), 'cannot be described'],
    [
      'a Proxy that throws at everything',
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error('trap');
            },
            getPrototypeOf() {
              throw new Error('trap');
            },
            has() {
              throw new Error('trap');
            },
          },
        ),
      'cannot be described',
    ],
  ];
  test.each(thrown)('%s becomes a PubSubError, and the others carry on', async (_, make, words) => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({
      config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
    });
    const heard: unknown[] = [];
    for (const [name, asynchronous] of [
      ['sync', false],
      ['async', true],
    ] as const) {
      executor.registerAgent({
        ...good,
        name,
        processMessage: () => {
          if (asynchronous) return Promise.reject(make());
          throw make();
        },
      });
    }
    executor.registerAgent({
      ...good,
      name: 'healthy',
      processMessage: ({ payload }) => void heard.push(payload),
    });
    const report = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    await realTurn();
    expect(report).toMatchObject({ status: 'failed', counts: { failed: 2, succeeded: 1, retried: 2 } });
    for (const { finalError } of report.agentOutcomes.filter(({ success }) => !success)) {
      expect(finalError?.code).toBe('EXECUTION_ERROR');
      expect(finalError?.message).toContain(words);
    }
    expect(heard).toEqual([1]);
    expect(unhandled).toEqual([]);
  });
});

describe('agents that do not end', () => {
  test('one that never settles is ended by the timeout, which is recorded, and its slot is free again', async () => {
    const { executor, runtime, reported } = await openBus({ config: { timeoutSeconds: 5 } });
    let hang = true;
    executor.registerAgent({ ...good, processMessage: () => (hang ? new Promise(() => {}) : undefined) });
    const report = await reported(5000, executor.execute({ channel: 'in', payload: 1 }));
    expect(report).toMatchObject({ status: 'timed-out', error: { code: 'TIMEOUT_EXCEEDED' } });
    expect(report.agentOutcomes).toMatchObject([
      { success: false, finalError: { code: 'TIMEOUT_EXCEEDED' } },
    ]);
    hang = false;
    const next = executor.execute({ channel: 'in', payload: 2 });
    await runtime.runUntilIdle();
    expect(await next.report).toMatchObject({ status: 'completed', counts: { succeeded: 1 } });
  });

  test('one that publishes for ever is ended by the timeout', async () => {
    const { executor, reported } = await openBus({ config: { timeoutSeconds: 5 } });
    let last: unknown;
    executor.registerAgent({
      ...good,
      async processMessage({ publish }) {
        try {
          for (;;) await publish('out', 'more');
        } catch (thrown) {
          last = thrown;
          throw thrown;
        }
      },
    });
    const report = await reported(5000, executor.execute({ channel: 'in', payload: 1 }));
    await realTurn();
    expect(report.status).toBe('timed-out');
    expect(last).toMatchObject({ code: 'CANCELLED' });
  });

  test('two that publish to each other for ever are ended by stop', async () => {
    const { executor } = await openBus();
    executor.registerAgents([
      { ...good, name: 'ping', publications: ['back'], processMessage: ({ publish }) => publish('back', 1) },
      {
        ...good,
        name: 'pong',
        subscriptions: ['back'],
        publications: ['in'],
        processMessage: ({ publish }) => publish('in', 1),
      },
    ]);
    const run = executor.execute({ channel: 'in', payload: 1 });
    await realTurn();
    await executor.stop();
    expect((await run.report).counts.succeeded).toBeGreaterThan(0);
  });
});
