import { defineAgent, fold, type JsonValue, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { createTestRuntime } from 'dagger-agents/testing';
import { describe, expect, test } from 'vitest';
import { deferred, openBus } from '../support/bus.js';
import { expectSameState } from '../support/state-view.js';

// Faults of the bus that no other file is about; test/README.md has the list with all of them.

describe('a clock that goes backwards', () => {
  test('changes nothing in the order: that is by sequence number', async () => {
    const base = createTestRuntime();
    let ticks = 0;
    // Each reading is a second earlier than the last.
    const runtime = { ...base, now: () => base.now() - ++ticks * 1000 };
    const events: RunEvent[] = [];
    const listener = (event: RunEvent): void => void events.push(event);
    const executor = await PubSubExecutor.open({
      runtime,
      listener,
      config: { retryStrategy: { type: 'immediate' } },
    });
    const heard: JsonValue[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'a',
        subscribe: 'in',
        publish: 'out',
        process({ payload, attempt }) {
          if (attempt === 1) throw new Error('again');
          return payload;
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void heard.push(payload) }),
    ]);
    executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    await base.advance(10_000_000);
    await executor.stop();
    expect(heard).toEqual([1, 2, 3]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expectSameState(fold(JSON.parse(JSON.stringify(events))), executor.state);
    await executor.close();
  });
});

describe('one bad message among good ones', () => {
  const trap = (): never => {
    throw new Error('trapped');
  };
  const bad: [string, () => unknown][] = [
    ['a function', () => ({ f: () => {} })],
    ['a Proxy', () => new Proxy({}, { ownKeys: trap, getPrototypeOf: trap })],
    ['a getter that throws', () => Object.defineProperty({}, 'a', { get: trap, enumerable: true })],
    ['a toJSON that throws', () => ({ toJSON: trap })],
  ];
  test.each(bad)('%s is refused to its publisher; its neighbours arrive, in order', async (_, make) => {
    const { executor, runtime } = await openBus();
    const heard: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({ name: 'a', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    );
    executor.execute();
    const results = await Promise.allSettled([
      executor.publish('in', 'before'),
      executor.publish('in', make()),
      executor.publish('in', 'after'),
    ]);
    await runtime.runUntilIdle();
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(results[1]).toMatchObject({ reason: { code: 'SERIALIZATION_ERROR' } });
    expect(heard).toEqual(['before', 'after']);
  });
});

describe('a slow agent', () => {
  test('holds no more than its mailbox: what is unfinished stays bounded however much is published', async () => {
    const { executor } = await openBus({ config: { maxMessages: 10 } });
    const gate = deferred();
    executor.registerAgent(defineAgent({ name: 'slow', subscribe: 'in', process: () => gate.promise }));
    executor.execute();
    let most = 0;
    for (let number = 0; number < 20_000; number++) {
      await executor.publish('in', { number });
      most = Math.max(most, executor.state.unfinished.length);
    }
    // Its mailbox, and the one it is working on.
    expect(most).toBe(11);
    expect(executor.listChannels()).toMatchObject([{ messageCount: 10, droppedCount: 20_000 - 11 }]);
    gate.resolve();
  });
});
