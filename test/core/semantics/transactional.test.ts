import { createMessage, defineAgent, type JsonValue, type PubSubExecutor } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus } from '../../support/bus.js';

/** What anybody outside can see of a transactional agent's work. */
function visible(executor: PubSubExecutor) {
  return {
    cached: executor.cache.getGlobalInput('facts', 'count') ?? null,
    list: executor.cache.getGlobalInput('facts', 'list') ?? null,
    tasks: executor.tasks.list().length,
    published: executor.state.tree.size,
  };
}

describe('a transactional agent', () => {
  test('shows its publishes, cache writes and task changes together, when it succeeds', async () => {
    const { executor, runtime } = await openBus();
    const gate = deferred();
    const seen: unknown[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        publish: 'out',
        transactional: true,
        async process({ publish, cache, tasks }) {
          await publish('out', 'one');
          cache.insertGlobalValue('facts', 'count', 1);
          cache.appendGlobalValue('facts', 'list', 'a');
          tasks.addTask('job', null);
          seen.push(
            cache.getGlobalInput('facts', 'count'),
            cache.getGlobalInput('facts', 'list'),
            tasks.list().length,
          );
          await gate.promise;
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: () => void seen.push('delivered') }),
    ]);
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.runUntilIdle();
    // It reads its own writes; nobody else does.
    expect(seen).toEqual([1, ['a'], 1]);
    expect(visible(executor)).toEqual({ cached: null, list: null, tasks: 0, published: 2 });
    gate.resolve();
    await run.report;
    expect(visible(executor)).toEqual({ cached: 1, list: ['a'], tasks: 1, published: 4 });
    expect(seen.at(-1)).toBe('delivered');
  });

  test('adds as many tasks as it says, beside others that do the same', async () => {
    const { executor, reported } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(
      defineAgent({
        name: 'planner',
        subscribe: 'in',
        publish: 'jobs',
        transactional: true,
        concurrency: 2,
        async process({ payload, publish, tasks }) {
          tasks.addTask('job', `${payload} a`);
          await Promise.resolve();
          tasks.addTask('job', `${payload} b`);
          await publish('jobs', payload, { task: { type: 'job', data: `${payload} c` } });
        },
      }),
    );
    for (const payload of [1, 2]) await executor.publish('in', payload);
    const report = await reported(0, executor.execute({ resume: true }));
    expect(report).toMatchObject({ status: 'completed', counts: { succeeded: 2 } });
    const data = executor.tasks.list().map((task) => task.data);
    expect(data.sort()).toEqual(['1 a', '1 b', '1 c', '2 a', '2 b', '2 c']);
  });

  test('shows nothing when it fails, and everything once when a later attempt succeeds', async () => {
    const { executor, events, reported } = await openBus({
      config: { retryStrategy: { type: 'immediate' } },
    });
    const arrived: JsonValue[] = [];
    executor.registerAgents([
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        publish: 'out',
        transactional: true,
        async process({ publish, cache, tasks, attempt }) {
          await publish('out', attempt);
          cache.appendGlobalValue('facts', 'list', attempt);
          tasks.addTask('job', attempt);
          if (attempt < 3) throw new Error('again');
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void arrived.push(payload) }),
    ]);
    const report = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(report.status).toBe('completed');
    expect(arrived).toEqual([3]);
    expect(executor.cache.getGlobalInput('facts', 'list')).toEqual([3]);
    expect(executor.tasks.list().map(({ data }) => data)).toEqual([3]);
    expect(events.filter(({ type }) => type === 'cache.appended')).toHaveLength(1);
  });

  test('leaves nothing behind when it never succeeds', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        publish: 'out',
        transactional: true,
        async process({ publish, cache, tasks }) {
          await publish('out', 1);
          cache.insertGlobalValue('facts', 'count', 1);
          tasks.addTask('job', null);
          throw new Error('no');
        },
      }),
    );
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report.counts).toMatchObject({ published: 1, failed: 1 });
    expect(visible(executor)).toEqual({ cached: null, list: null, tasks: 0, published: 2 });
  });

  test('still has its output checked at the call', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        publish: { out: { type: 'string' }, good: { type: 'string' } },
        transactional: true,
        async process({ publish }) {
          await publish('good', 'fine');
          // @ts-expect-error a number is no string
          await publish('out', 5);
        },
      }),
    );
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report.error?.code).toBe('VALIDATION_ERROR');
    expect(report.counts.published).toBe(1);
  });

  test('reads what is there already under its own writes', async () => {
    const { executor } = await openBus();
    executor.cache.appendGlobalValue('facts', 'list', 'before');
    executor.tasks.addTask('job', 'before');
    const seen: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        transactional: true,
        process({ cache, tasks }) {
          cache.appendGlobalValue('facts', 'list', 'mine');
          const claimed = tasks.claimTask('job', 'worker');
          if (claimed) tasks.completeTask(claimed, true);
          tasks.plannedTasks = 1;
          seen.push(cache.getGlobalInput('facts', 'list'), tasks.isComplete(), [...cache.entries()].length);
        },
      }),
    );
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(seen).toEqual([['before', 'mine'], true, 1]);
    expect(executor.cache.getGlobalInput('facts', 'list')).toEqual(['before', 'mine']);
    expect(executor.tasks.list()).toMatchObject([{ status: 'completed', claimedBy: 'worker', attempts: 1 }]);
    expect(executor.plannedTasks).toBe(1);
  });

  test('fails and tries again when somebody else changed its task meanwhile', async () => {
    const { executor, reported } = await openBus({ config: { retryStrategy: { type: 'immediate' } } });
    const { taskId } = executor.tasks.addTask('job', 0, 5);
    let calls = 0;
    executor.registerAgent(
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        transactional: true,
        process({ tasks }) {
          tasks.updateTaskStatus(taskId, 'completed');
          if (++calls === 1) executor.tasks.createOrUpdateTask({ taskId, type: 'job', data: 'changed' });
        },
      }),
    );
    const report = await reported(0, executor.execute({ channel: 'in', payload: 1 }));
    expect(report).toMatchObject({ status: 'completed', counts: { retried: 1 } });
    expect(executor.tasks.getTaskById(taskId)).toMatchObject({ status: 'completed', data: 'changed' });
  });

  test('does not double a message with its own id that it or somebody else published', async () => {
    const { executor } = await openBus();
    const message = createMessage('importer', 'row');
    const arrived: JsonValue[] = [];
    const talker = (name: string) =>
      defineAgent({
        name,
        subscribe: 'in',
        publish: 'out',
        transactional: true,
        async process({ publish }) {
          await publish('out', message);
          await publish('out', message);
        },
      });
    executor.registerAgents([
      talker('a'),
      talker('b'),
      defineAgent({ name: 'sink', subscribe: 'out', process: ({ payload }) => void arrived.push(payload) }),
    ]);
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(arrived).toEqual(['row']);
  });
});

describe('an agent that is not transactional', () => {
  test('shows each effect at once, and keeps what it did before it failed', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(
      defineAgent({
        name: 'worker',
        subscribe: 'in',
        publish: 'out',
        async process({ publish, cache, tasks }) {
          await publish('out', 1);
          cache.insertGlobalValue('facts', 'count', 1);
          tasks.addTask('job', null);
          throw new Error('no');
        },
      }),
    );
    await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(visible(executor)).toEqual({ cached: 1, list: null, tasks: 1, published: 3 });
  });
});
