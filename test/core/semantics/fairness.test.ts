import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deferred, openBus } from '../../support/bus.js';

/** Two agents that send a number to and fro until it is 0; on the platform's own clock. */
async function pingPong(count: number) {
  const executor = await PubSubExecutor.open();
  onTestFinished(() => executor.close());
  const inputSchema = { type: 'integer' } as const;
  const player = (name: string, subscribe: string, publish: string) =>
    defineAgent({
      name,
      subscribe,
      publish,
      inputSchema,
      async process(context) {
        if (context.payload > 0) await context.publish(publish, context.payload - 1);
      },
    });
  executor.registerAgents([player('ping', 'a', 'b'), player('pong', 'b', 'a')]);
  return executor.execute({ channel: 'a', payload: count });
}

/** Counts how often a timer fires until `done` is settled. */
async function ticksUntil(done: Promise<unknown>): Promise<number> {
  let ticks = 0;
  const interval = setInterval(() => ticks++, 1);
  await done.finally(() => clearInterval(interval));
  return ticks;
}

describe('agents that only await settled promises do not starve the host', () => {
  test('timers fire during a long chain of messages', async () => {
    const run = await pingPong(30_000);
    const ticks = await ticksUntil(run.report);
    expect((await run.report).counts.succeeded).toBe(30_001);
    expect(ticks).toBeGreaterThan(5);
  });

  test('timers fire while one invocation publishes for ever', async () => {
    const executor = await PubSubExecutor.open();
    executor.registerAgent(
      defineAgent({
        name: 'flood',
        subscribe: 'in',
        publish: 'out',
        async process({ publish }) {
          for (;;) await publish('out', 1);
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    run.cancel();
    expect((await run.report).status).toBe('cancelled');
    await executor.close();
  });

  test('timers fire while an agent tries for ever what is always refused', async () => {
    const executor = await PubSubExecutor.open();
    const over = deferred();
    let refused = 0;
    executor.registerAgent(
      defineAgent({
        name: 'stubborn',
        subscribe: 'in',
        publish: { out: { type: 'string' } },
        async process({ publish, signal }) {
          const wrong: unknown = 5;
          while (!signal.aborted || refused < 10) {
            // @ts-expect-error a number is no string
            await publish('out', wrong).catch(() => refused++);
          }
          over.resolve();
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 }, { timeoutSeconds: 0.02 });
    expect((await run.report).status).toBe('timed-out');
    await over.promise;
    expect(refused).toBeGreaterThan(10);
    await executor.close();
  });

  test('timers fire while an agent whose run is over goes on publishing', async () => {
    const executor = await PubSubExecutor.open();
    let isOver = false;
    const left = deferred();
    executor.registerAgent(
      defineAgent({
        name: 'deaf',
        subscribe: 'in',
        publish: 'out',
        async process({ publish }) {
          while (!isOver) await publish('out', 1).catch(() => {});
          left.resolve();
        },
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await new Promise((resolve) => setTimeout(resolve, 5));
    run.cancel();
    await run.report;
    await new Promise((resolve) => setTimeout(resolve, 20));
    isOver = true;
    await left.promise;
    await executor.close();
  });

  test('timers fire while the application publishes in a loop', async () => {
    const executor = await PubSubExecutor.open();
    let isOver = false;
    setTimeout(() => {
      isOver = true;
    }, 5);
    let published = 0;
    for (; !isOver; published++) await executor.publish('nowhere', published);
    expect(published).toBeGreaterThan(1);
    await executor.close();
  });

  test('every ready agent gets its turn: a chatterbox does not keep the others waiting', async () => {
    const { executor, runtime } = await openBus();
    const order: string[] = [];
    const quiet = defineAgent({ name: 'quiet', subscribe: 'b', process: () => void order.push('quiet') });
    const chatty = defineAgent({ name: 'chatty', subscribe: 'a', process: () => void order.push('chatty') });
    executor.registerAgents([chatty, quiet]);
    for (let count = 0; count < 50; count++) await executor.publish('a', count);
    await executor.publish('b', 0);
    executor.execute();
    await runtime.runUntilIdle();
    expect(order).toHaveLength(51);
    expect(order.indexOf('quiet')).toBeLessThan(3);
  });
});

describe('thousands of agents that are ready at once', () => {
  test('all get their turn, in the order in which their mail came', async () => {
    const { executor } = await openBus();
    const order: number[] = [];
    const expected = Array.from({ length: 3000 }, (_, number) => number);
    for (const number of expected) {
      executor.registerAgent(
        defineAgent({ name: `agent ${number}`, subscribe: 'in', process: () => void order.push(number) }),
      );
    }
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report.counts).toMatchObject({ delivered: 3000, succeeded: 3000 });
    expect(order).toEqual(expected);
  });
});

describe('no chain of publishes grows the stack', () => {
  test('the stack is as deep at the last hop as at an early one', async () => {
    const { executor } = await openBus();
    const depths = new Map<number, number>();
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 500;
    const depth = (): number => (new Error().stack ?? '').split('\n').length;
    const agent = defineAgent({
      name: 'agent',
      subscribe: 'loop',
      publish: 'loop',
      inputSchema: { type: 'integer' },
      process({ payload, publish }) {
        if (payload === 4990 || payload === 0) depths.set(payload, depth());
        // Nobody awaits anything here: the whole chain is synchronous as far as the agent can tell.
        if (payload > 0) void publish('loop', payload - 1);
      },
    });
    executor.registerAgent(agent);
    const report = await executor.execute({ channel: 'loop', payload: 5000 }).report;
    Error.stackTraceLimit = limit;
    expect(report.counts.succeeded).toBe(5001);
    expect(depths.get(0)).toBeLessThan(50);
    expect(depths.get(0)).toBe(depths.get(4990));
  });
});

test('ready agents take turns in order, however many they are and wherever the queue begins', async () => {
  const { executor, runtime } = await openBus();
  const starts: string[] = [];
  const names = Array.from({ length: 300 }, (_, index) => `agent${index}`);
  const agents = names.map((name) =>
    defineAgent({ name, subscribe: ['first', 'all'], process: () => void starts.push(name) }),
  );
  executor.registerAgents(agents.slice(0, 1));
  executor.execute();
  // Moves the beginning of the queue, so that what follows goes round its end and makes it grow there.
  for (let message = 0; message < 40; message++) await executor.publish('first', message);
  await runtime.runUntilIdle();
  expect(starts.splice(0).length).toBe(40);
  executor.registerAgents(agents.slice(1));
  for (const message of [1, 2, 3]) void executor.publish('all', message);
  await runtime.runUntilIdle();
  expect(starts).toEqual([...names, ...names, ...names]);
});
