import { defineAgent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus } from '../../support/bus.js';

describe('a transactional agent on channels with bounds', () => {
  async function crowded(overflow: 'backpressure' | 'drop-oldest', channels: readonly string[]) {
    const bus = await openBus();
    const { executor, runtime } = bus;
    let most = 0;
    for (const channel of channels) executor.openChannel(channel, { capacity: 2, overflow });
    executor.registerAgents([
      defineAgent({
        name: 'source',
        subscribe: 'in',
        publish: channels,
        concurrency: 20,
        transactional: true,
        async process({ publish, payload }) {
          for (const channel of channels) await publish(channel, payload);
        },
      }),
      ...channels.map((channel) =>
        defineAgent({
          name: `slow on ${channel}`,
          subscribe: channel,
          process: () => new Promise<void>((resolve) => void runtime.setTimer(1000, resolve)),
        }),
      ),
    ]);
    const run = executor.execute();
    for (let number = 0; number < 20; number++) await executor.publish('in', number);
    return {
      ...bus,
      run,
      async longest() {
        for (let second = 0; second < 30; second++) {
          await runtime.advance(1000);
          for (const { name, messageCount } of executor.listChannels())
            if (channels.includes(name)) most = Math.max(most, messageCount);
        }
        return most;
      },
    };
  }

  test.each([[['out']], [['out', 'log']]])('keeps to their capacity: %j', async (channels) => {
    const { executor, longest, recorded } = await crowded('backpressure', channels);
    expect(await longest()).toBe(2);
    expect(recorded('delivery.succeeded')).toHaveLength(20 + 20 * channels.length);
    expect(executor.state.unfinished.length).toBe(0);
  });

  test('stands still while it waits for room, so that pause() resolves', async () => {
    const { executor, runtime } = await crowded('backpressure', ['out']);
    await runtime.advance(10);
    let isPaused = false;
    void executor.pause().then(() => {
      isPaused = true;
    });
    await runtime.advance(5_000);
    expect(isPaused).toBe(true);
  });

  test('adds to a list only as long as it is one', async () => {
    const { executor, runtime } = await openBus({ config: { maxAttempts: 1 } });
    const gate = deferred();
    executor.registerAgent(
      defineAgent({
        name: 'adder',
        subscribe: 'in',
        transactional: true,
        async process({ cache }) {
          cache.appendGlobalValue('notes', 'list', 1);
          await gate.promise;
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    executor.cache.insertGlobalValue('notes', 'list', 'written meanwhile');
    gate.resolve();
    const report = await run.report;
    expect(report).toMatchObject({ status: 'failed', error: { code: 'EXECUTION_ERROR' } });
    expect(report.error?.message).toContain('is no list any more');
    expect(executor.cache.getGlobalInput('notes', 'list')).toBe('written meanwhile');
  });

  test('waits for room also for what its code publishes while it waits', async () => {
    const { executor, runtime, recorded } = await openBus();
    executor.openChannel('out', { capacity: 2, overflow: 'backpressure' });
    const nap = (milliseconds: number) =>
      new Promise<void>((resolve) => void runtime.setTimer(milliseconds, resolve));
    executor.registerAgents([
      defineAgent({
        name: 'source',
        subscribe: 'in',
        publish: ['out'],
        transactional: true,
        async process({ publish }) {
          void nap(500).then(() => publish('out', 'an afterthought'));
          await publish('out', 'a thought');
        },
      }),
      defineAgent({ name: 'slow', subscribe: 'out', process: () => nap(1000) }),
    ]);
    const run = executor.execute();
    // One is being worked on, two fill the mailbox: there is room for one after a second, and for two after two.
    for (let number = 0; number < 3; number++) await executor.publish('out', number);
    await executor.publish('in', 1);
    await runtime.advance(1500);
    expect(executor.listChannels()).toMatchObject([{ name: 'out', messageCount: 1 }, { name: 'in' }]);
    await runtime.advance(500);
    expect(executor.listChannels()).toMatchObject([{ name: 'out', messageCount: 2 }, { name: 'in' }]);
    expect(recorded('message.published')).toHaveLength(6);
    run.cancel();
    await run.report;
  });
});
