import {
  applyEvent,
  defineAgent,
  type OpenOptions,
  type PubSubAgent,
  PubSubError,
  PubSubExecutor,
  PubSubFollower,
  type RunEvent,
  serializeCacheToJson,
} from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { createTestRuntime } from 'dagger-agents/testing';
import { expect, onTestFinished, test } from 'vitest';
import { snapshotOf } from '../../core/state/snapshot.js';
import { refusal } from '../support/bus.js';
import { FollowableMemory } from '../support/followable-memory.js';
import { expectSameState } from '../support/state-view.js';
import { copyOf } from './life.js';

const silent = { warn: () => {} };

async function owner(storage: FollowableMemory, options: OpenOptions = {}): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open({ storage, logger: silent, ...options });
  onTestFinished(() => executor.close().catch(() => {}));
  await executor.idle(); // its opening is stored
  return executor;
}

async function follow(storage: FollowableMemory, options: OpenOptions = {}): Promise<PubSubFollower> {
  const follower = await PubSubFollower.open({ storage, logger: silent, ...options });
  onTestFinished(() => follower.close());
  return follower;
}

/** Adds up what it hears, and says how often. */
function adding(heard: unknown[]): PubSubAgent {
  return defineAgent({
    name: 'adder',
    subscribe: 'numbers',
    publish: 'sums',
    process({ payload, cache }) {
      heard.push(payload);
      cache.appendGlobalValue('seen', 'numbers', payload);
      return { sum: heard.length };
    },
  });
}

/** Resolves when the follower has heard of everything up to an event. */
function heardUpTo(follower: PubSubFollower, seq: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (follower.state.seq >= seq) resolve();
    };
    const stop = follower.subscribe(look, look);
    onTestFinished(stop);
    look();
  });
}

test('a follower has what is stored when it opens, and then every event once and in order', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  executor.registerAgent(adding([]));
  await executor.execute({ channel: 'numbers', payload: 1 }).report;
  await executor.publish('unheard', 'everything before it is stored');

  const follower = await follow(storage);
  expectSameState(follower.state, executor.state);
  const folded = copyOf(follower.state);
  const before = follower.state.seq;
  const events: RunEvent[] = [];
  follower.subscribe((event) => events.push(event));

  await executor.execute({ channel: 'numbers', payload: 2 }).report;
  await executor.publish('unheard', 'again');
  await heardUpTo(follower, executor.state.seq);
  expectSameState(follower.state, executor.state);
  expect([...follower.tree.nodes()]).toEqual([...executor.tree.nodes()]);
  expect(serializeCacheToJson(follower.cache)).toBe(serializeCacheToJson(executor.cache));
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => before + 1 + index));
  for (const event of events) applyEvent(folded, event);
  expectSameState(folded, executor.state);
});

test('nothing can be changed through a follower', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  const follower = await follow(storage);
  expect(await refusal(() => follower.cache.insertGlobalValue('a', 'b', 1))).toMatchObject({
    code: 'LOCK_ERROR',
    message: expect.stringContaining('only reads'),
  });
  expect(await refusal(() => follower.cache.appendGlobalValue('a', 'b', 1))).toMatchObject({
    code: 'LOCK_ERROR',
  });
  expect(follower.cache.getGlobalInput('a', 'b')).toBeUndefined();
  expect(executor.cache.toJSON()).toEqual({});
});

test('when the owner closes the follower takes over, and its listeners hear on without a gap', async () => {
  const storage = new FollowableMemory();
  const first = await owner(storage);
  const heard: unknown[] = [];
  first.registerAgent(adding(heard));
  const follower = await follow(storage);
  const events: RunEvent[] = [];
  follower.subscribe((event) => events.push(event));
  const start = follower.state.seq;
  await first.execute({ channel: 'numbers', payload: 1 }).report;
  await first.publish('numbers', 2); // acknowledged, and left undone
  await first.close();

  const second = await follower.takenOver;
  onTestFinished(() => second.close());
  expect(follower.state).toBe(second.state);
  expect(follower.cache).toBe(second.cache);
  second.registerAgent(adding(heard));
  await second.execute({ resume: true }).report;
  expect(heard).toEqual([1, 2]);
  expect(second.cache.getGlobalInput('seen', 'numbers')).toEqual([1, 2]);
  await second.publish('numbers', 3);
  await heardUpTo(follower, second.state.seq);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => start + 1 + index));
  expect(events.filter(({ type }) => type === 'executor.opened')).toHaveLength(1);

  // Closing the follower now is only an end of listening.
  await follower.close();
  const told = events.length;
  await second.publish('numbers', 4);
  expect(events).toHaveLength(told);
});

