import { defineAgent, type JsonValue, type PubSubAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { type Bus, deferred, openBus, outcomesOf, refusal } from '../../support/bus.js';

/** An agent that is held up by its first message until the gate opens. */
function slowAgent(channel: string, name = 'slow') {
  const gate = deferred();
  const heard: JsonValue[] = [];
  const agent = defineAgent({
    name,
    subscribe: channel,
    async process({ payload }) {
      heard.push(payload);
      await gate.promise;
    },
  });
  return { agent, gate, heard };
}

async function publishAll({ executor, runtime }: Bus, channel: string, payloads: readonly unknown[]) {
  for (const payload of payloads) {
    await executor.publish(channel, payload);
    await runtime.runUntilIdle();
  }
}

/** Of messages 1 to 3, one is being processed, one is in the mailbox, and one waits for room in it. */
async function publisherThatWaits() {
  const bus = await openBus();
  const { executor, runtime } = bus;
  executor.openChannel('in', { capacity: 1, overflow: 'backpressure' });
  const { agent, gate, heard } = slowAgent('in');
  executor.registerAgent(agent);
  executor.execute();
  await publishAll(bus, 'in', [1, 2]);
  const waiting = executor.publish('in', 3);
  await runtime.runUntilIdle();
  return { executor, gate, heard, waiting };
}

describe('drop-oldest, the default', () => {
  test('the oldest waiting message goes; an event, a mark in the tree and two counts say so', async () => {
    const bus = await openBus();
    const { executor, recorded } = bus;
    executor.openChannel('in', { capacity: 2 });
    const { agent, gate, heard } = slowAgent('in');
    executor.registerAgent(agent);
    const run = executor.execute();
    await publishAll(bus, 'in', [1, 2, 3, 4]);
    expect(recorded('delivery.dropped')).toHaveLength(1);
    expect([...executor.tree.nodes()].filter(({ status }) => status === 'dropped')).toMatchObject([
      { kind: 'invocation', agent: 'slow', channel: 'in' },
    ]);
    expect(executor.listChannels()).toMatchObject([{ droppedCount: 1, messageCount: 2 }]);
    gate.resolve();
    await executor.idle();
    expect(heard).toEqual([1, 3, 4]);
    await executor.stop();
    expect((await run.report).counts).toMatchObject({ dropped: 1, succeeded: 3, delivered: 4 });
  });

  test('a channel that is made narrower drops what no longer fits', async () => {
    const bus = await openBus();
    const { executor, runtime, recorded } = bus;
    executor.registerAgent(slowAgent('in').agent);
    for (const item of [1, 2, 3, 4, 5]) await executor.publish('in', item);
    expect(executor.openChannel('in', { capacity: 2 })).toMatchObject({ messageCount: 2, droppedCount: 3 });
    await runtime.runUntilIdle();
    expect(recorded('delivery.dropped')).toHaveLength(3);
    expect([...executor.state.unfinished].map(({ message }) => message.payload)).toEqual([4, 5]);
  });

  test('is told to the logger once, of a channel that nobody has opened', async () => {
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (message: string) => void warnings.push(message) };
    const { executor } = await openBus({ config: { maxMessages: 2 }, logger });
    executor.openChannel('meant', { capacity: 1 });
    executor.registerAgents([slowAgent('in').agent, slowAgent('meant', 'other').agent]);
    for (const channel of ['in', 'meant'])
      for (const item of [1, 2, 3, 4]) await executor.publish(channel, item);
    expect(warnings).toEqual([expect.stringContaining('channel "in" is full (2 messages)')]);
  });

  test('a run whose last waiting message is pushed out by another run ends', async () => {
    const bus = await openBus();
    const { executor, runtime } = bus;
    executor.openChannel('in', { capacity: 1 });
    const { agent, gate, heard } = slowAgent('in');
    executor.registerAgent(agent);
    const first = executor.execute({ channel: 'in', payload: 'first' });
    await runtime.runUntilIdle();
    const second = executor.execute({ channel: 'in', payload: 'second' });
    await runtime.runUntilIdle();
    const third = executor.execute({ channel: 'in', payload: 'third' });
    await runtime.runUntilIdle();
    // Its only message is gone: nothing is left to do, though nobody has opened the gate.
    expect(await second.report).toMatchObject({ counts: { dropped: 1, succeeded: 0 } });
    gate.resolve();
    expect(await first.report).toMatchObject({ status: 'completed' });
    expect(await third.report).toMatchObject({ status: 'completed' });
    expect(heard).toEqual(['first', 'third']);
  });
});

