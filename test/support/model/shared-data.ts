import type { JsonValue, Task } from 'dagger-agents';
import { must } from './violation.js';

/** The cache and the tasks, which all agents share. */
export class SharedData {
  readonly cache: Map<string, Map<string, JsonValue>> = new Map();
  readonly tasks: Map<string, Task> = new Map();
  planned = 0;

  cacheSet(namespace: string, key: string, value: JsonValue): void {
    const values = this.cache.get(namespace) ?? new Map();
    this.cache.set(namespace, values.set(key, value));
  }

  cacheAppended(namespace: string, key: string, value: JsonValue): void {
    const before = this.cache.get(namespace)?.get(key) ?? [];
    must(Array.isArray(before), 'only a list is appended to', `${namespace} ${key}`);
    this.cacheSet(namespace, key, [...before, value]);
  }

  taskSet(task: Task): void {
    const { taskId, status, attempts, maxAttempts } = task;
    const before = this.tasks.get(taskId);
    if (status === 'in-progress') {
      must(before?.status === 'pending', 'a task is claimed while it is pending', taskId);
      must(attempts === before.attempts + 1, 'each claim counts', taskId);
    }
    must(attempts <= maxAttempts, 'a task is tried maxAttempts times', taskId);
    this.tasks.set(taskId, task);
  }
}
