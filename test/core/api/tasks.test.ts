import { createTaskMessage, defineAgent, type TaskManager } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

describe('a task', () => {
  test('is added pending, claimed once, and completed', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const added = tasks.addTask('read', { url: 'x' }, 2);
    expect(added).toMatchObject({
      taskType: 'read',
      status: 'pending',
      attempts: 0,
      maxAttempts: 2,
      data: { url: 'x' },
    });
    expect(added.createdAt).toBe(executor.startTime);
    const claimed = tasks.claimTask('read', 'worker');
    expect(claimed).toMatchObject({
      taskId: added.taskId,
      status: 'in-progress',
      attempts: 1,
      claimedBy: 'worker',
    });
    expect(tasks.claimTask('read', 'other')).toBeUndefined();
    expect(tasks.completeTask(added.taskId, true)).toMatchObject({ status: 'completed' });
    expect(tasks.getTaskById(added.taskId)).toMatchObject({ status: 'completed', claimedBy: 'worker' });
  });

  test('that fails without having been claimed spends its attempts, too', async () => {
    const { tasks } = (await openBus()).executor;
    const { taskId } = tasks.addTask('read', null, 2);
    expect(tasks.completeTask(taskId, false)).toMatchObject({ status: 'pending', attempts: 1 });
    expect(tasks.completeTask(taskId, false)).toMatchObject({ status: 'failed', attempts: 2 });
  });

  test('that goes back to pending belongs to nobody', async () => {
    const { tasks } = (await openBus()).executor;
    tasks.addTask('read', null, 2);
    const claimed = tasks.claimTask('read', 'worker');
    expect(claimed?.claimedBy).toBe('worker');
    expect(tasks.completeTask(claimed?.taskId ?? '', false)).not.toHaveProperty('claimedBy');
  });

  test('that fails goes back to pending until maxAttempts is spent', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const { taskId } = tasks.addTask('read', null, 2);
    tasks.claimTask('read', 'w');
    expect(tasks.completeTask(taskId, false)).toMatchObject({ status: 'pending', attempts: 1 });
    tasks.claimTask('read', 'w');
    expect(tasks.completeTask(taskId, false)).toMatchObject({ status: 'failed', attempts: 2 });
    expect(tasks.claimTask('read', 'w')).toBeUndefined();
  });

  test('is settled once: the same again changes nothing, the other way is refused', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const task = tasks.addTask('read', null, 1);
    tasks.completeTask(task, true);
    expect(tasks.completeTask(task, true)).toMatchObject({ status: 'completed' });
    expect(await refusal(() => tasks.completeTask(task, false))).toMatchObject({ code: 'EXECUTION_ERROR' });
  });

  test('can be named by what addTask gave, wherever its id would do', async () => {
    const { tasks } = (await openBus()).executor;
    const task = tasks.addTask('read', null, 2);
    tasks.updateTaskStatus(task, 'in-progress');
    expect(tasks.getTaskById(task)).toMatchObject({ taskId: task.taskId, status: 'in-progress' });
    expect(tasks.completeTask(task, true)).toEqual(tasks.getTaskById(task.taskId));
  });

  test('is claimed oldest first, by type', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const first = tasks.addTask('read', 1, 1);
    tasks.addTask('write', 2, 1);
    const second = tasks.addTask('read', 3, 1);
    expect(tasks.claimTask('read', 'w')?.taskId).toBe(first.taskId);
    expect(tasks.claimTask('read', 'w')?.taskId).toBe(second.taskId);
    expect(tasks.claimTask('read', 'w')).toBeUndefined();
  });
});

