import { defineAgent, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { createTestRuntime } from 'dagger-agents/testing';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, realTurn, refusal, watchUnhandled } from '../../support/bus.js';

const byHand: PubSubAgent = {
  name: 'hostile',
  description: '',
  subscriptions: ['in'],
  publications: ['out'],
  processMessage() {},
};

function trap(): never {
  throw new Error('trapped');
}

function throwing(message: string): never {
  throw new Error(message);
}

/** Throws at whatever is done with it. */
const poisoned = (target: object = {}): object =>
  new Proxy(target, {
    get: trap,
    has: trap,
    ownKeys: trap,
    getPrototypeOf: trap,
    getOwnPropertyDescriptor: trap,
  });

/** An object that `await` takes for a promise. */
function thenable(
  then: (settle: (value: unknown) => void, refuse: (reason: unknown) => void) => void,
): object {
  return { then };
}

describe('whatever an agent returns', () => {
  const returned: [string, () => unknown][] = [
    ['a Proxy that throws at everything', () => poisoned()],
    ['a promise of such a Proxy', () => thenable((settle) => settle(poisoned()))],
    ['an object whose `then` cannot be read', () => Object.defineProperty({}, 'then', { get: trap })],
    ['a thenable that throws', () => thenable(trap)],
    ['a thenable that refuses', () => thenable((_, refuse) => refuse('refused'))],
    ['an iterator whose next throws', () => ({ [Symbol.iterator]: () => ({ next: trap }), next: trap })],
    ['an async iterator that cannot be made', () => ({ [Symbol.asyncIterator]: trap })],
    ['a function', () => () => {}],
    ['a symbol', () => Symbol('s')],
    ['a BigInt', () => 5n],
    [
      'a circular object',
      () => {
        const loop: { self?: object } = {};
        loop.self = loop;
        return loop;
      },
    ],
    ['a list of hostile things', () => [poisoned()]],
    [
      'a generator that yields one',
      function* () {
        yield poisoned();
      },
    ],
  ];
  test.each(returned)('%s fails that attempt, and the executor lives', async (_, make) => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({ config: { maxAttempts: 1 } });
    let hostile = true;
    executor.registerAgent({ ...byHand, processMessage: () => (hostile ? make() : undefined) });
    const report = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(report).toMatchObject({ status: 'failed', counts: { failed: 1 } });
    expect(report.error?.message.length).toBeGreaterThan(3);
    hostile = false;
    expect(await reported(0, executor.execute({ channel: 'in', payload: 2 }))).toMatchObject({
      status: 'completed',
    });
    await realTurn();
    expect(unhandled).toEqual([]);
  });

  test('a thenable that settles twice settles once', async () => {
    const { executor, reported } = await openBus();
    executor.registerAgent({
      ...byHand,
      processMessage: () =>
        thenable((settle, refuse) => {
          settle('once');
          settle('twice');
          refuse(new Error('no'));
        }),
    });
    expect(await reported(0, executor.execute({ channel: 'in', payload: 1 }))).toMatchObject({
      status: 'completed',
      counts: { published: 2, succeeded: 1 },
    });
  });
});

describe('agents that leave promises lying about', () => {
  test('questions nobody waits for bring nothing down, however the run ends', async () => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({ config: { maxAttempts: 1, humanWaitMinutes: 1 } });
    executor.registerAgent({
      ...byHand,
      async processMessage({ human, payload }) {
        void human.ask({ question: 'anybody?' });
        void human.ask({ question: '' });
        if (payload === 'fail') throw new Error('anyway');
        if (payload === 'hang') await new Promise(() => {});
      },
    });
    for (const payload of ['succeed', 'fail'])
      await reported(0, executor.execute({ channel: 'in', payload }));
    const run = executor.execute({ channel: 'in', payload: 'hang' });
    await reported(1000, executor.execute({ channel: 'in', payload: 'behind it' }, { timeoutSeconds: 1 }));
    run.cancel();
    await reported(120_000, run);
    await realTurn();
    expect(unhandled).toEqual([]);
    expect(executor.humans.pending()).toEqual([]);
  });

  test('publishes nobody waits for are waited for, refused ones fail the attempt', async () => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent({
      ...byHand,
      processMessage({ publish, payload }) {
        void publish('out', 1);
        if (payload === 'bad') void publish('out', JSON.parse('[1e999]'));
      },
    });
    expect((await reported(0, executor.execute({ channel: 'in', payload: 'good' }))).counts.published).toBe(
      2,
    );
    const report = await reported(0, executor.execute({ channel: 'in', payload: 'bad' }));
    expect(report.error?.code).toBe('SERIALIZATION_ERROR');
    await realTurn();
    expect(unhandled).toEqual([]);
  });

  test('an attempt that rejects long after its run has ended is heard by nobody', async () => {
    const { unhandled } = watchUnhandled();
    const { executor, runtime } = await openBus();
    const gate = deferred();
    executor.registerAgent({ ...byHand, processMessage: () => gate.promise });
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    run.cancel();
    await run.report;
    gate.reject(new Error('late'));
    await realTurn();
    expect(unhandled).toEqual([]);
    expect(executor.state.runs.get(run.id)?.status).toBe('cancelled');
  });
});

