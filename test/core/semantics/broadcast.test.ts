import { createMessage, defineAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus } from '../../support/bus.js';

function listener(name: string, channel: string) {
  const heard: JsonValue[] = [];
  const agent = defineAgent({ name, subscribe: channel, process: ({ payload }) => void heard.push(payload) });
  return { agent, heard };
}

describe('a message goes to every agent subscribed to its channel when it is published', () => {
  test('each subscriber gets it once, agents of other channels do not', async () => {
    const { executor } = await openBus();
    const first = listener('first', 'news');
    const second = listener('second', 'news');
    const stranger = listener('stranger', 'sports');
    executor.registerAgents([first.agent, second.agent, stranger.agent]);
    const report = await executor.execute({ channel: 'news', payload: 'rain' }).report;
    expect([first.heard, second.heard, stranger.heard]).toEqual([['rain'], ['rain'], []]);
    expect(report.counts).toMatchObject({ published: 1, delivered: 2, succeeded: 2 });
  });

  test('an agent that is registered later does not get what was published before', async () => {
    const { executor, runtime } = await openBus();
    const early = listener('early', 'news');
    const late = listener('late', 'news');
    executor.registerAgent(early.agent);
    executor.execute();
    await executor.publish('news', 1);
    executor.registerAgent(late.agent);
    await executor.publish('news', 2);
    await runtime.runUntilIdle();
    expect(early.heard).toEqual([1, 2]);
    expect(late.heard).toEqual([2]);
  });

  test('an agent that was unregistered gets nothing that is published afterwards', async () => {
    const { executor, runtime } = await openBus();
    const agent = listener('agent', 'news');
    executor.registerAgent(agent.agent);
    executor.execute();
    await executor.publish('news', 1);
    await runtime.runUntilIdle();
    executor.unregisterAgent('agent');
    await executor.publish('news', 2);
    executor.registerAgent(agent.agent);
    await runtime.runUntilIdle();
    expect(agent.heard).toEqual([1]);
  });

  test('what an agent publishes reaches subscribers the same way, also itself', async () => {
    const { executor } = await openBus();
    const sink = listener('sink', 'count');
    const counter = defineAgent({
      name: 'counter',
      subscribe: 'count',
      publish: 'count',
      inputSchema: { type: 'integer' },
      async process({ payload, publish }) {
        if (payload < 3) await publish('count', payload + 1);
      },
    });
    executor.registerAgents([counter, sink.agent]);
    await executor.execute({ channel: 'count', payload: 0 }).report;
    expect(sink.heard).toEqual([0, 1, 2, 3]);
  });
});

describe('a channel comes into being', () => {
  test('at its first subscriber', async () => {
    const { executor } = await openBus();
    executor.registerAgent(listener('agent', 'news').agent);
    expect(executor.listChannels().map(({ name, subscriberCount }) => [name, subscriberCount])).toEqual([
      ['news', 1],
    ]);
  });

  test('at its first message', async () => {
    const { executor } = await openBus();
    await executor.publish('news', 1);
    expect(executor.listChannels().map(({ name }) => name)).toEqual(['news']);
  });
});

describe('a message that nobody subscribes to', () => {
  test('is marked unheard in the tree, counted, and no error', async () => {
    const { executor } = await openBus();
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: 'nowhere',
      process: ({ publish }) => publish('nowhere', 'hello?'),
    });
    executor.registerAgent(talker);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report.status).toBe('completed');
    expect(report.overallSuccess).toBe(true);
    expect(report.counts.unheard).toBe(1);
    const unheard = [...executor.tree.nodes()].filter(({ status }) => status === 'unheard');
    expect(unheard).toMatchObject([{ kind: 'publish', channel: 'nowhere' }]);
  });

  test('ends a run that it starts, when there are agents elsewhere', async () => {
    const { executor } = await openBus();
    executor.registerAgent(listener('agent', 'elsewhere').agent);
    const report = await executor.execute({ channel: 'nowhere', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'completed', counts: { unheard: 1, delivered: 0 } });
  });
});

