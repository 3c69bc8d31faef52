import type { Channel } from '../messaging/channel.js';
import type { Cache, CacheStore } from '../state/cache.js';
import type { TaskManager, TaskStore } from '../state/task-manager.js';
import type { Attempt } from './attempt.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';
import { Transaction } from './transaction.js';

/** What attempts read and write, and how. */
export interface SharedState {
  readonly recorder: Recorder;
  readonly router: Router;
  readonly cache: Cache;
  readonly tasks: TaskManager;
  readonly cacheStore: CacheStore;
  readonly taskStore: TaskStore;
}

/** What transactional attempts have done is kept apart until they succeed; all others change the state itself. */
export class AttemptTransactions {
  readonly #shared: SharedState;

  constructor(shared: SharedState) {
    this.#shared = shared;
  }

  cacheOf(attempt: Attempt): Cache {
    return attempt.registered.transactional ? this.of(attempt).cache : this.#shared.cache;
  }

  tasksOf(attempt: Attempt): TaskManager {
    return attempt.registered.transactional ? this.of(attempt).tasks : this.#shared.tasks;
  }

  /** Records everything a transactional attempt did, together with its success. */
  commit(attempt: Attempt, succeeded: () => void): void {
    const { recorder, router } = this.#shared;
    const { transaction, delivery } = attempt;
    if (!transaction) {
      succeeded();
      return;
    }
    const changes = transaction.changes();
    const routes = transaction.publishes.map((publication) => ({
      publication,
      channel: router.channel(publication.channel),
    }));
    const counts = new Map<Channel, number>();
    for (const { channel } of routes) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    for (const [channel, count] of counts) router.hasRoom(channel, count);
    recorder.group(() => {
      const at = recorder.now();
      for (const change of changes) recorder.record(change, at);
      for (const { publication, channel } of routes) {
        const { fromOutside, id } = publication;
        if (fromOutside && recorder.state.outsideIds.has(channel.name, id)) continue;
        router.route(at, channel, publication, delivery, delivery.run);
      }
      succeeded();
    });
  }

  /** The transaction of an attempt of a transactional agent; made at its first use. */
  of(attempt: Attempt): Transaction {
    const { cacheStore, taskStore, router } = this.#shared;
    attempt.transaction ??= new Transaction(cacheStore, taskStore, async (channels) => {
      for (const name of channels) {
        const isFree = router.hasRoom(router.channel(name));
        if (!isFree) await router.whenRoom(name, attempt.delivery.run, () => {});
      }
    });
    return attempt.transaction;
  }
}
