import { AgentRegistry, defineAgent, globalRegistry, type JsonValue, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, refusal } from '../../support/bus.js';

const echo = (name: string, subscribe = 'in'): PubSubAgent =>
  defineAgent({ name, subscribe, publish: 'out', process: ({ payload }) => payload });

describe('AgentRegistry', () => {
  test('register, has, list, create, unregister', () => {
    const registry = new AgentRegistry();
    registry.register('b', () => echo('b'));
    registry.register('a', () => echo('a'));
    expect(registry.list()).toEqual(['b', 'a']);
    expect([registry.has('a'), registry.has('c')]).toEqual([true, false]);
    expect(registry.create('a').name).toBe('a');
    expect(registry.create('a')).not.toBe(registry.create('a'));
    expect([registry.unregister('a'), registry.unregister('a')]).toEqual([true, false]);
    expect(registry.list()).toEqual(['b']);
  });

  test('refuses a name in use, an unknown one, and a factory that makes no agent', async () => {
    const registry = new AgentRegistry();
    registry.register('a', () => echo('a'));
    expect((await refusal(() => registry.register('a', () => echo('a')))).code).toBe(
      'AGENT_ALREADY_REGISTERED',
    );
    const unknown = await refusal(() => registry.create('z'));
    expect(unknown).toMatchObject({ code: 'AGENT_NOT_FOUND', details: { known: ['a'] } });
    registry.register('bad', () => Reflect.get({}, 'nothing'));
    expect((await refusal(() => registry.create('bad'))).code).toBe('VALIDATION_ERROR');
    registry.register('throwing', () => {
      throw new Error('no database');
    });
    expect((await refusal(() => registry.create('throwing'))).message).toContain('no database');
  });

  test('globalRegistry is shared, and registerFromGlobal takes from it', async () => {
    const { executor } = await openBus();
    globalRegistry.register('from global', () => echo('from global'));
    try {
      expect(executor.registerFromGlobal('from global').name).toBe('from global');
      expect((await refusal(() => executor.registerFromGlobal('other'))).code).toBe('AGENT_NOT_FOUND');
    } finally {
      globalRegistry.unregister('from global');
    }
    expect(executor.listAgents().map(({ name }) => name)).toEqual(['from global']);
  });
});

