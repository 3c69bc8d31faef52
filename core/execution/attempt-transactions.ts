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
  /** An attempt begins to wait for room. The answer ends that. */
  rest(attempt: Attempt): () => void;
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
    const { cacheStore, taskStore } = this.#shared;
    if (attempt.transaction) return attempt.transaction;
    const transaction: Transaction = new Transaction(cacheStore, taskStore, (commit) =>
      this.#whenRoom(attempt, transaction, commit),
    );
    attempt.transaction = transaction;
    return transaction;
  }

  /**
   * Commits in the moment in which there is room for all of it: a moment later somebody else could have taken that.
   *
   * @throws PubSubError `CHANNEL_FULL` when there never will be; what the waiting was refused with.
   */
  async #whenRoom(attempt: Attempt, transaction: Transaction, commit: () => void): Promise<void> {
    const { router } = this.#shared;
    const lacking = (): [name: string, count: number] | undefined =>
      [...transaction.wanted].find(([name, count]) => !router.hasRoom(router.channel(name), count));
    for (let full = lacking(); full !== undefined; full = lacking()) {
      const [name, count] = full;
      const goOn = this.#shared.rest(attempt);
      const waiting = router.whenRoom(
        name,
        attempt.delivery.run,
        () => {
          // It has waited for one of them: it need not do so for each in turn.
          const isRoom = [...transaction.wanted].every(([each, wanted]) =>
            router.hasSpace(router.channel(each), wanted),
          );
          if (isRoom) commit();
          return isRoom;
        },
        count,
      );
      if (await waiting.finally(goOn)) return;
    }
    commit();
  }
}
