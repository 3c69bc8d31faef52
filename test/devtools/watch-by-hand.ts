import type { PubSubExecutor } from '../../core/index.js';
import { attachInspector, type InspectorOptions } from '../../core/inspection/inspector.js';
import { inPageLink, type WatcherEnd } from '../../core/inspection/link.js';
import { ManualScheduler } from './manual-scheduler.js';

/** Watches an executor in its own page; batches are sent when the test says so. */
export function watchByHand(
  executor: PubSubExecutor,
  options: InspectorOptions = {},
): { readonly watcher: WatcherEnd; flush(): void } {
  const { inspector, watcher } = inPageLink();
  const batches = new ManualScheduler();
  attachInspector(executor, inspector, {
    ...options,
    setTimer: (milliseconds, callback) => batches.later(milliseconds, callback),
  });
  return { watcher, flush: () => void batches.nextTimers() };
}
