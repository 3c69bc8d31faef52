import { defineAgent, type JsonValue } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, refusal } from '../../support/bus.js';

const agentOn = (channel: string, name = 'agent', heard: JsonValue[] = []) =>
  defineAgent({ name, subscribe: channel, process: ({ payload }) => void heard.push(payload) });

describe('openChannel and listChannels', () => {
  test('a status has all that the contract names', async () => {
    const { executor } = await openBus();
    const status = executor.openChannel('news', { capacity: 5, overflow: 'reject', retain: 2 });
    expect(status).toEqual({
      name: 'news',
      subscriberCount: 0,
      messageCount: 0,
      droppedCount: 0,
      createdAt: '2026-01-01T00:00:00.000Z',
      isActive: true,
    });
    expect(executor.listChannels()).toEqual([status]);
  });

  test('lists channels in the order they came into being, with their subscribers and messages', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgents([agentOn('b', 'one'), agentOn('b', 'two'), agentOn('a', 'three')]);
    await runtime.advance(1500);
    await executor.publish('b', 1);
    await executor.publish('c', 1);
    expect(executor.listChannels().map((c) => [c.name, c.subscriberCount, c.messageCount])).toEqual([
      ['b', 2, 1],
      ['a', 1, 0],
      ['c', 0, 0],
    ]);
    expect(executor.listChannels()[2]?.createdAt).toBe('2026-01-01T00:00:01.500Z');
  });

  test('opening one that exists changes what is named and keeps the rest', async () => {
    const { executor } = await openBus();
    executor.registerAgent(agentOn('in'));
    executor.openChannel('in', { capacity: 2, overflow: 'reject' });
    executor.openChannel('in', { capacity: 3 });
    for (const number of [1, 2, 3]) await executor.publish('in', number);
    expect((await refusal(() => executor.publish('in', 4))).code).toBe('CHANNEL_FULL');
    expect(executor.listChannels()[0]?.subscriberCount).toBe(1);
  });

  test.each([
    ['capacity', 0],
    ['capacity', 1.5],
    ['capacity', '5'],
    ['overflow', 'explode'],
    ['retain', -1],
    ['retain', Number.NaN],
    ['size', 5],
  ])('refuses { %s: %s }, naming it', async (field, value) => {
    const { executor } = await openBus();
    const error = await refusal(() => executor.openChannel('in', { [field]: value }));
    expect(error).toMatchObject({ code: 'VALIDATION_ERROR', details: { field: `options.${field}` } });
    expect(executor.listChannels()).toEqual([]);
  });
});