describe('reject', () => {
  test('refuses the application with CHANNEL_FULL and records nothing', async () => {
    const bus = await openBus();
    const { executor, recorded } = bus;
    executor.openChannel('in', { capacity: 1, overflow: 'reject' });
    const { agent, gate, heard } = slowAgent('in');
    executor.registerAgent(agent);
    executor.execute();
    await publishAll(bus, 'in', [1, 2]);
    const error = await refusal(() => executor.publish('in', 3));
    expect(error.code).toBe('CHANNEL_FULL');
    expect(error.details).toMatchObject({ channel: 'in', agent: 'slow', capacity: 1 });
    gate.resolve();
    await executor.idle();
    expect(heard).toEqual([1, 2]);
    expect(recorded('message.published')).toHaveLength(2);
    expect(executor.listChannels()).toMatchObject([{ droppedCount: 0 }]);
  });

  test('fails the attempt of an agent, which is tried again', async () => {
    const { executor, runtime } = await openBus({
      config: { retryStrategy: { type: 'linear', delaySecs: 1 } },
    });
    executor.openChannel('out', { capacity: 1, overflow: 'reject' });
    const { agent, gate, heard } = slowAgent('out');
    const talker = defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: 'out',
      async process({ publish, payload }) {
        await publish('out', payload);
      },
    });
    executor.registerAgents([talker, agent]);
    const run = executor.execute();
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    await runtime.runUntilIdle();
    expect(heard).toEqual([1]);
    gate.resolve();
    await runtime.advance(1000);
    expect(heard).toEqual([1, 2, 3]);
    await executor.stop();
    const retried = (await outcomesOf(run)).filter(
      ({ agent, attempts }) => agent === 'talker' && attempts === 2,
    );
    expect(retried).toHaveLength(1);
    expect(retried[0]?.retryMessages[0]).toContain('"out"');
  });
});

