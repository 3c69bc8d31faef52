import { defineAgent, type Message, PubSubExecutor } from 'dagger-agents';
import { expect, onTestFinished, test } from 'vitest';

const SOURCES = 30_000;

async function openReader() {
  const executor = await PubSubExecutor.open();
  onTestFinished(() => executor.close());
  const received: string[] = [];
  executor.openChannel('numbers', { capacity: SOURCES });
  executor.registerAgent(
    defineAgent({
      name: 'reader',
      subscribe: 'numbers',
      process: ({ message }) => {
        received.push(message.id);
        // An agent may do with its message what it likes.
        Object.assign(message, { source: 'somebody else' });
      },
    }),
  );
  executor.execute();
  return { executor, received };
}

test('whoever publishes a backlog hears of each message, in order, and of the message as it was published', async () => {
  const { executor, received } = await openReader();
  const acknowledged: Message[] = [];
  const publishing: Promise<unknown>[] = [];
  for (let n = 0; n < SOURCES; n++) {
    const published = executor.publish('numbers', { n });
    publishing.push(published.then((message) => acknowledged.push(message)));
  }
  await Promise.all(publishing);
  await executor.idle();
  expect(acknowledged.map(({ payload }) => payload)).toEqual(
    Array.from({ length: SOURCES }, (_, n) => ({ n })),
  );
  expect(acknowledged.map(({ id }) => id)).toEqual(received);
  expect(new Set(acknowledged.map(({ source, channel }) => `${source} ${channel}`))).toEqual(
    new Set(['app numbers']),
  );
});

test('whoever awaits each message of a backlog leaves the host its turns', async () => {
  const { executor } = await openReader();
  let turns = 0;
  let stopped = false;
  const count = () => {
    turns++;
    if (!stopped) setTimeout(count);
  };
  setTimeout(count);
  for (let n = 0; n < SOURCES; n++) await executor.publish('numbers', { n });
  stopped = true;
  expect(turns).toBeGreaterThan(1);
});

test('messages and outcomes are plain objects, whoever made them', async () => {
  const { executor } = await openReader();
  const run = executor.execute({ channel: 'numbers', payload: { n: 1 } });
  const message = await executor.publish('numbers', { n: 2 });
  await run.report;
  for await (const outcome of run) {
    expect(outcome).toStrictEqual({
      nodeId: expect.stringMatching(/^reader_/),
      agent: 'reader',
      channel: 'numbers',
      success: true,
      attempts: 1,
      retryMessages: [],
      durationMs: expect.any(Number),
    });
    expect(Object.getPrototypeOf(outcome)).toBe(Object.prototype);
    expect(Object.keys(outcome)[0]).toBe('nodeId');
  }
  expect(message).toStrictEqual({
    id: expect.any(String),
    timestamp: expect.any(String),
    source: 'app',
    channel: 'numbers',
    payload: { n: 2 },
  });
});