describe('agents and factories that cannot be read', () => {
  const unreadable: [string, () => unknown][] = [
    ['an agent', () => poisoned()],
    ['a getter', () => Object.defineProperty({ ...byHand }, 'concurrency', { get: trap })],
    ['a factory', () => trap],
    ['a factory of a poisoned agent', () => () => poisoned()],
  ];
  test.each(unreadable)('%s that throws is refused, and nothing of it stays', async (_, make) => {
    const { executor } = await openBus();
    const error = await refusal(() => Reflect.apply(executor.registerAgent, executor, [make()]));
    expect(error.message).toContain('trapped');
    expect(executor.listAgents()).toEqual([]);
    expect(executor.listChannels()).toEqual([]);
  });
});

function throwUndefined(): never {
  // biome-ignore lint/style/useThrowOnlyError: that is what is tested
  throw undefined;
}

describe('listeners and loggers', () => {
  const listeners: [string, () => unknown][] = [
    ['throws', trap],
    ['throws undefined', () => void throwUndefined()],
    ['rejects later', async () => trap()],
    ['never settles', () => new Promise(() => {})],
    ['answers a thenable that throws', () => thenable(trap)],
  ];
  test.each(listeners)('a listener that %s does not disturb the run', async (_, listener) => {
    const { unhandled } = watchUnhandled();
    const { executor, events, reported } = await openBus({ logger: { warn: () => {} } });
    executor.subscribe(listener);
    executor.registerAgent(byHand);
    expect((await reported(0, executor.execute({ channel: 'in', payload: 1 }))).status).toBe('completed');
    await realTurn();
    expect(events.at(-1)?.type).toBe('run.ended');
    expect(unhandled).toEqual([]);
  });

  test('a listener may close the executor, publish, or leave, in mid-run', async () => {
    const { executor, runtime, reported } = await openBus();
    let calls = 0;
    const leave = executor.subscribe(() => {
      calls++;
      leave();
    });
    executor.subscribe(({ type }) => {
      if (type === 'delivery.succeeded') void executor.publish('echo', 1);
    });
    executor.registerAgent(byHand);
    await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    executor.subscribe(() => void executor.close());
    executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    expect(calls).toBe(1);
    expect((await refusal(() => executor.publish('in', 1))).code).toBe('EXECUTOR_CLOSED');
  });

  test.each(listeners)('a logger that %s does not either', async (_, log) => {
    const { unhandled } = watchUnhandled();
    const { executor, reported } = await openBus({ logger: { warn: log, info: log } });
    executor.subscribe(trap);
    executor.registerAgent(byHand);
    expect((await reported(0, executor.execute({ channel: 'in', payload: 1 }))).status).toBe('completed');
    await realTurn();
    expect(unhandled).toEqual([]);
  });
});

describe('schemas', () => {
  test('one that does not compile is refused when its agent is registered, naming it', async () => {
    const { executor } = await openBus();
    const agent = { ...byHand, inputSchema: { type: 'strnig' } };
    const error = await refusal(() => Reflect.apply(executor.registerAgent, executor, [agent]));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toMatch(/agent "hostile", input schema/);
    expect(executor.listAgents()).toEqual([]);
  });

  const noSchemas: [string, () => unknown][] = [
    ['a number', () => 5],
    ['a text', () => 'string'],
    ['a list', () => []],
    ['null', () => null],
    ['a function', () => () => {}],
    ['a Proxy that throws', () => poisoned()],
  ];
  test.each(noSchemas)('%s is no schema', async (_, make) => {
    const { executor } = await openBus();
    const agent = { ...byHand, outputSchema: make() };
    const error = await refusal(() => Reflect.apply(executor.registerAgent, executor, [agent]));
    expect(error.code).toBe('VALIDATION_ERROR');
  });

  test('a Standard Schema that throws, rejects or answers nonsense fails the payload, not the executor', async () => {
    const { unhandled } = watchUnhandled();
    const answers = [trap, async () => trap(), () => undefined, () => ({ issues: 'none' }), () => poisoned()];
    for (const validate of answers) {
      const { executor } = await openBus();
      const inputSchema = { '~standard': { version: 1, vendor: 'test', validate } };
      Reflect.apply(executor.registerAgent, executor, [{ ...byHand, inputSchema }]);
      expect((await refusal(() => executor.publish('in', 1))).code).toBe('VALIDATION_ERROR');
      expect(executor.findAgentsForInput(1)).toEqual([]);
    }
    await realTurn();
    expect(unhandled).toEqual([]);
  });

  test('a validator of one’s own that throws while checking does the same', async () => {
    const runtime = createTestRuntime();
    const validator = { name: 'broken', compile: () => () => throwing('the validator broke') };
    const executor = await PubSubExecutor.open({ validator, runtime, config: { maxAttempts: 1 } });
    executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', inputSchema: true, process: () => {} }));
    expect((await refusal(() => executor.publish('in', 1))).message).toContain('the validator broke');
    await executor.close();
  });
});
