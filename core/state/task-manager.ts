import { requireOneOf, requireOptions, requireWhole } from '../config.js';
import { describe, invalid, PubSubError } from '../errors.js';
import { isoTime, requireId, requireName } from '../identifiers.js';
import { copyJson } from '../json.js';
import { TASK_STATUSES, type Task, type TaskStatus } from './task.js';

/** Where a task manager reads from and writes to: the live state, or a transaction. */
export interface TaskStore {
  readonly planned: number;
  get(taskId: string): Task | undefined;
  firstPending(taskType: string): Task | undefined;
  values(): Iterable<Task>;
  write(task: Task): void;
  plan(count: number): void;
  newTaskId(): string;
  now(): number;
}

/** What a {@link TaskInput} may say. */
export const TASK_INPUT: readonly string[] = ['taskId', 'type', 'data', 'maxAttempts'];

/** A task by its id, or the task itself. */
export type TaskReference = string | Task;

/** A new task, or changes to one. */
export interface TaskInput {
  /** Names the task to change; a new one gets this id. Default: a fresh id, so a new task. */
  readonly taskId?: string | undefined;
  readonly type: string;
  /** Any JSON. Default null for a new task, unchanged for one that exists. */
  readonly data?: unknown;
  /** Default 3 for a new task, unchanged for one that exists. */
  readonly maxAttempts?: number | undefined;
}

/**
 * Units of work that agents share out among themselves. A claim is exclusive; a failed attempt puts the task back
 * until `maxAttempts` is spent.
 *
 * @example
 * tasks.addTask('read', { url }, 3);
 * const task = tasks.claimTask('read', 'worker-1');
 * if (task) tasks.completeTask(task.taskId, true);
 */
export class TaskManager {
  readonly #store: TaskStore;

  constructor(store: TaskStore) {
    this.#store = store;
  }

  /** How many tasks the application expects in all; for `isComplete()`. Default 0. */
  get plannedTasks(): number {
    return this.#store.planned;
  }

  set plannedTasks(count: number) {
    this.#store.plan(requireWhole(count, 'plannedTasks', 0));
  }

  /** Adds a pending task. `maxAttempts` is a whole number of 1 or more, 3 by default. */
  addTask(taskType: string, data: unknown, maxAttempts = 3): Task {
    return this.createOrUpdateTask({ type: taskType, data, maxAttempts });
  }

  /** Takes the task of this type that has been pending longest; undefined when there is none. */
  claimTask(taskType: string, agentName: string): Task | undefined {
    requireName(taskType, 'taskType');
    requireName(agentName, 'agentName');
    const task = this.#store.firstPending(taskType);
    return (
      task && this.#set({ ...task, status: 'in-progress', attempts: task.attempts + 1, claimedBy: agentName })
    );
  }

  /**
   * Settles an attempt: `completed` when it succeeded; otherwise `pending` again, or `failed` once `maxAttempts` is
   * spent. Settling a finished task once more in the same way changes nothing.
   *
   * @throws PubSubError `TASK_NOT_FOUND`; `EXECUTION_ERROR` when it is finished and the other way.
   */
  completeTask(task: TaskReference, success: boolean): Task {
    if (typeof success !== 'boolean') throw invalid('success', 'a boolean', success);
    const found = this.#require(task);
    const finished = found.status === 'completed' || found.status === 'failed';
    if (finished) {
      if (success === (found.status === 'completed')) return found;
      throw new PubSubError('EXECUTION_ERROR', `task ${found.taskId} is ${found.status} already`, {
        details: { taskId: found.taskId, status: found.status },
      });
    }
    if (success) return this.#set({ ...found, status: 'completed' });
    // Who works without a claim has made an attempt all the same.
    const attempts = found.status === 'in-progress' ? Math.max(found.attempts, 1) : found.attempts + 1;
    const { claimedBy, ...unclaimed } = found;
    if (attempts < found.maxAttempts) return this.#set({ ...unclaimed, attempts, status: 'pending' });
    return this.#set({ ...found, attempts, status: 'failed' });
  }

  /** Sets the status whatever it was. @throws PubSubError `TASK_NOT_FOUND`. */
  updateTaskStatus(task: TaskReference, status: TaskStatus): Task {
    requireOneOf(status, 'status', TASK_STATUSES);
    return this.#set({ ...this.#require(task), status });
  }

  /** Changes the task named by `taskId`, or adds one. */
  createOrUpdateTask(input: TaskInput): Task {
    requireOptions(input, 'task', TASK_INPUT);
    requireName(input.type, 'task.type');
    if (input.taskId !== undefined) requireId(input.taskId, 'task.taskId');
    const data = input.data === undefined ? undefined : copyJson(input.data, 'task.data');
    const maxAttempts =
      input.maxAttempts === undefined ? undefined : requireWhole(input.maxAttempts, 'task.maxAttempts', 1);
    const present = input.taskId === undefined ? undefined : this.#store.get(input.taskId);
    if (present) {
      return this.#set({
        ...present,
        taskType: input.type,
        data: data === undefined ? present.data : data,
        maxAttempts: maxAttempts ?? present.maxAttempts,
      });
    }
    return this.#set({
      taskId: input.taskId ?? this.#store.newTaskId(),
      taskType: input.type,
      status: 'pending',
      attempts: 0,
      maxAttempts: maxAttempts ?? 3,
      data: data ?? null,
      createdAt: isoTime(this.#store.now()),
    });
  }

  /** The task with this id as it is now, or undefined. */
  getTaskById(task: TaskReference): Task | undefined {
    return this.#store.get(idOf(task));
  }

  /** All tasks of a type, oldest first. */
  getTasksByType(taskType: string): Task[] {
    requireName(taskType, 'taskType');
    return this.#filter((task) => task.taskType === taskType);
  }

  /** All tasks with a status, oldest first. */
  getTasksByStatus(status: TaskStatus): Task[] {
    requireOneOf(status, 'status', TASK_STATUSES);
    return this.#filter((task) => task.status === status);
  }

  /** All tasks that nobody has claimed, oldest first. */
  getPendingTasks(): Task[] {
    return this.getTasksByStatus('pending');
  }

  /** All tasks, oldest first. */
  list(): Task[] {
    return [...this.#store.values()];
  }

  /** Whether as many tasks as planned are completed. Default: `plannedTasks`, or all tasks there are if that is 0. */
  isComplete(plannedTasks?: number): boolean {
    const planned =
      plannedTasks === undefined
        ? this.#store.planned || this.list().length
        : requireWhole(plannedTasks, 'plannedTasks', 0);
    return this.getTasksByStatus('completed').length >= planned;
  }

  #filter(matches: (task: Task) => boolean): Task[] {
    return this.list().filter(matches);
  }

  #require(task: TaskReference): Task {
    const taskId = idOf(task);
    const found = this.#store.get(taskId);
    if (found) return found;
    throw new PubSubError('TASK_NOT_FOUND', `no task ${describe(taskId)}`, { details: { taskId } });
  }

  #set(task: Task): Task {
    this.#store.write(task);
    return task;
  }
}

function idOf(task: TaskReference): string {
  const taskId = typeof task === 'object' && task !== null ? task.taskId : task;
  requireId(taskId, 'taskId');
  return taskId;
}
