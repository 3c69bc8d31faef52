import { defineAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus } from '../../support/bus.js';

describe('each pair of channel and agent reads in publish order', () => {
  test('one at a time with a concurrency of 1, which is the default', async () => {
    const { executor, runtime } = await openBus();
    const log: string[] = [];
    const agent = defineAgent({
      name: 'agent',
      subscribe: 'in',
      async process({ payload }) {
        log.push(`start ${payload}`);
        await Promise.resolve();
        log.push(`end ${payload}`);
      },
    });
    executor.registerAgent(agent);
    executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    await runtime.runUntilIdle();
    expect(log).toEqual(['start 1', 'end 1', 'start 2', 'end 2', 'start 3', 'end 3']);
  });

  test('a message that is being tried again keeps its place: nothing overtakes it', async () => {
    const { executor, runtime } = await openBus({
      config: { retryStrategy: { type: 'linear', delaySecs: 5 } },
    });
    const done: JsonValue[] = [];
    const agent = defineAgent({
      name: 'agent',
      subscribe: 'in',
      process({ payload, attempt }) {
        if (payload === 1 && attempt === 1) throw new Error('not yet');
        done.push(payload);
      },
    });
    executor.registerAgent(agent);
    executor.execute();
    await executor.publish('in', 1);
    await executor.publish('in', 2);
    await runtime.runUntilIdle();
    expect(done).toEqual([]);
    await runtime.advance(5000);
    expect(done).toEqual([1, 2]);
  });

  test('order holds over several channels of one agent too', async () => {
    const { executor, runtime } = await openBus();
    const heard: string[] = [];
    const agent = defineAgent({
      name: 'agent',
      subscribe: ['a', 'b'],
      process: ({ channel, payload }) => void heard.push(`${channel}${payload}`),
    });
    executor.registerAgent(agent);
    await executor.publish('b', 1);
    await executor.publish('a', 2);
    await executor.publish('b', 3);
    executor.execute();
    await runtime.runUntilIdle();
    expect(heard).toEqual(['b1', 'a2', 'b3']);
  });
});

describe('concurrency', () => {
  test.each([1, 2, 4, Number.POSITIVE_INFINITY])(
    '%s: at most that many at a time, over all channels',
    async (concurrency) => {
      const { executor, runtime } = await openBus();
      let running = 0;
      let most = 0;
      const gate = deferred();
      const agent = defineAgent({
        name: 'agent',
        subscribe: ['a', 'b'],
        concurrency,
        async process() {
          most = Math.max(most, ++running);
          await gate.promise;
          running--;
        },
      });
      executor.registerAgent(agent);
      executor.execute();
      for (let count = 0; count < 3; count++) {
        await executor.publish('a', count);
        await executor.publish('b', count);
      }
      await runtime.runUntilIdle();
      expect(running).toBe(Math.min(concurrency, 6));
      gate.resolve();
      await executor.idle();
      expect(most).toBe(Math.min(concurrency, 6));
      expect(running).toBe(0);
    },
  );

  test('one that waits for its retry keeps its slot, so that the limit holds for work under way', async () => {
    const { executor, runtime } = await openBus({
      config: { retryStrategy: { type: 'linear', delaySecs: 1 } },
    });
    const started: string[] = [];
    const agent = defineAgent({
      name: 'agent',
      subscribe: 'in',
      concurrency: 2,
      process({ payload, attempt }) {
        started.push(`${payload}.${attempt}`);
        if (attempt === 1) throw new Error('again');
      },
    });
    executor.registerAgent(agent);
    executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    await runtime.runUntilIdle();
    expect(started).toEqual(['1.1', '2.1']);
    await runtime.advance(2000);
    expect(started).toEqual(['1.1', '2.1', '1.2', '3.1', '2.2', '3.2']);
  });
});

describe('capacity', () => {
  test('bounds each mailbox; messageCount is the fullest one', async () => {
    const { executor, runtime } = await openBus();
    executor.openChannel('in', { capacity: 3 });
    const gate = deferred();
    const fast: JsonValue[] = [];
    const slow = defineAgent({ name: 'slow', subscribe: 'in', process: () => gate.promise });
    executor.registerAgents([
      slow,
      defineAgent({ name: 'fast', subscribe: 'in', process: ({ payload }) => void fast.push(payload) }),
    ]);
    executor.execute();
    for (let number = 0; number < 10; number++) {
      await executor.publish('in', number);
      await runtime.runUntilIdle();
    }
    const [channel] = executor.listChannels();
    expect(channel).toMatchObject({ messageCount: 3, droppedCount: 6, subscriberCount: 2 });
    expect(fast).toHaveLength(10);
    gate.resolve();
    await executor.idle();
    expect(executor.listChannels()).toMatchObject([{ messageCount: 0 }]);
  });

  test('config.maxMessages is the capacity of channels that were not opened with one', async () => {
    const { executor } = await openBus({ config: { maxMessages: 2 } });
    executor.registerAgent(defineAgent({ name: 'agent', subscribe: 'in', process: () => {} }));
    for (const number of [1, 2, 3, 4]) await executor.publish('in', number);
    expect(executor.listChannels()).toMatchObject([{ messageCount: 2, droppedCount: 2 }]);
  });
});
