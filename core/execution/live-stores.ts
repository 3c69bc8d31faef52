import type { CacheStore } from '../state/cache.js';
import type { CacheTable } from '../state/cache-table.js';
import type { TaskStore } from '../state/task-manager.js';
import type { TaskTable } from '../state/task-table.js';
import type { Recorder } from './recorder.js';

/** The live cache. @param requireOpen throws once nothing would be kept any more. */
export function liveCache(recorder: Recorder, requireOpen: () => void): CacheStore {
  // Asked for each time: loading replaces the state.
  const table = (): CacheTable => recorder.state.cache;
  return {
    get: (namespace, key) => table().get(namespace, key),
    isListOrAbsent: (namespace, key) => table().isListOrAbsent(namespace, key),
    entries: () => table().entries(),
    toJSON: () => table().toJSON(),
    write(event) {
      requireOpen();
      recorder.record(event);
    },
  };
}

/** The live tasks. @param requireOpen throws once nothing would be kept any more. */
export function liveTasks(recorder: Recorder, requireOpen: () => void): TaskStore {
  const table = (): TaskTable => recorder.state.tasks;
  /** Given to the newest task, which may be in a transaction still, and in no table. */
  let newest = 0;
  return {
    get planned() {
      return table().planned;
    },
    get: (taskId) => table().get(taskId),
    firstPending: (taskType) => table().firstPending(taskType),
    values: () => table().values(),
    write(task) {
      requireOpen();
      recorder.record({ type: 'task.set', task });
    },
    plan(count) {
      requireOpen();
      recorder.record({ type: 'tasks.planned', count });
    },
    newTaskId() {
      newest = Math.max(newest, table().size) + 1;
      return `task-${recorder.state.session.prefix}-${newest}`;
    },
    now: () => recorder.now(),
  };
}