test('whoever is refused the store is told of the follower', async () => {
  const storage = new FollowableMemory();
  await owner(storage);
  expect(await refusal(() => PubSubExecutor.open({ storage }))).toMatchObject({
    code: 'LOCK_ERROR',
    message: expect.stringMatching(/somebody else has it; PubSubFollower\.open\(\)/),
    details: { owner: 'somebody' },
  });
});

test('with nobody there a follower takes over at once', async () => {
  const follower = await follow(new FollowableMemory());
  const executor = await follower.takenOver;
  await executor.publish('anything', 1);
  expect(follower.state.channels.get('anything')?.publishedCount).toBe(1);
  await executor.close();
});

test('a frozen owner is refused when it wakes, and can follow in its turn', async () => {
  const storage = new FollowableMemory();
  const warnings: string[] = [];
  const first = await owner(storage, { logger: { warn: (message) => warnings.push(message) } });
  first.registerAgent(adding([]));
  await first.publish('numbers', 1);
  const follower = await follow(storage);
  const wake = storage.freezeWriter();
  const second = await follower.takenOver;
  second.registerAgent(adding([]));
  await second.publish('numbers', 2);

  wake();
  expect(await refusal(() => first.publish('numbers', 'lost'))).toMatchObject({ code: 'LOCK_ERROR' });
  expect(warnings.join()).toContain('another tab took over');
  await first.close().catch(() => {});
  const again = await follow(storage);
  expectSameState(again.state, second.state);
  await second.close();
  const third = await again.takenOver;
  const heard: unknown[] = [];
  third.registerAgent(adding(heard));
  await third.execute({ resume: true }).report;
  expect(heard).toEqual([1, 2]);
  await third.close();
});

test('when the log was dropped before it could be read, the follower goes on from the snapshot', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  executor.registerAgent(adding([]));
  await executor.execute({ channel: 'numbers', payload: 1 }).report;
  const follower = await follow(storage);
  const events: RunEvent[] = [];
  const jumps: number[] = [];
  follower.subscribe(
    (event) => events.push(event),
    () => jumps.push(follower.state.seq),
  );

  // The follower looks away while the writer goes on and replaces its log.
  let look = (): void => {};
  const away = new Promise<void>((resolve) => {
    look = resolve;
  });
  storage.beforeReading = () => away;
  await executor.publish('numbers', 'in the dropped log');
  await executor.publish('numbers', 'in the dropped log too');
  await executor.saveState();
  const saved = executor.state.seq;
  await executor.publish('numbers', 'after the snapshot');
  look();
  await heardUpTo(follower, executor.state.seq);
  expectSameState(follower.state, executor.state);
  expect(jumps).toEqual([saved]);
  expect(events.map(({ seq }) => seq)).toEqual([saved + 1]);
});

test("of a writer with durability 'exit' the follower sees each state that is saved", async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage, { durability: 'exit' });
  const follower = await follow(storage, { durability: 'exit' });
  for (const number of [1, 2, 3]) {
    executor.cache.insertGlobalValue('a', 'b', number);
    await executor.saveState();
    await heardUpTo(follower, executor.state.seq);
    expect(follower.cache.getGlobalInput('a', 'b')).toBe(number);
  }
  executor.cache.insertGlobalValue('a', 'b', 'saved by closing');
  await executor.close();
  const next = await follower.takenOver;
  expect(next.cache.getGlobalInput('a', 'b')).toBe('saved by closing');
  await next.close();
});

test('a listener that throws harms neither the following nor the others', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  const warnings: string[] = [];
  const heard: RunEvent[] = [];
  const follower = await follow(storage, {
    logger: { warn: (message) => warnings.push(message) },
    listener: (event) => heard.push(event),
  });
  follower.subscribe(
    () => {
      throw new Error('mine');
    },
    () => {
      throw new Error('mine too');
    },
  );
  executor.cache.insertGlobalValue('a', 'b', 1);
  await executor.publish('numbers', 1);
  await heardUpTo(follower, executor.state.seq);
  expect(heard.at(-1)?.seq).toBe(executor.state.seq);
  expect(warnings).toHaveLength(1);
});

