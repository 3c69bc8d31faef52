import { applyEvent, type OpenOptions, PubSubExecutor, type RunState } from 'dagger-agents';
import { createTestRuntime, type TestRuntime } from 'dagger-agents/testing';
import { restore } from '../../core/state/restore.js';
import { EVENT_FORMAT } from '../../core/state/run-event.js';
import { decodeParts, encodeParts, type SnapshotPart, snapshotOf } from '../../core/state/snapshot.js';
import type { Place } from '../support/crashing-places.js';

/** One executor on a place, from its opening to its crash or its end. */
export interface Life {
  readonly executor: PubSubExecutor;
  readonly runtime: TestRuntime;
  /** Lets everything run that can, and waits until all of it is stored. */
  settle(): Promise<void>;
  /** The process dies now; a new one opens what it left. */
  crash(options?: LifeOptions): Promise<Life>;
  /** Closes the executor; a new one opens what it left. */
  restart(options?: LifeOptions): Promise<Life>;
}

export type LifeOptions = Omit<OpenOptions, 'storage' | 'runtime'> & { readonly downMs?: number };

/** Opens an executor on a manual clock. What one says that has been left for dead is not heard. */
export async function live(place: Place, options: LifeOptions = {}, startAt?: number): Promise<Life> {
  const { downMs: _, ...open } = options;
  const runtime = createTestRuntime(startAt === undefined ? {} : { startAt });
  let dead = false;
  const warn = (message: string): void => {
    if (!dead) console.warn(message);
  };
  const executor = await PubSubExecutor.open({ logger: { warn }, ...open, storage: place.storage, runtime });
  return {
    executor,
    runtime,
    async settle() {
      await runtime.runUntilIdle();
      // A publish is acknowledged when it and everything before it is stored.
      await executor.publish('settled', null);
    },
    async crash(next = options) {
      const found = await place.crash();
      dead = true;
      return live(found, next, runtime.now() + (next.downMs ?? 1000));
    },
    async restart(next = options) {
      await executor.close();
      return live(place, next, runtime.now() + (next.downMs ?? 1000));
    },
  };
}

/** A state of its own with the same content. */
export function copyOf(state: RunState): RunState {
  return restore(decodeParts([...encodeParts(snapshotOf(state))]), state.limits);
}

/** What a state must look like after a new executor has opened it. */
export function reopened(state: RunState, by: Life): SnapshotPart[] {
  const copy = copyOf(state);
  const { prefix } = by.executor.state.session;
  const at = by.runtime.now();
  applyEvent(copy, { seq: copy.seq + 1, at, type: 'executor.opened', session: prefix, format: EVENT_FORMAT });
  return snapshotOf(copy);
}