describe('shutdownChannel', () => {
  test('without subscribers it goes, with what is in it', async () => {
    const { executor } = await openBus();
    executor.openChannel('in', { retain: 5 });
    await executor.publish('in', 1);
    await executor.shutdownChannel('in');
    expect(executor.listChannels()).toEqual([]);
  });

  test('with subscribers it is refused, naming them, unless forced', async () => {
    const { executor } = await openBus();
    executor.registerAgents([agentOn('in', 'one'), agentOn('in', 'two')]);
    const error = await refusal(() => executor.shutdownChannel('in', { force: false }));
    expect(error).toMatchObject({ code: 'CHANNEL_IN_USE', details: { agents: ['one', 'two'] } });
    expect(executor.listChannels()).toHaveLength(1);
    await executor.shutdownChannel('in', { force: true });
    expect(executor.listChannels()).toEqual([]);
  });

  test('what waits is dropped and counted; what is being worked on goes on', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const done: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'slow',
        subscribe: 'in',
        async process({ payload }) {
          await gate.promise;
          done.push(payload);
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await executor.publish('in', 2);
    await runtime.runUntilIdle();
    await executor.shutdownChannel('in', { force: true });
    expect(executor.state.unfinished.length).toBe(1);
    gate.resolve();
    expect(await run.report).toMatchObject({ status: 'completed', counts: { succeeded: 1, dropped: 1 } });
    expect(done).toEqual([1]);
    expect([...executor.tree.nodes()].map(({ status }) => status)).toContain('dropped');
  });

  test('what can no longer go back to it is not counted as dropped by the next of its name', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(
      defineAgent({ name: 'slow', subscribe: 'in', process: () => new Promise(() => {}) }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    await executor.shutdownChannel('in', { force: true });
    executor.openChannel('in');
    const stopped = executor.stop({ graceSeconds: 0 });
    await runtime.advance(0);
    await stopped;
    expect(await run.report).toMatchObject({ counts: { dropped: 1 } });
    expect(executor.listChannels()).toMatchObject([{ droppedCount: 0 }]);
  });

  test('a run whose last messages it takes ends', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(agentOn('in'));
    await executor.pause();
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    await executor.shutdownChannel('in', { force: true });
    expect(await run.report).toMatchObject({ counts: { dropped: 1, succeeded: 0 } });
  });

  test('what fails after its channel is gone is tried again all the same', async () => {
    const { executor, runtime } = await openBus({
      config: { retryStrategy: { type: 'linear', delaySecs: 1 } },
    });
    const attempts: number[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ attempt }) {
          attempts.push(attempt);
          if (attempt === 1) throw new Error('again');
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    await executor.shutdownChannel('in', { force: true });
    await runtime.advance(1000);
    expect(await run.report).toMatchObject({ status: 'completed', counts: { succeeded: 1 } });
    expect(attempts).toEqual([1, 2]);
  });

  test('a channel of the same name may come into being again; agents that come then listen to it', async () => {
    const { executor, runtime } = await openBus();
    const before: JsonValue[] = [];
    const after: JsonValue[] = [];
    executor.registerAgent(agentOn('in', 'before', before));
    executor.execute();
    await executor.shutdownChannel('in', { force: true });
    await executor.publish('in', 1);
    executor.registerAgent(agentOn('in', 'after', after));
    await executor.publish('in', 2);
    await runtime.runUntilIdle();
    expect([before, after]).toEqual([[], [2]]);
    executor.unregisterAgent('before');
    expect(executor.listChannels()).toMatchObject([{ name: 'in', subscriberCount: 1 }]);
  });

  test('refuses a name that it does not know, and options that are none', async () => {
    const { executor } = await openBus();
    executor.openChannel('in');
    expect((await refusal(() => executor.shutdownChannel('out'))).code).toBe('CHANNEL_NOT_FOUND');
    const options: object = { force: 'yes' };
    expect((await refusal(() => executor.shutdownChannel('in', options))).code).toBe('VALIDATION_ERROR');
    expect(executor.listChannels()).toHaveLength(1);
  });
});

describe('listUndelivered', () => {
  test('lists what waits for agents that are not there, by agent and channel', async () => {
    const { executor } = await openBus();
    executor.registerAgents([agentOn('a', 'one'), agentOn('b', 'two')]);
    await executor.publish('a', 'first');
    await executor.publish('a', 'second');
    await executor.publish('b', 'third');
    expect(executor.listUndelivered()).toEqual([]);
    executor.unregisterAgent('one');
    expect(executor.listUndelivered()).toEqual([{ agent: 'one', channel: 'a', count: 2, oldest: 'first' }]);
  });
});

test('a channel that is closed while a payload for it is checked is made anew: nothing goes into the closed one', async () => {
  const { executor } = await openBus();
  executor.registerAgent({
    name: 'closer',
    description: '',
    subscriptions: ['in'],
    publications: [],
    validateInput: () => void executor.shutdownChannel('in', { force: true }),
    processMessage: () => undefined,
  });
  await executor.publish('in', 1);
  const [status] = executor.listChannels();
  expect(status).toMatchObject({ name: 'in', subscriberCount: 0, isActive: true });
  expect([...executor.state.tree.nodes()].map(({ status }) => status)).toEqual(['unheard']);
});
