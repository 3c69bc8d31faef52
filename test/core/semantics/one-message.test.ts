import { createMessage, defineAgent, type Message, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { expect, onTestFinished, test } from 'vitest';
import { openBus } from '../../support/bus.js';

// A message is made when somebody looks at it. Whoever looks, and whenever, must see the same one.

/** What a team said about its messages, by where it was seen. */
interface Sightings {
  /** Told to listeners while they were published. */
  readonly events: Message[];
  /** Given to the publishers. */
  readonly published: Message[];
  /** Seen by those who got them. */
  readonly received: Message[];
}

async function watch(
  listens: boolean,
): Promise<{ executor: PubSubExecutor; seen: Sightings; end(): Promise<void> }> {
  const seen: Sightings = { events: [], published: [], received: [] };
  const executor = await PubSubExecutor.open();
  const listener = (event: RunEvent): void => {
    if (event.type === 'message.published') seen.events.push(event.message);
  };
  if (listens) executor.subscribe(listener);
  executor.registerAgents([
    defineAgent({
      name: 'returns',
      subscribe: 'start',
      publish: 'middle',
      process: ({ payload, message }) => {
        seen.received.push(message);
        return payload;
      },
    }),
    defineAgent({
      name: 'publishes',
      subscribe: 'middle',
      publish: 'end',
      process: async ({ message, publish }) => {
        seen.received.push(message);
        for (const text of ['one', 'two']) {
          seen.published.push(await publish('end', { text, by: message.source }));
        }
      },
    }),
    defineAgent({
      name: 'listens',
      subscribe: 'end',
      process: ({ message }) => void seen.received.push(message),
    }),
  ]);
  return { executor, seen, end: () => executor.close() };
}

const byId = (messages: readonly Message[]): [string, Message][] =>
  messages.map((message): [string, Message] => [message.id, message]).sort(([a], [b]) => (a < b ? -1 : 1));

test.each([
  ['while somebody listens', true],
  ['while nobody does', false],
])('publisher, receiver and listener see one message %s', async (_, listens) => {
  const { executor, seen, end } = await watch(listens);
  const run = executor.execute({});
  const first = await executor.publish('start', { n: 1 });
  const second = await executor.publish('start', { n: 2 }, { source: 'importer', task: { type: 'import' } });
  await executor.idle();
  await executor.stop();
  await run.report;

  const received = new Map(byId(seen.received));
  expect(received.size).toBe(8); // for each of the two: itself, what was made of it, and two more
  for (const message of [first, second, ...seen.published]) expect(received.get(message.id)).toEqual(message);
  if (listens) expect(byId(seen.events)).toEqual(byId(seen.received));

  expect(first).toEqual({
    id: expect.any(String),
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    source: 'app',
    channel: 'start',
    payload: { n: 1 },
  });
  expect(second).toMatchObject({ source: 'importer', taskId: expect.any(String) });
  // What follows from a message names it, the invocation that made it, and its task.
  for (const cause of [first, second]) {
    const made = seen.received.find(({ parentId }) => parentId === cause.id);
    expect(made).toMatchObject({ channel: 'middle', payload: cause.payload });
    expect(made?.taskId).toBe(cause.taskId);
    expect(executor.tree.find(made?.source ?? '')).toMatchObject({ kind: 'invocation', agent: 'returns' });
    const further = seen.published.filter(({ parentId }) => parentId === made?.id);
    expect(further.map(({ payload }) => payload)).toEqual([
      { text: 'one', by: made?.source },
      { text: 'two', by: made?.source },
    ]);
    for (const message of further) {
      expect(message.taskId).toBe(cause.taskId);
      expect(executor.tree.find(message.source)).toMatchObject({ agent: 'publishes' });
      expect(executor.tree.find(message.id)).toMatchObject({ kind: 'publish', channel: 'end' });
    }
  }
  await end();
});

test('a message looked at long after its publisher has finished is the one that was published', async () => {
  const kept: { readonly message: Message }[] = [];
  const events: Message[] = [];
  const executor = await PubSubExecutor.open();
  executor.registerAgents([
    defineAgent({ name: 'maker', subscribe: 'raw', publish: 'made', process: ({ payload }) => payload }),
    // The context is kept, and its message read when all is over.
    defineAgent({ name: 'keeper', subscribe: 'made', process: (context) => void kept.push(context) }),
  ]);
  const source = await executor.publish('raw', { deep: [1, { two: true }] });
  const run = executor.execute({ resume: true });
  executor.subscribe((event) => {
    if (event.type === 'message.published') events.push(event.message);
  });
  await run.report;
  await new Promise((resolve) => setTimeout(resolve, 5));

  const late = kept[0]?.message;
  expect(late).toBe(kept[0]?.message);
  expect(late).toMatchObject({ channel: 'made', parentId: source.id, payload: { deep: [1, { two: true }] } });
  expect(events).toEqual([late]);
  await executor.close();
});

test('what an agent does to the message that it is given changes nothing of what its publisher is told', async () => {
  const executor = await PubSubExecutor.open({ storage: memoryStorage() });
  onTestFinished(() => executor.close());
  executor.registerAgent(
    defineAgent({
      name: 'vandal',
      subscribe: 'in',
      process: ({ message }) => void Object.assign(message, { id: 'x', source: 'x', channel: 'x' }),
    }),
  );
  executor.execute();
  // Told once it is durable: by then the agent has had it.
  expect(await executor.publish('in', 1)).toMatchObject({ source: 'app', channel: 'in' });
  const own = createMessage('me', 2);
  expect(await executor.publish('in', own)).toMatchObject({ id: own.id, source: 'me', channel: 'in' });
  await executor.idle();
});

test('an agent is told the run that it works in, also when that took up what was there before it', async () => {
  const { executor } = await openBus();
  const told: unknown[] = [];
  executor.registerAgent(
    defineAgent({
      name: 'a',
      subscribe: 'in',
      process: ({ runId, payload }) => void told.push([payload, runId]),
    }),
  );
  await executor.publish('in', 'before');
  const run = executor.execute({ channel: 'in', payload: 'with it' });
  await run.report;
  expect(told).toEqual([
    ['before', run.id],
    ['with it', run.id],
  ]);
});
