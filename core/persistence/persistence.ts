import { PubSubError, toPubSubError } from '../errors.js';
import { refused } from './durability-waiters.js';
import type { StorageNamespace } from './storage-adapter.js';

/** How an executor's state is kept: by a journal, at its end, or not at all. */
export interface Persistence {
  /** Why nothing can be acknowledged now; undefined when all is well. */
  readonly failure: PubSubError | undefined;
  /** Settles when everything recorded so far is as durable as was asked for; undefined when it is already. */
  durable(): Promise<void> | undefined;
  /** Calls back then, or with the error when it cannot be. */
  whenDurable(settle: (error: PubSubError | undefined) => void): void;
  /** Calls back when the store is taken away for good: nothing will be acknowledged any more. */
  whenLost(callback: (error: PubSubError) => void): void;
  /** Writes the whole state down now. @throws PubSubError `DATABASE_ERROR`. */
  save(): Promise<void>;
  /** Writes down what is not written yet and lets the store go. */
  close(): Promise<void>;
}

/** Why nothing can be kept any more once the store was taken away. */
export function lostError(cause: unknown): PubSubError {
  const { message, details } = toPubSubError(cause, 'LOCK_ERROR');
  return new PubSubError('LOCK_ERROR', `the storage was lost: ${message}`, { cause, details });
}

/** Keeps nothing. */
export const noPersistence: Persistence = {
  failure: undefined,
  durable: () => undefined,
  whenDurable: (settle) => settle(undefined),
  whenLost: () => {},
  save: async () => {
    throw new PubSubError(
      'DATABASE_ERROR',
      'the executor was opened without storage, so there is nowhere to save to',
    );
  },
  close: async () => {},
};

/** Writes the state when it is told to, and at the end; between these nothing is durable. */
export class ExitPersistence implements Persistence {
  failure: PubSubError | undefined = undefined;
  #whenLost: ((error: PubSubError) => void) | undefined;
  #namespace: StorageNamespace;
  readonly #snapshot: () => Iterable<string>;
  readonly #reopen: () => Promise<StorageNamespace>;
  #sequence: number;
  #saving: Promise<void> = Promise.resolve();
  /** A save has failed in a way that leaves the namespace unfit for more: the next one opens it anew. */
  #isUnfit = false;
  #isClosing = false;

  constructor(
    namespace: StorageNamespace,
    sequence: number,
    snapshot: () => Iterable<string>,
    reopen: () => Promise<StorageNamespace>,
  ) {
    this.#namespace = namespace;
    this.#sequence = sequence;
    this.#snapshot = snapshot;
    this.#reopen = reopen;
  }

  durable(): Promise<void> | undefined {
    return this.failure && refused(this.failure);
  }

  whenDurable(settle: (error: PubSubError | undefined) => void): void {
    settle(this.failure);
  }

  whenLost(callback: (error: PubSubError) => void): void {
    this.#whenLost = callback;
  }

  /** The store was taken away: what goes on here could never be saved, and whoever has it now does the same work. */
  lost(cause: unknown): void {
    if (this.failure || this.#isClosing) return;
    this.failure = lostError(cause);
    this.#whenLost?.(this.failure);
  }

  save(): Promise<void> {
    return this.#isClosing ? this.#saving : this.#saveNow();
  }

  #saveNow(): Promise<void> {
    const saved = this.#saving.then(() => this.#write());
    // One save that fails must not fail the next.
    this.#saving = saved.catch(() => {});
    return saved;
  }

  async #write(): Promise<void> {
    if (this.failure) throw this.failure;
    try {
      if (this.#isUnfit) {
        await this.#namespace.close().catch(() => {});
        this.#namespace = await this.#reopen();
        this.#isUnfit = false;
      }
      await this.#namespace.writeSnapshot({ sequence: ++this.#sequence, records: [...this.#snapshot()] });
    } catch (thrown) {
      const { code, details } = toPubSubError(thrown);
      // Whoever has it goes on from what was saved, and must not find it replaced by ours later.
      if (code === 'LOCK_ERROR') this.lost(thrown);
      else if (details.retryable !== true) this.#isUnfit = true;
      throw thrown;
    }
  }

  /** Saves once more; whoever wants to save from then on has that done. */
  async close(): Promise<void> {
    this.#isClosing = true;
    try {
      await this.#saveNow();
    } finally {
      await this.#namespace.close();
    }
  }
}
