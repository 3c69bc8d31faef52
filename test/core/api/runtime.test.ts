import { defineAgent, PubSubExecutor, systemRuntime } from 'dagger-agents';
import { createTestRuntime } from 'dagger-agents/testing';
import { describe, expect, test } from 'vitest';
import { refusal } from '../../support/bus.js';

describe('systemRuntime', () => {
  test('tells the time, which never goes backwards', () => {
    const runtime = systemRuntime();
    const times = Array.from({ length: 1000 }, () => runtime.now());
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(Math.abs((times[0] ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test('calls a timer once, unless it is cancelled; defers and yields', async () => {
    const runtime = systemRuntime();
    const log: string[] = [];
    await new Promise<void>((resolve) => {
      runtime.setTimer(0, () => log.push('cancelled'))();
      runtime.yieldTurn(() => log.push('turn'));
      runtime.defer(() => log.push('deferred'));
      void Promise.resolve().then(() => log.push('promise'));
      runtime.setTimer(20, resolve);
    });
    expect(log.toSorted()).toEqual(['deferred', 'promise', 'turn']);
    expect(log.indexOf('turn')).toBe(2);
  });

  test('a delay that is longer than the platform’s timers can be does not fire at once', async () => {
    const runtime = systemRuntime();
    let fired = false;
    const cancel = runtime.setTimer(2 ** 40, () => {
      fired = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    cancel();
    expect(fired).toBe(false);
  });

  test('random is in [0, 1)', () => {
    const runtime = systemRuntime();
    for (let count = 0; count < 100; count++) {
      const value = runtime.random();
      expect(value >= 0 && value < 1).toBe(true);
    }
  });
});

describe('createTestRuntime', () => {
  test('time stands still until it is moved', async () => {
    const runtime = createTestRuntime({ startAt: 5000 });
    await runtime.runUntilIdle();
    expect(runtime.now()).toBe(5000);
    await runtime.advance(250);
    expect(runtime.now()).toBe(5250);
  });

  test('timers fire in their order, each at its own time, with what they set going', async () => {
    const runtime = createTestRuntime({ startAt: 0 });
    const log: string[] = [];
    const note = (name: string) => () => {
      log.push(`${name} at ${runtime.now()}`);
      void Promise.resolve().then(() => log.push(`after ${name}`));
    };
    runtime.setTimer(20, note('second'));
    runtime.setTimer(10, () => {
      note('first')();
      runtime.setTimer(5, note('nested'));
    });
    runtime.setTimer(20, note('third'));
    runtime.setTimer(15, note('never'))();
    runtime.setTimer(100, note('later'));
    expect(runtime.pendingTimers).toBe(4);
    await runtime.advance(50);
    expect(log).toEqual([
      'first at 10',
      'after first',
      'nested at 15',
      'after nested',
      'second at 20',
      'after second',
      'third at 20',
      'after third',
    ]);
    expect(runtime.pendingTimers).toBe(1);
    expect(runtime.now()).toBe(50);
  });

  test('the same seed gives the same chances, another seed others', () => {
    const chances = (seed: number) => {
      const { random } = createTestRuntime({ seed });
      return [random(), random(), random()];
    };
    expect(chances(3)).toEqual(chances(3));
    expect(chances(3)).not.toEqual(chances(4));
  });

  test('a run needs no moving of time as long as nothing waits', async () => {
    const executor = await PubSubExecutor.open({ runtime: createTestRuntime() });
    executor.registerAgent(defineAgent({ name: 'a', subscribe: 'in', process: async () => {} }));
    expect((await executor.execute({ channel: 'in', payload: 1 }).report).status).toBe('completed');
    await executor.close();
  });

  test('refuses what is no seed, no time, no duration', async () => {
    for (const options of [null, 5, { seed: 1.5 }, { seed: '1' }, { startAt: Number.NaN }, { sead: 1 }]) {
      expect((await refusal(() => Reflect.apply(createTestRuntime, undefined, [options]))).code).toBe(
        'VALIDATION_ERROR',
      );
    }
    const runtime = createTestRuntime();
    for (const milliseconds of [-1, Number.NaN, '5']) {
      expect((await refusal(() => Reflect.apply(runtime.advance, runtime, [milliseconds]))).code).toBe(
        'VALIDATION_ERROR',
      );
    }
  });
});
