import { createMessage, defineAgent, PubSubExecutor, serializeTreeToDot } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { snapshotOf } from '../../core/state/snapshot.js';
import { places } from '../support/crashing-places.js';
import { type Life, live, reopened } from './life.js';

const CONFIG = { maxTokens: 1000, retryStrategy: { type: 'linear', delaySecs: 30 } } as const;

/** A run in the middle of everything: something done, running, waiting, failed, retrying and asked. */
async function busyLife(life: Life): Promise<void> {
  const { executor, runtime } = life;
  executor.openChannel('notes', { capacity: 7, overflow: 'backpressure', retain: 2 });
  executor.registerAgents([
    defineAgent({
      name: 'worker',
      subscribe: 'work',
      publish: 'results',
      concurrency: 3,
      async process({ payload, cache, tasks, tokens, publish, nodeId }) {
        tokens.reserve(20);
        if (payload === 'hangs') await new Promise(() => {});
        if (payload === 'fails') throw new Error('broken for now');
        cache.insertValue(nodeId, 'output', payload);
        cache.appendGlobalValue('log', 'done', payload);
        tasks.addTask('check', { of: payload }, 2);
        tokens.used(15);
        await publish('results', { of: payload });
      },
    }),
    defineAgent({
      name: 'slow',
      subscribe: ['results', 'work'],
      async process() {
        await new Promise(() => {});
      },
    }),
    defineAgent({
      name: 'dead',
      subscribe: 'work',
      inputSchema: { type: 'string', maxLength: 4 },
      process() {},
    }),
    defineAgent({
      name: 'asker',
      subscribe: 'questions',
      publish: [],
      process: async ({ human, payload }) => void (await human.ask({ question: `${payload}?` })),
    }),
  ]);
  executor.tasks.plannedTasks = 5;
  executor.execute();
  for (const payload of ['one', 'two', 'hangs', 'fails', 'three', 'four'])
    await executor.publish('work', payload);
  for (const number of [1, 2, 3]) await executor.publish('notes', { number });
  await executor.publish('notes', createMessage('elsewhere', { number: 4 }));
  await executor.publish('questions', 'really');
  executor.tasks.claimTask('check', 'app');
  await runtime.advance(5000);
  await life.settle();
}

