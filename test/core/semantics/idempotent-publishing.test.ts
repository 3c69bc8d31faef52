import { createMessage, defineAgent, type JsonValue, type Message } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus } from '../../support/bus.js';

const immediate = { retryStrategy: { type: 'immediate' } } as const;

/** Runs one agent that publishes differently in each attempt, and answers what arrived. */
async function publishingTwice(
  attempts: (publish: (payload: JsonValue) => Promise<Message>, attempt: number) => Promise<void>,
) {
  const bus = await openBus({ config: immediate });
  const arrived: JsonValue[] = [];
  bus.executor.registerAgents([
    defineAgent({
      name: 'talker',
      subscribe: 'in',
      publish: 'out',
      process: ({ publish, attempt }) => attempts((payload) => publish('out', payload), attempt),
    }),
    defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void arrived.push(payload) }),
  ]);
  const report = await bus.reported(0, bus.executor.execute({ channel: 'in', payload: 1 }));
  return { ...bus, arrived, report };
}

describe('a retry that publishes the same content again', () => {
  test('publishes the same message, delivered once', async () => {
    const ids: string[] = [];
    const { arrived, report } = await publishingTwice(async (publish, attempt) => {
      ids.push((await publish({ a: 1, b: 2 })).id, (await publish('second')).id);
      if (attempt < 3) throw new Error('again');
    });
    expect(arrived).toEqual([{ a: 1, b: 2 }, 'second']);
    expect(ids).toEqual([ids[0], ids[1], ids[0], ids[1], ids[0], ids[1]]);
    expect(report.counts).toMatchObject({ published: 3, retried: 2 });
  });

  test('whatever the order of keys and of publishes', async () => {
    const { arrived } = await publishingTwice(async (publish, attempt) => {
      if (attempt === 1) {
        await publish({ a: 1, b: { c: 2, d: 3 } });
        await publish('x');
        throw new Error('again');
      }
      await publish('x');
      await publish({ b: { d: 3, c: 2 }, a: 1 });
    });
    expect(arrived).toEqual([{ a: 1, b: { c: 2, d: 3 } }, 'x']);
  });

  test('counts: the same content twice in one attempt is two messages, in the next attempt the same two', async () => {
    const { arrived } = await publishingTwice(async (publish, attempt) => {
      await publish('tick');
      await publish('tick');
      if (attempt === 1) throw new Error('again');
      await publish('tick');
    });
    expect(arrived).toEqual(['tick', 'tick', 'tick']);
  });

  test('after the first attempt got only half way: the rest follows, nothing twice', async () => {
    const { arrived } = await publishingTwice(async (publish, attempt) => {
      for (const number of [1, 2, 3]) {
        await publish(number);
        if (attempt === 1 && number === 2) throw new Error('half way');
      }
    });
    expect(arrived).toEqual([1, 2, 3]);
  });

  test('with other content is another message, and both count', async () => {
    const { arrived } = await publishingTwice(async (publish, attempt) => {
      await publish(`attempt ${attempt}`);
      if (attempt === 1) throw new Error('again');
    });
    expect(arrived).toEqual(['attempt 1', 'attempt 2']);
  });

  test('holds for returned and yielded values, and for thousands of them', async () => {
    const { executor, reported } = await openBus({ config: immediate });
    const arrived: JsonValue[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'source',
        subscribe: 'in',
        publish: 'out',
        async *process({ attempt }) {
          for (let number = 0; number < 1000; number++) yield { number };
          if (attempt < 3) throw new Error('at the end');
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void arrived.push(payload) }),
    ]);
    executor.openChannel('out', { capacity: 10_000 });
    const report = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(arrived).toHaveLength(1000);
    expect(report.counts).toMatchObject({ published: 1001, retried: 2 });
  });
});

describe('ids', () => {
  test('of the k-th publish are the same in every run with the same seed', async () => {
    const ids = await Promise.all(
      [7, 7, 8].map(async (seed) => {
        const { executor, recorded } = await openBus({ seed });
        executor.registerAgent(
          defineAgent({ name: 'a', subscribe: 'in', publish: 'out', process: ({ payload }) => payload }),
        );
        await executor.execute({ channel: 'in', payload: 1 }).report;
        return recorded('message.published').map(({ message }) => message.id);
      }),
    );
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).not.toEqual(ids[2]);
    expect(new Set(ids[0]).size).toBe(2);
  });
});

describe('the same message id twice', () => {
  test('is one message, from the application', async () => {
    const { executor, runtime, recorded } = await openBus();
    const arrived: JsonValue[] = [];
    executor.registerAgent(
      defineAgent({ name: 'sink', subscribe: 'in', process: ({ payload }) => void arrived.push(payload) }),
    );
    executor.execute();
    const message = createMessage('importer', 'row 1');
    const first = await executor.publish('in', message);
    const second = await executor.publish('in', message);
    await runtime.runUntilIdle();
    expect(arrived).toEqual(['row 1']);
    expect(second).toEqual(first);
    expect(first).toMatchObject({ id: message.id, source: 'importer', channel: 'in' });
    expect(recorded('message.published')).toHaveLength(1);
  });

  test('is one message, from two agents', async () => {
    const { executor } = await openBus();
    const message = createMessage('importer', 'row 1');
    const arrived: JsonValue[] = [];
    const talker = (name: string) =>
      defineAgent({
        name,
        subscribe: 'in',
        publish: 'out',
        process: ({ publish }) => publish('out', message),
      });
    executor.registerAgents([
      talker('a'),
      talker('b'),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void arrived.push(payload) }),
    ]);
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(arrived).toEqual(['row 1']);
  });
});
