import { resolveConfig } from '../config.js';
import { type ClosesOnDispose, closesOnDispose } from '../dispose.js';
import { invalid, PubSubError, toPubSubError } from '../errors.js';
import { type FollowableStorage, type FollowedNamespace, isFollowable } from '../persistence/follow.js';
import { FollowedState } from '../persistence/followed-state.js';
import type { StorageAdapter, StorageNamespace } from '../persistence/storage-adapter.js';
import { type Runtime, systemRuntime } from '../runtime.js';
import { Cache } from '../state/cache.js';
import type { TreeView } from '../state/execution-tree.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunState } from '../state/run-state.js';
import { PubSubExecutor } from './executor.js';
import { type OpenOptions, requireOpenOptions } from './executor-options.js';
import { DEFAULT_NODES } from './executor-parts.js';
import { type EventListener, Listeners } from './listeners.js';
import { type Logger, safeLogger } from './logger.js';

/** Waits before reading is tried again after a failure, in milliseconds; after the last one it has failed for good. */
const RETRY_DELAYS = [20, 200, 1000];

/**
 * Watches the run that another tab (or whoever has the store) is executing, and goes on with it when that one is gone:
 * closed, crashed or frozen. What it shows is what is stored, folded as it comes; it changes nothing.
 *
 * @example
 * const follower = await PubSubFollower.open({ storage: indexedDbStorage({ name: 'my-app' }) });
 * follower.subscribe(() => draw(follower.tree));
 * const executor = await follower.takenOver; // minutes or days later; at once when nobody has the store
 * executor.registerAgents([reader, writer]);
 * await executor.execute({ resume: true }).report;
 */
export class PubSubFollower implements ClosesOnDispose {
  /**
   * The executor that has taken over. Agents have to be registered with it as after any `open`, and it is yours to
   * close. Rejects with `CANCELLED` when the follower is closed before, with `DATABASE_ERROR` when the store cannot be
   * followed any more: damaged, or deleted; with `LOCK_ERROR` when this tab was frozen in the middle of taking over, and
   * another did. Leaving it unawaited is fine; a failure is logged too.
   */
  readonly takenOver: Promise<PubSubExecutor>;
  /** `await using follower = await PubSubFollower.open({ storage })`: the same as `close()`, at the end of the block. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  readonly #options: OpenOptions;
  readonly #runtime: Runtime;
  readonly #logger: Logger;
  readonly #listeners: Listeners;
  readonly #jumpListeners = new Set<() => void>();
  readonly #followed: FollowedNamespace;
  readonly #folded: FollowedState;
  readonly #following: Promise<void>;
  readonly #ready: Promise<void>;
  readonly #waiting = new AbortController();
  readonly #readOnlyCache: Cache;
  #isReady = false;
  #failure: PubSubError | undefined;
  #closed = false;
  #executor: PubSubExecutor | undefined;

  private constructor(options: OpenOptions, storage: FollowableStorage) {
    closesOnDispose(this);
    this.#options = options;
    this.#runtime = options.runtime ?? systemRuntime();
    this.#logger = safeLogger(options.logger);
    this.#listeners = new Listeners(this.#runtime, this.#logger);
    if (options.listener) this.#listeners.add(options.listener);
    this.#readOnlyCache = readOnlyCache(() => this.state);
    this.#folded = new FollowedState(
      { nodes: options.retention?.nodes ?? DEFAULT_NODES },
      { events: (events) => this.#tell(events), jumped: () => this.#tellOfJump() },
    );
    this.#followed = storage.follow(nameOf(options));
    let reached = (): void => {};
    const caughtUp = new Promise<void>((resolve) => {
      reached = resolve;
    });
    this.#following = this.#follow(reached);
    this.#ready = Promise.race([caughtUp, this.#following]).then(() => {
      this.#isReady = true;
    });
    this.#following.catch((thrown: unknown) => this.#fail(thrown));
    this.takenOver = this.#ready.then(() => this.#takeOver(storage));
    this.takenOver.catch(() => {}); // whoever wants to know awaits it
  }

  /**
   * Follows the state in `storage`, whoever writes it, and waits in line to take over; takes the options of
   * `PubSubExecutor.open`, which are the executor's then. Resolves when all that is stored by now is in `state`. With
   * nobody there it takes over at once: a page can always open a follower first.
   *
   * @throws PubSubError `VALIDATION_ERROR` for a bad option, or a store that cannot be followed (IndexedDB can);
   * `DATABASE_ERROR` when the store cannot be read.
   */
  static async open(options: OpenOptions): Promise<PubSubFollower> {
    requireOpenOptions(options);
    resolveConfig(options.config);
    const { storage } = options;
    if (!storage || !isFollowable(storage)) {
      throw invalid(
        'options.storage',
        'a store that can be followed, like indexedDbStorage()',
        storage?.kind,
      );
    }
    const follower = new PubSubFollower(options, storage);
    await follower.#ready;
    return follower;
  }

  /** Everything that is known, live; after the takeover the executor's own. Read it, and ask for it anew each time. */
  get state(): RunState {
    return this.#executor?.state ?? this.#folded.state;
  }

  /** What caused what. Read it; it changes only by events. */
  get tree(): TreeView {
    return this.state.tree;
  }