describe('lists and changes', () => {
  test('by status, by type, pending', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const [a, b, c] = [tasks.addTask('x', 1, 1), tasks.addTask('x', 2, 1), tasks.addTask('y', 3, 1)];
    tasks.updateTaskStatus(b.taskId, 'failed');
    expect(tasks.getPendingTasks().map(({ taskId }) => taskId)).toEqual([a.taskId, c.taskId]);
    expect(tasks.getTasksByType('x').map(({ taskId }) => taskId)).toEqual([a.taskId, b.taskId]);
    expect(tasks.getTasksByStatus('failed').map(({ taskId }) => taskId)).toEqual([b.taskId]);
    expect(tasks.list()).toHaveLength(3);
    tasks.updateTaskStatus(b.taskId, 'pending');
    expect(tasks.claimTask('x', 'w')?.taskId).toBe(a.taskId);
  });

  test('createOrUpdateTask creates under the name it is given, then changes that task', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    expect(tasks.createOrUpdateTask({ taskId: 'page-1', type: 'read', data: 1 })).toMatchObject({
      taskId: 'page-1',
      status: 'pending',
      maxAttempts: 3,
    });
    tasks.claimTask('read', 'w');
    const changed = tasks.createOrUpdateTask({ taskId: 'page-1', type: 'read', data: 2 });
    expect(changed).toMatchObject({ data: 2, status: 'in-progress', claimedBy: 'w' });
    expect(tasks.list()).toHaveLength(1);
  });

  test('isComplete counts completed tasks against the plan', async () => {
    const { executor } = await openBus();
    const { tasks } = executor;
    const [a, b] = [tasks.addTask('x', 1, 1), tasks.addTask('x', 2, 1)];
    expect(tasks.isComplete(2)).toBe(false);
    tasks.completeTask(a, true);
    expect(tasks.isComplete(1)).toBe(true);
    expect(tasks.isComplete(2)).toBe(false);
    tasks.completeTask(b, true);
    expect(tasks.isComplete(2)).toBe(true);
    expect(tasks.isComplete()).toBe(true);
    executor.plannedTasks = 3;
    expect(executor.plannedTasks).toBe(3);
    expect(tasks.isComplete()).toBe(false);
  });
});

describe('publish with a task', () => {
  const worker = defineAgent({
    name: 'worker',
    subscribe: 'work',
    publish: 'done',
    async process({ message, tasks, publish }) {
      if (message.taskId) tasks.completeTask(message.taskId, true);
      await publish('done', message.taskId ?? 'none');
    },
  });

  test('creates the task, stamps the message, and what follows from it carries the id on', async () => {
    const { executor, runtime } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgents([
      worker,
      defineAgent({
        name: 'end',
        subscribe: 'done',
        process: ({ payload, message }) => void heard.push(payload, message.taskId),
      }),
    ]);
    const run = executor.execute({});
    await runtime.runUntilIdle();
    const message = await executor.publish(
      'work',
      { page: 1 },
      { task: { type: 'read', data: { page: 1 } } },
    );
    await runtime.runUntilIdle();
    await executor.stop();
    expect(message.taskId).toBeTypeOf('string');
    expect(executor.tasks.getTaskById(message.taskId ?? '')).toMatchObject({
      status: 'completed',
      taskType: 'read',
    });
    expect(heard).toEqual([message.taskId, message.taskId]);
    expect((await run.report).overallSuccess).toBe(true);
  });

  test('updates the task that a task message names', async () => {
    const { executor } = await openBus();
    const { taskId } = executor.tasks.addTask('read', 1, 1);
    await executor.publish('work', createTaskMessage('app', taskId, null), {
      task: { type: 'read', data: 2 },
    });
    expect(executor.tasks.getTaskById(taskId)).toMatchObject({ data: 2 });
    expect(executor.tasks.list()).toHaveLength(1);
  });
});

describe('bad input', () => {
  test.each<[string, (tasks: TaskManager) => unknown, string]>([
    ['no type', (tasks) => tasks.addTask('', 1, 1), 'VALIDATION_ERROR'],
    ['no attempts', (tasks) => tasks.addTask('x', 1, 0), 'VALIDATION_ERROR'],
    ['half an attempt', (tasks) => tasks.addTask('x', 1, 1.5), 'VALIDATION_ERROR'],
    ['data that is not JSON', (tasks) => tasks.addTask('x', () => 1, 1), 'SERIALIZATION_ERROR'],
    ['an unknown id', (tasks) => tasks.completeTask('nobody', true), 'TASK_NOT_FOUND'],
    ['an empty id', (tasks) => tasks.getTaskById(''), 'VALIDATION_ERROR'],
    ['an unknown id to update', (tasks) => tasks.updateTaskStatus('nobody', 'pending'), 'TASK_NOT_FOUND'],
    ['no agent', (tasks) => tasks.claimTask('x', ''), 'VALIDATION_ERROR'],
    ['a plan below nothing', (tasks) => tasks.isComplete(-1), 'VALIDATION_ERROR'],
  ])('%s', async (_, work, code) => {
    const { executor } = await openBus();
    expect(await refusal(() => work(executor.tasks))).toMatchObject({ code });
    expect(executor.tasks.list()).toEqual([]);
  });
});