describe.each(places)('$name', ({ empty }) => {
  test.each(['from the log', 'from a snapshot and the log'])('everything folds back %s', async (how) => {
    const life = await live(empty(), { config: CONFIG });
    await busyLife(life);
    if (how !== 'from the log') await life.executor.saveState();
    await life.executor.publish('work', 'last');
    await life.settle();
    const before = life.executor.state;
    const statuses = new Set([...before.unfinished].map(({ status }) => status));
    expect([...statuses].sort()).toEqual(['retrying', 'running', 'waiting']);

    const next = await life.crash();
    const { state } = next.executor;
    expect(snapshotOf(state)).toEqual(reopened(before, next));
    expect(serializeTreeToDot(state.tree, 'run')).not.toBe('');
    expect(state.tree.size).toBe(before.tree.size);
    await next.executor.close();
  });

  test('a state that was closed properly folds back, too, again and again', async () => {
    let life = await live(empty(), { config: CONFIG });
    await busyLife(life);
    for (let round = 0; round < 3; round++) {
      const { executor } = life;
      life = await life.restart();
      expect(snapshotOf(life.executor.state)).toEqual(reopened(executor.state, life));
    }
    await life.executor.close();
  });

  test('the cache, tasks, channels and runs can be read before anything is registered', async () => {
    const life = await live(empty(), { config: CONFIG });
    await busyLife(life);
    const { executor } = life;
    const channels = executor.listChannels();
    const [run] = executor.listRuns();
    const next = await life.crash();
    const found = next.executor;

    expect(found.cache.getGlobalInput('log', 'done')).toEqual(['one', 'two', 'three', 'four']);
    expect(found.tasks.list()).toEqual(executor.tasks.list());
    expect(found.tasks.getTasksByStatus('in-progress')).toHaveLength(1);
    expect(found.plannedTasks).toBe(5);
    // What was being worked on waits again.
    const waits: Record<string, number> = { work: 6, questions: 1 };
    expect(found.listChannels()).toEqual(
      channels.map(({ messageCount, ...channel }) => ({
        ...channel,
        messageCount: waits[channel.name] ?? messageCount,
        subscriberCount: 0,
      })),
    );
    expect(found.openChannel('notes')).toMatchObject({ name: 'notes', messageCount: 0 });
    expect(found.state.channels.get('notes')).toMatchObject({
      capacity: 7,
      overflow: 'backpressure',
      retain: 2,
    });
    expect(found.state.channels.get('notes')?.retained.map(({ message }) => message.payload)).toEqual([
      { number: 3 },
      { number: 4 },
    ]);
    expect(run).toMatchObject({ status: 'running' });
    expect(found.listRuns()).toEqual([
      { ...run, status: 'interrupted', counts: found.listRuns()[0]?.counts },
    ]);
    expect(found.listRuns()[0]?.counts).toMatchObject({ succeeded: 7, retried: 1, failed: 3 });
    expect(found.listRuns()[0]?.tokensUsed).toBe(60);
    expect(found.humans.pending()).toEqual(executor.humans.pending());
    expect(found.listAgents()).toEqual([]);
    await found.close();
  });

  test('whatever was thrown is recovered as it was told', async () => {
    const life = await live(empty(), { config: { maxAttempts: 1 } });
    const thrown = [undefined, null, 'a string', Object.freeze({ message: 'frozen' }), new Proxy({}, {}), 7n];
    life.executor.registerAgent(
      defineAgent({
        name: 'thrower',
        subscribe: 'in',
        process({ payload }) {
          throw thrown[Number(payload)];
        },
      }),
    );
    life.executor.execute();
    for (const [index] of thrown.entries()) await life.executor.publish('in', index);
    await life.executor.idle();
    await life.settle();
    const letters = [...life.executor.tree.deadLetters()];
    expect(letters).toHaveLength(thrown.length);
    const next = await life.crash();
    expect([...next.executor.tree.deadLetters()]).toEqual(letters);
    await next.executor.close();
  });

  test('what a channel retains is handed to an agent that comes after the restart, once', async () => {
    const life = await live(empty());
    life.executor.openChannel('notes', { retain: 2 });
    for (const number of [1, 2, 3]) await life.executor.publish('notes', number);
    const next = await life.crash();
    const heard: unknown[] = [];
    const listener = defineAgent({
      name: 'late',
      subscribe: 'notes',
      process: ({ payload }) => void heard.push(payload),
    });
    next.executor.registerAgent(listener);
    await next.executor.execute({ resume: true }).report;
    const third = await next.crash();
    third.executor.registerAgent(listener);
    await third.executor.execute({ resume: true }).report;
    expect(heard).toEqual([2, 3]);
    await third.executor.close();
  });

  test('ids are never given out twice, however often it restarts', async () => {
    let life = await live(empty());
    const ids: string[] = [];
    for (let round = 0; round < 6; round++) {
      const { executor } = life;
      const seen = new Set<string>();
      executor.registerAgent(
        defineAgent({
          name: 'echo',
          subscribe: 'in',
          publish: 'out',
          async process({ publish, nodeId, payload, tasks }) {
            seen.add(nodeId);
            seen.add((await publish('out', payload)).id);
            seen.add(tasks.addTask('t', payload).taskId);
          },
        }),
      );
      const run = executor.execute({ channel: 'in', payload: round });
      seen.add(run.id);
      await run.report;
      seen.add((await executor.publish('elsewhere', round)).id);
      await life.settle();
      ids.push(...seen);
      // Without time going by, even, and with the same chance: clock and randomness say the same after the restart.
      life = round % 2 === 0 ? await life.crash({ downMs: 0 }) : await life.restart({ downMs: 0 });
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toHaveLength(6 * 5);
    await life.executor.close();
  });

  test('namespaces of one store know nothing of each other', async () => {
    const place = empty();
    const one = await live(place, { namespace: 'one' });
    const two = await PubSubExecutor.open({ storage: place.storage, namespace: 'two' });
    await one.executor.publish('in', 'for one');
    one.executor.cache.insertGlobalValue('who', 'am I', 'one');
    expect(two.cache.getGlobalInput('who', 'am I')).toBeUndefined();
    expect(two.listChannels()).toEqual([]);
    await two.close();
    const again = await one.restart();
    expect(again.executor.cache.getGlobalInput('who', 'am I')).toBe('one');
    await again.executor.close();
  });
});