  /** Data shared by agents. Until the takeover it is read-only: changing it throws `LOCK_ERROR`. */
  get cache(): Cache {
    return this.#executor?.cache ?? this.#readOnlyCache;
  }

  /**
   * Calls `listener` for every event from now on, in order, once it is stored and folded in; after the takeover also
   * for those of the executor, from its opening on. The answer ends that.
   *
   * @param onJump called when events were skipped: the writer replaced them by a snapshot before they could be read, as
   * one with `durability: 'exit'` always does. `state` is newer then by more than was told: look at all of it again.
   */
  subscribe(listener: EventListener, onJump?: () => void): () => void {
    if (onJump !== undefined && typeof onJump !== 'function') throw invalid('onJump', 'a function', onJump);
    const remove = this.#listeners.add(listener);
    // A function of its own, so that the same one can be given twice.
    const jumped = (): void => onJump?.();
    this.#jumpListeners.add(jumped);
    return () => {
      remove();
      this.#jumpListeners.delete(jumped);
    };
  }

  /** Ends the following and the waiting; `state` stays as it is. An executor that has taken over goes on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#waiting.abort();
    this.#followed.close();
    // Nothing is held any more when this resolves, unless the takeover was complete.
    await this.takenOver.catch(() => {});
  }

  /** Folds what is stored, as it comes, until the following ends. */
  async #follow(caughtUp: () => void): Promise<void> {
    let failures = 0;
    for (;;) {
      const before = this.#folded.record;
      try {
        await this.#folded.readOn(this.#followed, caughtUp);
        return;
      } catch (thrown) {
        if (this.#closed) return;
        const { code, details } = toPubSubError(thrown, 'DATABASE_ERROR');
        if (this.#folded.record > before) failures = 0;
        const delay = RETRY_DELAYS[failures++];
        // What the store cannot answer now it may answer soon; what it has answered does not get better.
        if (code !== 'DATABASE_ERROR' || details.lost === true || delay === undefined) throw thrown;
        await new Promise<void>((resolve) => void this.#runtime.setTimer(delay, resolve));
      }
    }
  }

  /** What cannot be followed is not taken over either: nobody would know what is missing. */
  #fail(thrown: unknown): void {
    this.#failure = toPubSubError(thrown, 'DATABASE_ERROR');
    this.#logger.warn(`the store cannot be followed any more: ${this.#failure.message}`, this.#failure);
    this.#waiting.abort();
    this.#followed.close();
  }

  async #takeOver(storage: FollowableStorage): Promise<PubSubExecutor> {
    const early: RunEvent[] = [];
    let executor: PubSubExecutor;
    try {
      executor = await PubSubExecutor.open({
        ...this.#options,
        storage: this.#inTurn(storage),
        listener: (event) => {
          if (!this.#executor) early.push(event);
          else if (!this.#closed && !this.#listeners.isEmpty) this.#listeners.take(event);
        },
      });
    } catch (thrown) {
      this.#followed.close();
      if (this.#failure) throw this.#failure;
      throw this.#closed ? closedBefore(thrown) : thrown;
    }
    if (this.#closed) {
      await executor.close();
      throw closedBefore();
    }
    this.#executor = executor;
    this.#tell(early);
    return executor;
  }

  /** The store, with a first opening that waits for its turn, and until the last of the one before is folded in. */
  #inTurn(storage: FollowableStorage): StorageAdapter {
    let isOurs = false;
    return {
      kind: storage.kind,
      supports: storage.supports,
      list: () => storage.list(),
      remove: (name) => storage.remove(name),
      close: () => storage.close(),
      open: async (name, options) => {
        if (isOurs) return storage.open(name, options);
        const namespace = await storage.openWhenFree(name, { ...options, signal: this.#waiting.signal });
        try {
          await this.#readToTheEnd(namespace);
        } catch (thrown) {
          await namespace.close();
          throw thrown;
        }
        isOurs = true;
        return namespace;
      },
    };
  }

  async #readToTheEnd(namespace: StorageNamespace): Promise<void> {
    this.#followed.close();
    await this.#following;
    await this.#folded.readOn(namespace);
  }

  /** Told at once: this is not the code of whoever made the events, and `state` and events stay in step. */
  #tell(events: readonly RunEvent[]): void {
    if (!this.#isReady || this.#closed || this.#listeners.isEmpty) return;
    for (const event of events) this.#listeners.take(event);
    this.#listeners.flush();
  }

  #tellOfJump(): void {
    if (!this.#isReady || this.#closed) return;
    for (const listener of [...this.#jumpListeners]) {
      try {
        listener();
      } catch (thrown) {
        this.#logger.warn('a listener threw; the following goes on', thrown);
      }
    }
  }
}

function nameOf({ namespace = 'default' }: OpenOptions): string {
  return namespace;
}

function closedBefore(cause?: unknown): PubSubError {
  return new PubSubError('CANCELLED', 'the follower was closed before it could take over', { cause });
}

function readOnlyCache(state: () => RunState): Cache {
  return new Cache({
    get: (namespace, key) => state().cache.get(namespace, key),
    isListOrAbsent: (namespace, key) => state().cache.isListOrAbsent(namespace, key),
    entries: () => state().cache.entries(),
    toJSON: () => state().cache.toJSON(),
    write() {
      throw new PubSubError(
        'LOCK_ERROR',
        'a follower only reads: the cache is changed by whoever has the store',
      );
    },
  });
}
