import { messageOf, PubSubError } from '../errors.js';
import { isFollowable } from '../persistence/follow.js';
import { Journal } from '../persistence/journal.js';
import { ExitPersistence, noPersistence, type Persistence } from '../persistence/persistence.js';
import { recover } from '../persistence/recovery.js';
import { notingSilence } from '../persistence/silent-store-note.js';
import type { StorageNamespace } from '../persistence/storage-adapter.js';
import type { Runtime } from '../runtime.js';
import { RunState, type StateLimits } from '../state/run-state.js';
import { encodeParts, snapshotOf } from '../state/snapshot.js';
import type { OpenOptions } from './executor-options.js';
import type { Logger } from './logger.js';
import { Recorder } from './recorder.js';
import type { Scheduler } from './scheduler.js';
import type { TurnClock } from './turn-clock.js';
import { waitForStore } from './wait-for-store.js';

/** A state to begin with, and what keeps it. */
export interface OpenedState {
  readonly recorder: Recorder;
  readonly persistence: Persistence;
  /** Reads the stored state again. */
  readonly reload: () => Promise<RunState>;
}

/**
 * Opens the storage and folds what is in it.
 *
 * @throws PubSubError `LOCK_ERROR`, `DATABASE_ERROR`; the storage is let go then.
 */
export async function openState(
  options: OpenOptions,
  limits: StateLimits,
  runtime: Runtime,
  clock: TurnClock,
  scheduler: Scheduler,
  logger: Logger,
): Promise<OpenedState> {
  const { storage, durability = 'sync', namespace: name = 'default' } = options;
  if (!storage) {
    const nothing = async (): Promise<RunState> => {
      throw new PubSubError(
        'DATABASE_ERROR',
        'the executor was opened without storage, so there is nothing to load',
      );
    };
    return {
      recorder: new Recorder(new RunState(limits), clock),
      persistence: noPersistence,
      reload: nothing,
    };
  }
  let lost = (_cause: unknown): void => {};
  const open = async (): Promise<StorageNamespace> => {
    try {
      const namespace = await storage.open(name, {
        owner: `dagger since ${new Date(runtime.now()).toISOString()}`,
        onLost: (cause) => lost(cause),
      });
      return notingSilence(namespace, runtime, (message) => logger.warn(message));
    } catch (thrown) {
      throw isFollowable(storage) ? pointingAtFollower(thrown) : thrown;
    }
  };
  let held = await waitForStore(open, options.waitSeconds ?? 0, runtime);
  try {
    const { state, record, logSize, tornTail } = await recover(held, limits);
    if (tornTail) {
      const held = tornTail.afterClose
        ? 'the store had been closed in order, so this was damaged later, and acknowledged records may be lost'
        : `nothing acknowledged was in it${durability === 'sync' ? '' : ', unless the machine went down'}`;
      logger.warn(`storage: a torn end was cut off at ${tornTail.position} (${tornTail.dropped}); ${held}`);
    }
    const recorder = new Recorder(state, clock);
    const reopen = async (): Promise<StorageNamespace> => {
      held = await open();
      return held;
    };
    // A snapshot that is written meanwhile takes away the records that were to be read: then once more, from it.
    const reload = async (): Promise<RunState> =>
      (await recover(held, limits).catch(() => recover(held, limits))).state;
    if (durability === 'exit') {
      const snapshot = (): Iterable<string> => encodeParts(snapshotOf(recorder.state));
      const persistence = new ExitPersistence(held, record, snapshot, reopen);
      lost = (cause) => {
        logger.warn(`the storage was lost, nothing can be saved: ${messageOf(cause)}`, cause);
        persistence.lost(cause);
      };
      return { recorder, persistence, reload };
    }
    const journal = new Journal(held, record, logSize, {
      runtime,
      sync: durability === 'sync' && storage.supports.sync,
      snapshot: () => snapshotOf(recorder.state),
      hold: () => scheduler.hold(),
      release: () => scheduler.release(),
      warn: (message, cause) => logger.warn(message, cause),
      reopen,
    });
    lost = (cause) => journal.lost(cause);
    recorder.keepBy(journal);
    return { recorder, persistence: journal, reload };
  } catch (thrown) {
    await held.close().catch((cause: unknown) => logger.warn(`storage: closing failed: ${messageOf(cause)}`));
    throw thrown;
  }
}

/** Whoever is refused may want to watch, and to go on when the other is gone. */
function pointingAtFollower(thrown: unknown): unknown {
  if (!(thrown instanceof PubSubError) || thrown.code !== 'LOCK_ERROR') return thrown;
  const { code, message, details } = thrown;
  const hint = 'PubSubFollower.open() shows what it does, and takes over when it is gone';
  return new PubSubError(code, `${message}; ${hint}`, { cause: thrown, details });
}