test('a read that fails is tried again; one that fails for good ends the waiting, and says so', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  const runtime = createTestRuntime();
  const warnings: string[] = [];
  const follower = await follow(storage, { runtime, logger: { warn: (message) => warnings.push(message) } });

  let failures = 0;
  storage.beforeReading = () => {
    failures++;
    throw new PubSubError('DATABASE_ERROR', 'no answer');
  };
  await executor.publish('numbers', 1);
  await expect.poll(() => failures).toBe(1);
  storage.beforeReading = () => {};
  await runtime.advance(20);
  await heardUpTo(follower, executor.state.seq);
  expect(warnings).toEqual([]);

  storage.beforeReading = () => {
    throw new PubSubError('DATABASE_ERROR', 'it was deleted', { details: { lost: true } });
  };
  await executor.publish('numbers', 2);
  expect(await refusal(() => follower.takenOver)).toMatchObject({
    code: 'DATABASE_ERROR',
    message: 'it was deleted',
  });
  expect(warnings).toEqual([expect.stringContaining('it was deleted')]);
  // It does not take over what it could not follow.
  await executor.close();
  const other = await PubSubExecutor.open({ storage });
  await other.close();
});

test('what cannot be read at all is refused when opening', async () => {
  const storage = new FollowableMemory();
  storage.beforeReading = () => {
    throw new PubSubError('DATABASE_ERROR', 'a batch is damaged', { details: { lost: true } });
  };
  expect(await refusal(() => PubSubFollower.open({ storage, logger: silent }))).toMatchObject({
    code: 'DATABASE_ERROR',
    message: 'a batch is damaged',
  });
});

test('a follower that is closed neither takes over nor hears on', async () => {
  const storage = new FollowableMemory();
  const executor = await owner(storage);
  const follower = await follow(storage);
  const events: RunEvent[] = [];
  follower.subscribe((event) => events.push(event));
  const left = snapshotOf(follower.state);
  await follower.close();
  await follower.close();
  expect(await refusal(() => follower.takenOver)).toMatchObject({ code: 'CANCELLED' });
  await executor.publish('numbers', 1);
  await executor.close();
  expect(events).toEqual([]);
  expect(snapshotOf(follower.state)).toEqual(left);
  const next = await PubSubExecutor.open({ storage });
  await next.close();
});

test('await using closes it at the end of the block', async () => {
  const storage = new FollowableMemory();
  await owner(storage);
  let takenOver: Promise<PubSubExecutor>;
  {
    await using follower = await PubSubFollower.open({ storage, logger: silent });
    ({ takenOver } = follower);
  }
  expect(await refusal(() => takenOver)).toMatchObject({ code: 'CANCELLED' });
});

test('closed in the middle of taking over, it lets the store go', async () => {
  const storage = new FollowableMemory();
  const follower = await follow(storage);
  await follower.close();
  expect(await refusal(() => follower.takenOver)).toMatchObject({ code: 'CANCELLED' });
  const next = await PubSubExecutor.open({ storage });
  await next.close();
});

test('options are checked before anything is opened', async () => {
  const storage = new FollowableMemory();
  expect(await refusal(() => PubSubFollower.open({}))).toMatchObject({
    code: 'VALIDATION_ERROR',
    message: expect.stringContaining('options.storage: expected a store that can be followed'),
  });
  expect(await refusal(() => PubSubFollower.open({ storage: memoryStorage() }))).toMatchObject({
    code: 'VALIDATION_ERROR',
    message: expect.stringContaining('got "memory"'),
  });
  expect(await refusal(() => PubSubFollower.open({ storage, config: { maxMessages: 0 } }))).toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  const follower = await follow(storage);
  // What JavaScript callers may pass.
  const wrong = 'no function' as unknown as () => void;
  expect(await refusal(() => follower.subscribe(wrong))).toMatchObject({ code: 'VALIDATION_ERROR' });
  expect(await refusal(() => follower.subscribe(() => {}, wrong))).toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  await (await follower.takenOver).close();
});