describe('a channel opened with retain', () => {
  test.each(['backpressure', 'reject'] as const)(
    'that may lose nothing hands what it retains beside what waits: %s',
    async (overflow) => {
      const { executor } = await openBus();
      executor.openChannel('jobs', { capacity: 2, overflow, retain: 2 });
      const heard: unknown[] = [];
      const worker = () =>
        defineAgent({
          name: 'worker',
          subscribe: 'jobs',
          process: ({ payload }) => void heard.push(payload),
        });
      executor.registerAgent(worker());
      await executor.publish('jobs', 1);
      await executor.publish('jobs', 2);
      executor.unregisterAgent('worker');
      await executor.publish('jobs', 3);
      await executor.publish('jobs', 4);
      executor.registerAgent(worker());
      const report = await executor.execute({ resume: true }).report;
      expect(heard).toEqual([1, 2, 3, 4]);
      expect(report.counts).toMatchObject({ succeeded: 4, dropped: 0 });
    },
  );

  test('hands its last n to agents that are registered later, in order', async () => {
    const { executor, runtime } = await openBus();
    executor.openChannel('news', { retain: 2 });
    executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('news', number);
    const late = listener('late', 'news');
    executor.registerAgent(late.agent);
    await executor.publish('news', 4);
    await runtime.runUntilIdle();
    expect(late.heard).toEqual([2, 3, 4]);
  });

  test('gives nobody the same message twice', async () => {
    const { executor, runtime } = await openBus();
    executor.openChannel('news', { retain: 10 });
    executor.execute();
    const agent = listener('agent', 'news');
    executor.registerAgent(agent.agent);
    await executor.publish('news', 1);
    await runtime.runUntilIdle();
    executor.unregisterAgent('agent');
    await executor.publish('news', 2);
    executor.registerAgent(agent.agent);
    await runtime.runUntilIdle();
    expect(agent.heard).toEqual([1, 2]);
  });

  test('hands each message, also where one has the id of another that is long forgotten', async () => {
    const { executor, runtime } = await openBus({ retention: { nodes: 1 } });
    executor.openChannel('news', { retain: 2 });
    executor.execute();
    const message = (payload: string) => ({ ...createMessage('importer', payload), id: 'the weather' });
    await executor.publish('news', message('rain'));
    await executor.publish('elsewhere', message('pushes it out of what is remembered'));
    await executor.publish('news', message('sun'));
    const late = listener('late', 'news');
    executor.registerAgent(late.agent);
    await runtime.runUntilIdle();
    expect(late.heard).toEqual(['rain', 'sun']);
  });

  test('does not overfill a mailbox: its capacity holds, and what does not fit is recorded as dropped', async () => {
    const { executor, runtime, recorded } = await openBus();
    executor.openChannel('news', { retain: 5, capacity: 2 });
    for (const number of [1, 2, 3, 4, 5]) await executor.publish('news', number);
    const late = listener('late', 'news');
    executor.registerAgent(late.agent);
    expect(executor.listChannels()).toMatchObject([{ messageCount: 2, droppedCount: 3 }]);
    executor.execute();
    await runtime.runUntilIdle();
    expect(late.heard).toEqual([4, 5]);
    expect(recorded('delivery.dropped')).toHaveLength(3);
  });

  test('keeps fewer when it is told to', async () => {
    const { executor, runtime } = await openBus();
    executor.openChannel('news', { retain: 3 });
    for (const number of [1, 2, 3]) await executor.publish('news', number);
    executor.openChannel('news', { retain: 1 });
    const late = listener('late', 'news');
    executor.registerAgent(late.agent);
    executor.execute();
    await runtime.runUntilIdle();
    expect(late.heard).toEqual([3]);
  });
});
