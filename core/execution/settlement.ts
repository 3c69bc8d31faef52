/** Hears how a promise ended. */
export interface SettlementObserver {
  returned(value: unknown): void;
  failed(thrown: unknown): void;
}

const nativeThen = Promise.prototype.then;

/**
 * Watches promises. The two callbacks that `then` needs are used again for the next promise once they have been called,
 * which a native promise does just once: no callbacks are made for each attempt.
 */
export class SettlementWatch {
  readonly #free: Settlement[] = [];

  watch(promise: PromiseLike<unknown>, observer: SettlementObserver): void {
    if (Object.getPrototypeOf(promise) !== Promise.prototype) {
      // Resolving tames any other thenable: one that throws, or settles twice.
      Promise.resolve(promise).then(
        (value) => observer.returned(value),
        (thrown) => observer.failed(thrown),
      );
      return;
    }
    const settlement = this.#free.pop() ?? new Settlement(this.#free);
    settlement.observer = observer;
    nativeThen.call(promise, settlement.fulfilled, settlement.rejected);
  }
}

class Settlement {
  observer: SettlementObserver | undefined;
  readonly fulfilled: (value: unknown) => void;
  readonly rejected: (thrown: unknown) => void;

  constructor(free: Settlement[]) {
    const release = (): SettlementObserver | undefined => {
      const { observer } = this;
      this.observer = undefined;
      free.push(this);
      return observer;
    };
    this.fulfilled = (value) => release()?.returned(value);
    this.rejected = (thrown) => release()?.failed(thrown);
  }
}
