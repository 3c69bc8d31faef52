import {
  Cache,
  createMessage,
  defineAgent,
  loadCacheFromJson,
  PubSubExecutor,
  parseInputFromName,
  serializeCacheToJson,
  serializeCacheToPrettyJson,
} from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

describe('values of nodes and global values', () => {
  test('are read as they were written, each in its own place', () => {
    const cache = new Cache();
    cache.insertValue('reader', 'facts', ['a']);
    cache.insertValue('writer', 'facts', { b: 1 });
    cache.insertGlobalValue('reader', 'facts', 'global');
    expect(cache.getInput('reader', 'facts')).toEqual(['a']);
    expect(cache.getInput('writer', 'facts')).toEqual({ b: 1 });
    expect(cache.getGlobalInput('reader', 'facts')).toBe('global');
    expect(cache.getInput('reader', 'other')).toBeUndefined();
    expect(cache.getGlobalInput('nobody', 'facts')).toBeUndefined();
  });

  test('a later change by who wrote it does not reach the cache', () => {
    const cache = new Cache();
    const mine = { list: [1] };
    cache.insertValue('n', 'k', mine);
    mine.list.push(2);
    expect(cache.getInput('n', 'k')).toEqual({ list: [1] });
  });

  test('keys that mean something to plain objects are plain data', () => {
    const cache = new Cache();
    for (const key of ['__proto__', 'constructor', 'toString']) cache.insertValue(key, key, { own: key });
    for (const key of ['__proto__', 'constructor', 'toString']) {
      expect(cache.getInput(key, key)).toEqual({ own: key });
    }
    const again = loadCacheFromJson(serializeCacheToJson(cache));
    expect(again.getInput('__proto__', '__proto__')).toEqual({ own: '__proto__' });
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('appendGlobalValue', () => {
  test('makes the list, then adds to its end', () => {
    const cache = new Cache();
    for (const item of ['a', 'b', 'c']) cache.appendGlobalValue('run', 'log', item);
    expect(cache.getGlobalInput('run', 'log')).toEqual(['a', 'b', 'c']);
  });

  test('goes on a list that was inserted, and leaves a list read before as it was', () => {
    const cache = new Cache();
    cache.insertGlobalValue('run', 'log', [1]);
    cache.appendGlobalValue('run', 'log', 2);
    const before = cache.getGlobalInput('run', 'log');
    cache.appendGlobalValue('run', 'log', 3);
    expect(before).toEqual([1, 2]);
    expect(cache.getGlobalInput('run', 'log')).toEqual([1, 2, 3]);
  });

  test('refuses to append to what is no list, and loses nothing', async () => {
    const cache = new Cache();
    cache.insertGlobalValue('run', 'log', 'text');
    expect(await refusal(() => cache.appendGlobalValue('run', 'log', 1))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    expect(cache.getGlobalInput('run', 'log')).toBe('text');
  });
});

describe('as JSON', () => {
  test('there and back, -0 included', () => {
    const cache = new Cache();
    cache.insertValue('n', 'k', { zero: -0, text: 'ä' });
    cache.appendGlobalValue('g', 'l', 1);
    const text = serializeCacheToJson(cache);
    const back = loadCacheFromJson(text);
    expect(serializeCacheToJson(back)).toBe(text);
    expect(back.getInput('n', 'k')).toEqual({ zero: -0, text: 'ä' });
    expect(back.getGlobalInput('g', 'l')).toEqual([1]);
  });

  test('pretty JSON is the same, indented', () => {
    const cache = new Cache();
    cache.insertValue('n', 'k', 1);
    expect(serializeCacheToPrettyJson(cache)).toBe('{\n  "n": {\n    "k": 1\n  }\n}');
  });

  test('pretty JSON is what JSON.stringify makes of it, and keeps -0 as well', () => {
    const cache = new Cache();
    cache.insertValue('n', 'lists', [1, [], [{ a: 'é"' }], {}, null, true]);
    cache.insertGlobalValue('g', '__proto__', { __proto__: null, b: { c: 0.5 } });
    expect(serializeCacheToPrettyJson(cache)).toBe(JSON.stringify(cache, null, 2));
    cache.insertGlobalValue('g', 'zero', [-0]);
    const again = loadCacheFromJson(serializeCacheToPrettyJson(cache));
    expect(again.getGlobalInput('g', 'zero')).toEqual([-0]);
    expect(serializeCacheToJson(again)).toBe(serializeCacheToJson(cache));
  });

  test.each([['not json'], ['[1]'], ['{"n": 1}'], ['null']])('%s is refused', async (text) => {
    expect(await refusal(() => loadCacheFromJson(text))).toMatchObject({ code: 'SERIALIZATION_ERROR' });
  });

  test('open({ cache }) begins with its entries', async () => {
    const executor = await PubSubExecutor.open({
      cache: loadCacheFromJson('{"n":{"k":[1]},"global:g":{"l":[2]}}'),
    });
    expect(executor.cache.getInput('n', 'k')).toEqual([1]);
    executor.cache.appendGlobalValue('g', 'l', 3);
    expect(executor.cache.getGlobalInput('g', 'l')).toEqual([2, 3]);
    await executor.close();
  });
});

describe('parseInputFromName', () => {
  const cache = new Cache();
  cache.insertValue('node1', 'output', 42);
  cache.insertValue('v1.2', 'a.b', 'dots');
  cache.insertGlobalValue('run', 'log', ['x']);

  test('a name that is a reference', () => {
    expect(parseInputFromName(cache, 'node1.output', [])).toBe(42);
    expect(parseInputFromName(cache, 'node1.output')).toBe(42);
    expect(parseInputFromName(cache, 'node1.nothing')).toBeUndefined();
  });

  test('node ids and keys may hold dots; global values have their prefix', () => {
    expect(parseInputFromName(cache, 'v1.2.a.b')).toBe('dots');
    expect(parseInputFromName(cache, 'global:run.log')).toEqual(['x']);
  });

  test('a name that inputs explain', () => {
    expect(parseInputFromName(cache, 'text', [{ name: 'text', reference: 'node1.output' }])).toBe(42);
    expect(parseInputFromName(cache, 'text', { text: 'node1.output' })).toBe(42);
  });

  test('a name that is neither is refused', async () => {
    expect(await refusal(() => parseInputFromName(cache, 'nowhere', []))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
    expect(await refusal(() => parseInputFromName(cache, '', []))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });
});

test('agents and the application share one cache', async () => {
  const { executor, reported } = await openBus();
  executor.cache.insertValue('app', 'greeting', 'hello');
  executor.registerAgent(
    defineAgent({
      name: 'reader',
      subscribe: 'in',
      process({ cache, nodeId }) {
        cache.insertValue(nodeId, 'heard', cache.getInput('app', 'greeting'));
        cache.appendGlobalValue('all', 'nodes', nodeId);
      },
    }),
  );
  const report = await reported(0, executor.execute({ channel: 'in', payload: null }));
  const nodeId = report.agentOutcomes[0]?.nodeId ?? '';
  expect(executor.cache.getInput(nodeId, 'heard')).toBe('hello');
  expect(executor.cache.getGlobalInput('all', 'nodes')).toEqual([nodeId]);
});

test('an agent with the longest name may use its node id for whatever ids are for', async () => {
  const { executor, runtime } = await openBus();
  const name = 'n'.repeat(512);
  executor.registerAgent(
    defineAgent({
      name,
      subscribe: 'in',
      async process({ cache, nodeId, human }) {
        cache.insertValue(nodeId, 'answer', (await human.ask({ question: 'Well?' })).answer);
      },
    }),
  );
  const run = executor.execute({ channel: 'in', payload: createMessage(`${name}_1_2`, null) });
  await runtime.runUntilIdle();
  executor.humans.answer(executor.humans.pending()[0]?.id ?? '', 'fine');
  const { status, agentOutcomes } = await run.report;
  expect(status).toBe('completed');
  expect(executor.cache.getInput(agentOutcomes[0]?.nodeId ?? '', 'answer')).toBe('fine');
});

test('a closed executor takes no more values or tasks: they would not be kept', async () => {
  const executor = await PubSubExecutor.open();
  executor.cache.insertGlobalValue('facts', 'kept', 1);
  await executor.close();
  expect(() => executor.cache.insertGlobalValue('facts', 'late', 2)).toThrow(/executor has been closed/);
  expect(() => executor.tasks.addTask('late', null)).toThrow(/executor has been closed/);
  expect(executor.cache.getGlobalInput('facts', 'kept')).toBe(1);
  expect(executor.cache.getGlobalInput('facts', 'late')).toBeUndefined();
});