describe('registerAgent', () => {
  test('of a list, the one at fault is named by its place and its name', async () => {
    const { executor } = await openBus();
    const agents: readonly unknown[] = [
      echo('a'),
      { ...echo('b'), concurrency: 0 },
      undefined,
      () => 7,
      echo('a'),
      {
        get name() {
          throw new Error('not now');
        },
      },
    ];
    const faults: readonly (readonly [number, string, string])[] = [
      [1, 'VALIDATION_ERROR', 'agents[0] ("b"): agent.concurrency: expected'],
      [2, 'VALIDATION_ERROR', 'agents[0]: agent: expected an agent, got undefined'],
      [3, 'VALIDATION_ERROR', 'agents[0]: agent: expected an agent, got 7'],
      [5, 'EXECUTION_ERROR', 'agents[0]: agent: could not be made: not now'],
    ];
    for (const [index, code, message] of faults) {
      const error = await refusal(() =>
        Reflect.apply(executor.registerAgents, executor, [agents.slice(index, index + 1)]),
      );
      expect(error).toMatchObject({ code, details: { index: 0 } });
      expect(error.message).toContain(message);
    }
    const second = await refusal(() => executor.registerAgents([echo('a'), echo('b'), echo('a')]));
    expect(second).toMatchObject({ code: 'AGENT_ALREADY_REGISTERED', details: { index: 2, name: 'a' } });
    expect(second.message).toBe('agents[2] ("a"): there is an agent "a" already');
    expect(executor.listAgents().map(({ name }) => name)).toEqual(['a', 'b']);
    await executor.close();
    const closed = await refusal(() => executor.registerAgents([echo('c')]));
    expect(closed).toMatchObject({ code: 'EXECUTOR_CLOSED', message: 'the executor has been closed' });
  });

  test('a factory that answers with a promise is told so', async () => {
    const { executor } = await openBus();
    const later = async (): Promise<PubSubAgent> => echo('later');
    const error = await refusal(() => Reflect.apply(executor.registerAgent, executor, [later]));
    expect(error.message).toBe('agent: expected an agent, got a promise (is an await missing?)');
    const listed = await refusal(() => Reflect.apply(executor.registerAgents, executor, [[later]]));
    expect(listed.message).toBe('agents[0]: agent: expected an agent, got a promise (is an await missing?)');
  });

  test('a bad schema among several is named by its channel', async () => {
    const { executor } = await openBus();
    const bad = { type: 'objekt' };
    const agent = (subscribe: object, publish: object): unknown =>
      Reflect.apply(defineAgent, undefined, [{ name: 'a', subscribe, publish, process: () => undefined }]);
    const register = (each: unknown) =>
      refusal(() => Reflect.apply(executor.registerAgent, executor, [each]));
    expect((await register(agent({ in: { type: 'string' }, pages: bad }, {}))).message).toContain(
      'agent "a", input schema of channel "pages": schema/type',
    );
    expect((await register(agent({ in: { type: 'string' } }, { out: null }))).message).toContain(
      'agent "a", output schema of channel "out": ',
    );
    const shared = { name: 'a', subscribe: 'in', inputSchema: bad, process: () => undefined };
    expect((await register(Reflect.apply(defineAgent, undefined, [shared]))).message).toContain(
      'agent "a", input schema: schema/type',
    );
  });

  test('takes an agent or a factory and answers its metadata', async () => {
    const { executor } = await openBus();
    let made = 0;
    const metadata = executor.registerAgent(() => {
      made++;
      return echo('made');
    });
    expect(made).toBe(1);
    expect(metadata).toMatchObject({
      name: 'made',
      subscriptions: ['in'],
      publications: ['out'],
      concurrency: 1,
      transactional: false,
    });
    expect(executor.registerAgents([echo('a'), () => echo('b')]).map(({ name }) => name)).toEqual(['a', 'b']);
  });

  test('listAgents shows metadata with schemas, in order, as plain JSON', async () => {
    const { executor } = await openBus();
    executor.registerAgent(
      defineAgent({
        name: 'reader',
        description: 'Reads pages',
        subscribe: { pages: { type: 'string' }, images: true },
        publish: ['facts', 'log'],
        outputSchema: { type: 'object' },
        concurrency: Number.POSITIVE_INFINITY,
        transactional: true,
        process: () => {},
      }),
    );
    const listed = executor.listAgents();
    expect(listed).toEqual([
      {
        name: 'reader',
        description: 'Reads pages',
        subscriptions: ['pages', 'images'],
        publications: ['facts', 'log'],
        inputSchemas: { pages: { type: 'string' }, images: true },
        outputSchemas: { facts: { type: 'object' }, log: { type: 'object' } },
        inputSchema: null,
        outputSchema: { type: 'object' },
        concurrency: Number.MAX_SAFE_INTEGER,
        transactional: true,
      },
    ]);
    expect(JSON.parse(JSON.stringify(listed))).toEqual(listed);
  });

  test('the schema of an agent with one channel, or of all its channels, is found without naming one', async () => {
    const { executor } = await openBus();
    const url = { type: 'string' } as const;
    executor.registerAgents([
      defineAgent({ name: 'one', subscribe: 'pages', inputSchema: url, process: () => {} }),
      defineAgent({ name: 'map', subscribe: { pages: url }, process: () => {} }),
      defineAgent({ name: 'two', subscribe: ['pages', 'images'], inputSchema: url, process: () => {} }),
      defineAgent({ name: 'none', subscribe: 'pages', process: () => {} }),
    ]);
    expect(executor.listAgents().map(({ inputSchema }) => inputSchema)).toEqual([url, url, url, null]);
    expect(executor.findAgentsForInput('x')).toEqual(executor.listAgents());
    const added = executor.registerAgent(() => echo('added'));
    expect(executor.listAgents().at(-1)).toEqual(added);
    expect(executor.state.agents.get('one')).not.toHaveProperty('inputSchema');
  });

  test('a name in use is refused, and the agent that has it stays', async () => {
    const { executor } = await openBus();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    expect((await refusal(() => executor.registerAgent(echo('a')))).code).toBe('AGENT_ALREADY_REGISTERED');
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(heard).toEqual([1]);
  });

  test('registerAgents: those before a bad one stay', async () => {
    const { executor } = await openBus();
    await refusal(() => executor.registerAgents([echo('a'), echo('a'), echo('b')]));
    expect(executor.listAgents().map(({ name }) => name)).toEqual(['a']);
  });
});

