import type { Lock } from './lock.js';

/** What a {@link Fence} throws; callers get the error that says who has the lock now. */
export class Fenced extends Error {}

/** Stands before each write, and again before a write is acknowledged. */
export class Fence {
  readonly #lock: Lock;
  #checkedAt = 0;

  constructor(lock: Lock) {
    this.#lock = lock;
  }

  /**
   * Looks whether the lock is still ours. Costs a system call: where nothing durable is promised, one a millisecond
   * is enough (`unhurried`), as an owner that was away finds that time has passed. Answers whether it did look.
   * @throws Fenced when it is not
   */
  check({ unhurried = false }: { readonly unhurried?: boolean } = {}): boolean {
    const now = Date.now();
    if (unhurried && now === this.#checkedAt) return false;
    if (!this.#lock.isOurs()) throw new Fenced();
    this.#checkedAt = now;
    return true;
  }
}