describe('backpressure', () => {
  test('makes the application wait until there is room, and drops nothing', async () => {
    const bus = await openBus();
    const { executor, runtime } = bus;
    executor.openChannel('in', { capacity: 1, overflow: 'backpressure' });
    const { agent, gate, heard } = slowAgent('in');
    executor.registerAgent(agent);
    executor.execute();
    await publishAll(bus, 'in', [1, 2]);
    const accepted: number[] = [];
    for (const number of [3, 4, 5]) void executor.publish('in', number).then(() => accepted.push(number));
    await runtime.runUntilIdle();
    expect(accepted).toEqual([]);
    expect(executor.listChannels()).toMatchObject([{ messageCount: 1 }]);
    gate.resolve();
    await runtime.runUntilIdle();
    expect(accepted).toEqual([3, 4, 5]);
    expect(heard).toEqual([1, 2, 3, 4, 5]);
    expect(executor.listChannels()).toMatchObject([{ droppedCount: 0, messageCount: 0 }]);
  });

  test('makes an agent wait: a producer runs at its consumer’s pace', async () => {
    const { executor, runtime } = await openBus();
    executor.openChannel('out', { capacity: 2, overflow: 'backpressure' });
    const { agent, gate, heard } = slowAgent('out');
    let published = 0;
    const producer = defineAgent({
      name: 'producer',
      subscribe: 'in',
      publish: 'out',
      async process({ publish }) {
        for (; published < 10; published++) await publish('out', published);
      },
    });
    executor.registerAgents([producer, agent]);
    const run = executor.execute({ channel: 'in', payload: null });
    await runtime.runUntilIdle();
    expect(published).toBe(3);
    gate.resolve();
    expect(await run.report).toMatchObject({ status: 'completed', counts: { dropped: 0, delivered: 11 } });
    expect(heard).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('who waits goes on when the channel is given more room', async () => {
    const { executor, gate, heard, waiting } = await publisherThatWaits();
    executor.openChannel('in', { capacity: 5 });
    expect((await waiting).payload).toBe(3);
    gate.resolve();
    await executor.idle();
    expect(heard).toEqual([1, 2, 3]);
  });

  test('who publishes after the channel has become one that rejects is refused, whoever waits', async () => {
    const { executor, gate, heard, waiting } = await publisherThatWaits();
    executor.openChannel('in', { capacity: 1, overflow: 'reject' });
    expect(await refusal(() => executor.publish('in', 4))).toMatchObject({ code: 'CHANNEL_FULL' });
    gate.resolve();
    await executor.idle();
    expect((await waiting).payload).toBe(3);
    expect(heard).toEqual([1, 2, 3]);
  });

  test('who waits goes on when the agent with the full mailbox is gone', async () => {
    const { executor, gate, waiting } = await publisherThatWaits();
    executor.unregisterAgent('slow');
    expect((await waiting).payload).toBe(3);
    gate.resolve();
  });

  test('who waits is refused when the channel is shut down, or the run ends', async () => {
    const bus = await openBus();
    const { executor, runtime } = bus;
    executor.openChannel('in', { capacity: 1, overflow: 'backpressure' });
    const { agent, gate } = slowAgent('in');
    executor.registerAgent(agent);
    const run = executor.execute();
    await publishAll(bus, 'in', [1, 2]);
    const cutOff = refusal(() => executor.publish('in', 3));
    await runtime.runUntilIdle();
    await executor.shutdownChannel('in', { force: true });
    expect((await cutOff).code).toBe('CHANNEL_NOT_FOUND');

    executor.openChannel('again', { capacity: 1, overflow: 'backpressure' });
    executor.registerAgent(slowAgent('again', 'other').agent);
    await publishAll(bus, 'again', [1, 2]);
    const ended = refusal(() => executor.publish('again', 3));
    await runtime.runUntilIdle();
    run.cancel('enough');
    expect((await ended).code).toBe('CANCELLED');
    gate.resolve();
  });

  test('a message with its own id that waits twice is one message', async () => {
    const bus = await openBus();
    const { executor, runtime, recorded } = bus;
    executor.openChannel('in', { capacity: 1, overflow: 'backpressure' });
    const { agent, gate, heard } = slowAgent('in');
    executor.registerAgent(agent);
    executor.execute();
    await publishAll(bus, 'in', [1, 2]);
    const message = { id: 'mine', timestamp: '2026-01-01T00:00:00.000Z', source: 'me', payload: 3 };
    const both = [executor.publish('in', message), executor.publish('in', message)];
    await runtime.runUntilIdle();
    gate.resolve();
    await Promise.all(both);
    await executor.idle();
    expect(heard).toEqual([1, 2, 3]);
    expect(recorded('message.published')).toHaveLength(3);
  });
});

describe('a transactional agent that publishes more than fits', () => {
  async function burst(overflow: 'reject' | 'backpressure') {
    const bus = await openBus({ config: { maxAttempts: 1 } });
    bus.executor.openChannel('out', { capacity: 1, overflow });
    const heard: JsonValue[] = [];
    const sink: PubSubAgent = defineAgent({
      name: 'sink',
      subscribe: 'out',
      process: ({ payload }) => void heard.push(payload),
    });
    const producer = defineAgent({
      name: 'producer',
      subscribe: 'in',
      publish: 'out',
      transactional: true,
      async process({ publish }) {
        for (const number of [1, 2, 3]) await publish('out', number);
      },
    });
    bus.executor.registerAgents([producer, sink]);
    const report = await bus.executor.execute({ channel: 'in', payload: 0 }).report;
    return { report, heard };
  }

  test('fails as a whole where the channel rejects', async () => {
    const { report, heard } = await burst('reject');
    expect(heard).toEqual([]);
    expect(report.error?.code).toBe('CHANNEL_FULL');
    expect(report.counts.dropped).toBe(0);
  });

  test('loses nothing where the channel holds back', async () => {
    const { report, heard } = await burst('backpressure');
    expect(heard).toEqual([1, 2, 3]);
    expect(report).toMatchObject({ status: 'completed', counts: { dropped: 0 } });
  });
});