describe('findAgentsForInput', () => {
  test('lists those of which at least one input takes the payload', async () => {
    const { executor } = await openBus();
    executor.registerAgents([
      defineAgent({ name: 'words', subscribe: 'in', inputSchema: { type: 'string' }, process: () => {} }),
      defineAgent({
        name: 'both',
        subscribe: { a: { type: 'string' }, b: { type: 'number' } },
        process: () => {},
      }),
      defineAgent({ name: 'any', subscribe: 'in', process: () => {} }),
    ]);
    const found = (payload: unknown) => executor.findAgentsForInput(payload).map(({ name }) => name);
    expect(found('text')).toEqual(['words', 'both', 'any']);
    expect(found(5)).toEqual(['both', 'any']);
    expect(found({})).toEqual(['any']);
    expect((await refusal(() => executor.findAgentsForInput(5n))).code).toBe('SERIALIZATION_ERROR');
  });
});

describe('between two runs', () => {
  test('what waits for its retry when the agent goes is listed, and waits for one that listens there', async () => {
    const { executor, runtime } = await openBus({
      config: { retryStrategy: { type: 'linear', delaySecs: 10 } },
    });
    const heard: unknown[] = [];
    const agent = (subscribe: string, fails: boolean) =>
      defineAgent({
        name: 'a',
        subscribe,
        process({ payload, channel }) {
          if (fails) throw new Error('not yet');
          heard.push([channel, payload]);
        },
      });
    executor.registerAgent(agent('x', true));
    executor.execute();
    await executor.publish('x', 'for x');
    await runtime.runUntilIdle();
    const stopped = executor.stop();
    await runtime.advance(2_000);
    await stopped;
    executor.unregisterAgent('a');
    const undelivered = [{ agent: 'a', channel: 'x', count: 1, oldest: 'for x' }];
    expect(executor.listUndelivered()).toEqual(undelivered);
    executor.registerAgent(agent('y', false));
    const run = executor.execute({ resume: true });
    await runtime.advance(60_000);
    expect((await run.report).status).toBe('paused');
    expect(heard).toEqual([]);
    expect(executor.listUndelivered()).toEqual(undelivered);
    executor.unregisterAgent('a');
    executor.registerAgent(agent('x', false));
    const resumed = executor.execute({ resume: true });
    await runtime.advance(60_000);
    expect((await resumed.report).status).toBe('completed');
    expect(heard).toEqual([['x', 'for x']]);
  });
});

