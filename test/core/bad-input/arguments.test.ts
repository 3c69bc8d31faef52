import * as core from 'dagger-agents';
import { Cache, ChannelSchemas, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, realTurn, refusal, watchUnhandled } from '../../support/bus.js';

/** Things that are hardly ever what a function wants. */
const NONSENSE: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  Number.NaN,
  5n,
  '',
  'x'.repeat(5000),
  Symbol('s'),
  [],
  [null],
  { nonsense: true },
  new Date(),
  () => {},
  Object.create(null),
  Object.freeze({}),
];

/** Calls it with every pair of nonsense: it may answer, but if it refuses, then with a PubSubError. */
async function callWithNonsense(call: (...args: readonly unknown[]) => unknown): Promise<number> {
  let refusals = 0;
  for (const first of NONSENSE) {
    for (const second of NONSENSE) {
      try {
        await call(first, second);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(core.PubSubError);
        refusals++;
      }
    }
  }
  return refusals;
}

/** Every method of an object, its own and its class's. */
function methodsOf(target: object): [string, (...args: readonly unknown[]) => unknown][] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(target));
  return names.flatMap((name) => {
    const method: unknown = name === 'constructor' ? undefined : Reflect.get(target, name);
    return typeof method === 'function'
      ? [[name, (...args: readonly unknown[]) => Reflect.apply(method, target, args)] as const]
      : [];
  }) as [string, (...args: readonly unknown[]) => unknown][];
}

describe('whatever it is called with, a public function answers or refuses with a PubSubError', () => {
  test('every function that the package exports', async () => {
    const { unhandled } = watchUnhandled();
    const refused: string[] = [];
    for (const [name, value] of Object.entries(core)) {
      if (typeof value !== 'function' || /^[A-Z]/.test(name)) continue;
      const refusals = await callWithNonsense((...args) => Reflect.apply(value, undefined, args));
      if (refusals > 0) refused.push(name);
    }
    // Those that take anything at all, or nothing, are few.
    const known = ['ajvValidator', 'evalFreeValidator', 'systemRuntime'];
    const exported = Object.keys(core).filter((name) => typeof Reflect.get(core, name) === 'function');
    const checking = exported.filter((name) => /^[a-z]/.test(name) && !known.includes(name));
    expect(checking.filter((name) => !refused.includes(name) && !/^is[A-Z]/.test(name))).toEqual([]);
    await realTurn();
    expect(unhandled).toEqual([]);
  });

  test('every method of an executor; it lives on', async () => {
    const { unhandled } = watchUnhandled();
    const { executor, runtime, reported } = await openBus({ logger: { warn: () => {} } });
    for (const [name, call] of methodsOf(executor)) {
      if (name === 'close') continue;
      const calls = callWithNonsense((...args) => {
        const result = call(...args);
        // Runs and waiting publishes are not awaited: nothing need ever come of them.
        if (name === 'execute' && typeof result === 'object' && result && 'report' in result) {
          void Promise.resolve(result.report).catch(() => {});
          if ('cancel' in result && typeof result.cancel === 'function') result.cancel();
          return result.report;
        }
        return result;
      });
      let done = false;
      void calls.finally(() => {
        done = true;
      });
      while (!done) await runtime.advance(1000);
      await calls;
    }
    executor.resume();
    executor.registerAgent(core.defineAgent({ name: 'healthy', subscribe: 'in', process: () => {} }));
    expect(await reported(0, executor.execute({ channel: 'in', payload: 1 }))).toMatchObject({
      status: 'completed',
      counts: { succeeded: 1 },
    });
    await realTurn();
    expect(unhandled).toEqual([]);
  }, 60_000);

  test('every method of the cache, the tasks, the humans, a registry and the tree', async () => {
    const { executor } = await openBus();
    const { cache, tasks, humans, tree } = executor;
    for (const target of [cache, new Cache(), tasks, humans, new core.AgentRegistry()]) {
      for (const [, call] of methodsOf(target)) await callWithNonsense(call);
    }
    for (const nonsense of NONSENSE) expect(tree.find(nonsense as string)).toBeUndefined();
  });

  test('PubSubExecutor.open, with each option', async () => {
    const options = 'storage durability config cache validator runtime retention logger'.split(' ');
    for (const option of options) {
      for (const wrong of [null, 5, 'nonsense', [], () => {}, { nonsense: 1 }]) {
        const error = await refusal(() =>
          Reflect.apply(PubSubExecutor.open, PubSubExecutor, [{ [option]: wrong }]),
        );
        expect(error.code).toBe('VALIDATION_ERROR');
        expect(error.message).toContain(option === 'config' ? 'config' : `options.${option}`);
      }
    }
    for (const wrong of [null, 5, 'text', [], { nonsense: 1 }]) {
      expect((await refusal(() => Reflect.apply(PubSubExecutor.open, PubSubExecutor, [wrong]))).code).toBe(
        'VALIDATION_ERROR',
      );
    }
  });

  test('the signal and the time limit of execute', async () => {
    const { executor } = await openBus();
    for (const options of [
      null,
      5,
      { signal: 5 },
      { signal: {} },
      { timeoutSeconds: 0 },
      { timeoutSeconds: 86_401 },
      { timeout: 5 },
    ]) {
      const run = Reflect.apply(executor.execute, executor, [{}, options]);
      expect((await refusal(() => run.report)).code).toBe('VALIDATION_ERROR');
    }
    for (const spec of [
      null,
      5,
      'in',
      [],
      { channel: 5 },
      { channel: '' },
      { payload: 1 },
      { resume: false },
      { resume: true, channel: 'in' },
    ]) {
      const run = Reflect.apply(executor.execute, executor, [spec]);
      expect((await refusal(() => run.report)).code).toBe('VALIDATION_ERROR');
    }
  });
});

describe('what is refused leaves no trace', () => {
  test('in the events or in the state', async () => {
    const { executor, events, runtime } = await openBus();
    executor.registerAgent(
      core.defineAgent({ name: 'a', subscribe: 'in', inputSchema: { type: 'string' }, process: () => {} }),
    );
    await runtime.runUntilIdle();
    const before: RunEvent[] = [...events];
    for (const payload of NONSENSE.filter((value) => typeof value !== 'string')) {
      await refusal(() => executor.publish('in', payload));
      await refusal(() => executor.execute({ channel: 'in', payload }).report);
    }
    for (const name of ['', '__proto__', 'constructor', 5, null, undefined, 'x'.repeat(5000)]) {
      await refusal(() => Reflect.apply(executor.publish, executor, [name, 'text']));
      await refusal(() => Reflect.apply(executor.openChannel, executor, [name]));
    }
    await runtime.runUntilIdle();
    expect(events).toEqual(before);
    expect(executor.state.channels.size).toBe(1);
  });

  test('ChannelSchemas are made of schemas by channel', async () => {
    for (const channels of [null, undefined, 5, 'text', []]) {
      expect((await refusal(() => Reflect.construct(ChannelSchemas, [channels]))).code).toBe(
        'VALIDATION_ERROR',
      );
    }
  });
});
