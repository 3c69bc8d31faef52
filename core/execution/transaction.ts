import { PubSubError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Publication } from '../messaging/publication.js';
import { Cache, type CacheStore } from '../state/cache.js';
import { type CacheEvent, CacheTable } from '../state/cache-table.js';
import type { NewEvent } from '../state/run-event.js';
import type { Task } from '../state/task.js';
import { TaskManager, type TaskStore } from '../state/task-manager.js';
import { TaskTable } from '../state/task-table.js';

/**
 * What a transactional invocation did and nobody else sees yet. Reads see its own writes on top of the live state;
 * when the invocation succeeds everything is recorded together.
 */
export class Transaction {
  /** What is published when its invocation succeeds. */
  readonly publishes: Publication[] = [];
  readonly cache: Cache;
  readonly tasks: TaskManager;
  readonly #liveCache: CacheStore;
  readonly #liveTasks: TaskStore;
  readonly #whenRoom: (commit: () => void) => Promise<void>;
  readonly #changes: NewEvent[] = [];
  /** What it added to without having set it before. */
  readonly #appended: { readonly namespace: string; readonly key: string }[] = [];
  /** The tasks it changed, as they were when it first did. */
  readonly #taskBases = new Map<string, Task | undefined>();

  constructor(liveCache: CacheStore, liveTasks: TaskStore, whenRoom: (commit: () => void) => Promise<void>) {
    this.#liveCache = liveCache;
    this.#liveTasks = liveTasks;
    this.#whenRoom = whenRoom;
    this.cache = new Cache(this.#overlayCache(liveCache));
    this.tasks = new TaskManager(this.#overlayTasks(liveTasks));
  }

  /** Commits as soon as every channel it publishes to has room. */
  whenRoom(commit: () => void): Promise<void> {
    return this.#whenRoom(commit);
  }

  /** How many messages each channel must have room for. What its agent's code left running may still add some. */
  get wanted(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { channel } of this.publishes) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    return counts;
  }

  /**
   * What to record when it succeeds, publishes apart.
   *
   * @throws PubSubError `EXECUTION_ERROR` when somebody else has changed one of its tasks meanwhile, or has put something
   * else in the place of a list that it adds to.
   */
  changes(): readonly NewEvent[] {
    for (const { namespace, key } of this.#appended) {
      if (this.#liveCache.isListOrAbsent(namespace, key)) continue;
      const message = `cache value ${key} was changed by another invocation meanwhile, and is no list any more`;
      throw new PubSubError('EXECUTION_ERROR', message, { details: { namespace, key } });
    }
    for (const [taskId, base] of this.#taskBases) {
      if (this.#liveTasks.get(taskId) !== base) {
        throw new PubSubError(
          'EXECUTION_ERROR',
          `task "${taskId}" was changed by another invocation meanwhile`,
          {
            details: { taskId },
          },
        );
      }
    }
    return this.#changes;
  }

  #overlayCache(live: CacheStore): CacheStore {
    const own = new CacheTable();
    const visible = (namespace: string, key: string): JsonValue | undefined =>
      own.has(namespace, key) ? own.get(namespace, key) : live.get(namespace, key);
    const merged = (): CacheTable => {
      const table = new CacheTable();
      for (const source of [live, own]) {
        for (const [namespace, key, value] of source.entries())
          table.apply({ type: 'cache.set', namespace, key, value });
      }
      return table;
    };
    return {
      get: visible,
      isListOrAbsent: (namespace, key) => {
        const value = visible(namespace, key);
        return value === undefined || Array.isArray(value);
      },
      entries: () => merged().entries(),
      toJSON: () => merged().toJSON(),
      write: (event: CacheEvent) => {
        const { namespace, key } = event;
        const base = live.get(namespace, key);
        if (event.type === 'cache.appended' && !own.has(namespace, key))
          this.#appended.push({ namespace, key });
        if (event.type === 'cache.appended' && base !== undefined && !own.has(namespace, key)) {
          own.apply({ type: 'cache.set', namespace, key, value: base });
        }
        own.apply(event);
        this.#changes.push(event);
      },
    };
  }

  #overlayTasks(live: TaskStore): TaskStore {
    const own = new TaskTable();
    const visible = (taskId: string): Task | undefined => own.get(taskId) ?? live.get(taskId);
    const all = function* (): Generator<Task> {
      for (const task of live.values()) yield own.get(task.taskId) ?? task;
      for (const task of own.values()) if (!live.get(task.taskId)) yield task;
    };
    let planned: number | undefined;
    return {
      get planned() {
        return planned ?? live.planned;
      },
      get: visible,
      values: all,
      firstPending: (taskType) => {
        for (const task of all()) if (task.status === 'pending' && task.taskType === taskType) return task;
        return undefined;
      },
      newTaskId: () => live.newTaskId(),
      now: () => live.now(),
      plan: (count) => {
        planned = count;
        this.#changes.push({ type: 'tasks.planned', count });
      },
      write: (task) => {
        if (!this.#taskBases.has(task.taskId)) this.#taskBases.set(task.taskId, live.get(task.taskId));
        own.set(task);
        this.#changes.push({ type: 'task.set', task });
      },
    };
  }
}