describe('during a run', () => {
  test('a new agent hears what is published from then on', async () => {
    const { executor, runtime } = await openBus();
    const heard: JsonValue[] = [];
    executor.execute();
    await executor.publish('in', 1);
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    await executor.publish('in', 2);
    await runtime.runUntilIdle();
    expect(heard).toEqual([2]);
  });

  test('an agent may register another, which takes the messages that follow', async () => {
    const { executor } = await openBus();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'founder',
        subscribe: 'in',
        publish: 'work',
        async process({ publish }) {
          executor.registerAgent(
            defineAgent({ name: 'worker', subscribe: 'work', process: (c) => void heard.push(c.payload) }),
          );
          await publish('work', 'first job');
        },
      }),
    );
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(heard).toEqual(['first job']);
    expect(report.counts.unheard).toBe(0);
  });

  test('an agent that goes finishes what it is doing; what waits is listed and waits for its return', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const heard: string[] = [];
    const agent = (version: string) =>
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process({ payload }) {
          heard.push(`${version} starts ${payload}`);
          await gate.promise;
          heard.push(`${version} ends ${payload}`);
        },
      });
    executor.registerAgent(agent('old'));
    executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    await runtime.runUntilIdle();
    executor.unregisterAgent('a');
    expect(executor.listAgents()).toEqual([]);
    expect(executor.listUndelivered()).toEqual([{ agent: 'a', channel: 'in', count: 2, oldest: 2 }]);
    gate.resolve();
    await executor.idle();
    expect(heard).toEqual(['old starts 1', 'old ends 1']);
    executor.registerAgent(agent('new'));
    await executor.idle();
    expect(heard.slice(2)).toEqual(['new starts 2', 'new ends 2', 'new starts 3', 'new ends 3']);
    expect(executor.listUndelivered()).toEqual([]);
  });

  test('what an agent that is gone fails to do is not lost: it waits for its return', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process() {
          await gate.promise;
          throw new Error('failed after it was unregistered');
        },
      }),
    );
    executor.execute();
    await executor.publish('in', 'precious');
    await runtime.runUntilIdle();
    executor.unregisterAgent('a');
    gate.resolve();
    await runtime.advance(100_000);
    expect(executor.listUndelivered()).toEqual([{ agent: 'a', channel: 'in', count: 1, oldest: 'precious' }]);
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    await runtime.runUntilIdle();
    expect(heard).toEqual(['precious']);
  });

  test('what the old agent fails to do after the new one came goes to the new one', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        async process() {
          await gate.promise;
          throw new Error('too late for me');
        },
      }),
    );
    executor.execute();
    await executor.publish('in', 'handed over');
    await runtime.runUntilIdle();
    executor.unregisterAgent('a');
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    gate.resolve();
    await runtime.runUntilIdle();
    expect(heard).toEqual(['handed over']);
  });

  test('what waits for its retry when the agent goes is taken up by the next one of its name', async () => {
    const { executor, runtime } = await openBus();
    const seen: [string, number][] = [];
    const agent = (version: string, fails: boolean) =>
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ attempt }) {
          seen.push([version, attempt]);
          if (fails) throw new Error('again');
        },
      });
    executor.registerAgent(agent('old', true));
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.unregisterAgent('a');
    executor.registerAgent(agent('new', false));
    expect(await executor.execute({ resume: true }).report).toMatchObject({ status: 'completed' });
    expect((await run.report).status).toBe('paused');
    expect(seen).toEqual([
      ['old', 1],
      ['new', 2],
    ]);
  });

  test('a run that has nothing left but mail of agents that are gone ends', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(echo('a'));
    executor.registerAgent(echo('b', 'elsewhere'));
    await executor.pause();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.unregisterAgent('a');
    executor.resume();
    expect(await run.report).toMatchObject({ status: 'paused', overallSuccess: false });
    expect(executor.listUndelivered()).toMatchObject([{ agent: 'a', count: 1 }]);
    executor.registerAgent(echo('a'));
    expect(await executor.execute({ resume: true }).report).toMatchObject({ counts: { succeeded: 1 } });
  });

  test('unregisterAgent refuses a name it does not know', async () => {
    const { executor } = await openBus();
    expect((await refusal(() => executor.unregisterAgent('nobody'))).code).toBe('AGENT_NOT_FOUND');
  });
});
