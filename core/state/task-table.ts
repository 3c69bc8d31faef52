import type { Task } from './task.js';

/** All tasks by id, and those waiting to be claimed by type, oldest first. */
export class TaskTable {
  readonly #tasks = new Map<string, Task>();
  readonly #pending = new Map<string, Map<string, Task>>();
  /** Tasks that the application expects in all. */
  planned = 0;

  get size(): number {
    return this.#tasks.size;
  }

  get(taskId: string): Task | undefined {
    return this.#tasks.get(taskId);
  }

  set(task: Task): void {
    const before = this.#tasks.get(task.taskId);
    if (before) this.#pending.get(before.taskType)?.delete(task.taskId);
    this.#tasks.set(task.taskId, task);
    if (task.status !== 'pending') return;
    let ofType = this.#pending.get(task.taskType);
    if (!ofType) {
      ofType = new Map();
      this.#pending.set(task.taskType, ofType);
    }
    ofType.set(task.taskId, task);
  }

  /** The task of a type that has been pending longest. */
  firstPending(taskType: string): Task | undefined {
    return this.#pending.get(taskType)?.values().next().value;
  }

  /** Ids of the tasks that can be claimed; those of one type in the order in which they will be. */
  *pendingIds(): Generator<string> {
    for (const ofType of this.#pending.values()) yield* ofType.keys();
  }

  /** Brings pending tasks into this order, type by type. */
  queue(taskIds: readonly string[]): void {
    for (const taskId of taskIds) {
      const task = this.#tasks.get(taskId);
      if (task) this.set(task);
    }
  }

  values(): Iterable<Task> {
    return this.#tasks.values();
  }
}
