import type { PubSubError } from '../errors.js';

type Waiter = { readonly record: number; readonly settle: (error: PubSubError | undefined) => void };

/** Who waits for records to be durable, in the order of these. */
export class DurabilityWaiters {
  #waiters: Waiter[] = [];
  /** What everybody awaits who waits for the same record. */
  #promised: { readonly record: number; readonly promise: Promise<void> } | undefined;

  /** Calls back when this record is durable, or has turned out not to be. */
  add(record: number, settle: (error: PubSubError | undefined) => void): void {
    this.#waiters.push({ record, settle });
  }

  /** The same as a promise, one for all who wait for this record. */
  promise(record: number): Promise<void> {
    if (this.#promised?.record !== record) {
      const promise = new Promise<void>((resolve, reject) => {
        this.add(record, (error) => (error ? reject(error) : resolve()));
      });
      promise.catch(() => {}); // those who wait hear of it
      this.#promised = { record, promise };
    }
    return this.#promised.promise;
  }

  /** Everything up to this record is durable. */
  settle(durable: number): void {
    let settled = 0;
    for (const { record } of this.#waiters) {
      if (record > durable) break;
      settled++;
    }
    for (const { settle } of this.#waiters.splice(0, settled)) settle(undefined);
  }

  /** Nothing that is waited for can be made durable now. */
  refuse(error: PubSubError): void {
    this.#promised = undefined;
    for (const { settle } of this.#waiters.splice(0)) settle(error);
  }
}

/** A refusal for whoever awaits it; nobody has to. */
export function refused(error: PubSubError): Promise<void> {
  const promise = Promise.reject(error);
  promise.catch(() => {});
  return promise;
}
