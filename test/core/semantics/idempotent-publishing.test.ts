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

  test.each(['reject', 'backpressure'] as const)(
    'is one message also where a full mailbox would %s another',
    async (overflow) => {
      const { executor, runtime, recorded } = await openBus();
      executor.openChannel('in', { capacity: 1, overflow });
      const arrived: JsonValue[] = [];
      executor.registerAgent(
        defineAgent({ name: 'sink', subscribe: 'in', process: ({ payload }) => void arrived.push(payload) }),
      );
      const message = createMessage('importer', 'row 1');
      const first = await executor.publish('in', message);
      // Sent again, as its acknowledgement was lost.
      const again: Message[] = [];
      executor.publish('in', message).then(
        (second) => again.push(second),
        () => {},
      );
      await runtime.runUntilIdle();
      expect(again).toEqual([first]);
      await executor.execute({ resume: true }).report;
      expect(arrived).toEqual(['row 1']);
      expect(recorded('message.published')).toHaveLength(1);
    },
  );

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

  test('on another channel is delivered there, too', async () => {
    const { executor, runtime } = await openBus();
    const arrived: string[] = [];
    for (const name of ['a', 'b']) {
      executor.registerAgent(
        defineAgent({
          name,
          subscribe: name,
          process: ({ message }) => void arrived.push(`${name} ${message.id}`),
        }),
      );
    }
    executor.execute();
    const message = createMessage('importer', 'row 1');
    for (const channel of ['a', 'b', 'a', 'b']) await executor.publish(channel, message);
    await runtime.runUntilIdle();
    expect(arrived).toEqual([`a ${message.id}`, `b ${message.id}`]);
  });
});

describe('a message that is passed on', () => {
  test('by agents is a new one each time, whose parent is the one that came', async () => {
    const { executor, runtime, recorded } = await openBus();
    const relay = (name: string, subscribe: string, publish: string) =>
      defineAgent({
        name,
        subscribe,
        publish,
        process: (context) => context.publish(publish, context.message),
      });
    const arrived: Message[] = [];
    executor.registerAgents([
      relay('first', 'a', 'b'),
      relay('second', 'b', 'c'),
      defineAgent({ name: 'sink', subscribe: 'c', process: ({ message }) => void arrived.push(message) }),
    ]);
    executor.execute();
    await executor.publish('a', 'plain');
    await executor.publish('a', createMessage('importer', 'own'));
    await runtime.runUntilIdle();
    expect(arrived.map(({ payload }) => payload)).toEqual(['plain', 'own']);
    const messages = recorded('message.published').map(({ message }) => message);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(6);
    for (const { channel, parentId, payload } of messages) {
      const parent = messages.find(({ id }) => id === parentId);
      expect([channel, parent?.channel, parent?.payload]).toEqual(
        channel === 'a' ? ['a', undefined, undefined] : [channel, channel === 'b' ? 'a' : 'b', payload],
      );
    }
  });

  test('by the application is a new one from the same source, of the same task', async () => {
    const { executor } = await openBus();
    const sent = await executor.publish('a', { n: 1 }, { source: 'importer', task: { type: 'import' } });
    const passedOn = await executor.publish('b', sent);
    expect(passedOn).toMatchObject({
      channel: 'b',
      source: 'importer',
      taskId: sent.taskId,
      payload: { n: 1 },
    });
    expect(passedOn.id).not.toBe(sent.id);
  });
});

describe.each(['all', 'the last'])('what an agent returns of what it has published itself, %s', (which) => {
  test.each([1, 256, 257, 1000])('is not published again: %s messages', async (count) => {
    const { executor, reported, recorded } = await openBus({ config: immediate });
    executor.registerAgent(
      defineAgent({
        name: 'talker',
        subscribe: 'in',
        publish: 'out',
        async process({ publish, attempt }) {
          const messages = await Promise.all(Array.from({ length: count }, (_, n) => publish('out', n)));
          if (attempt === 1) throw new Error('again');
          return which === 'all' ? messages : messages.at(-1);
        },
      }),
    );
    const { status, counts } = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect({ status, retried: counts.retried }).toEqual({ status: 'completed', retried: 1 });
    expect(recorded('message.published').filter(({ message }) => message.channel === 'out')).toHaveLength(
      count,
    );
  });
});
