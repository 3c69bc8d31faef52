import { messageOf } from '../../core/errors.js';

/** How far the retries of some dead letters have come. */
export interface RetryProgress {
  readonly done: number;
  readonly total: number;
}

export interface RetryResult {
  readonly delivered: number;
  /** What each of the others met. */
  readonly failures: readonly string[];
}

/** Retries go on for so long before the page may paint. */
const SLICE_MS = 8;

/** Sends dead letters again, one round at a time: whoever presses twice sends nothing twice. */
export class Retries {
  readonly #retry: (id: string) => Promise<unknown>;
  readonly #pause: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  #progress: RetryProgress | undefined;

  /**
   * @param retry sends one of them; rejects when it cannot.
   * @param pause resolves when the page has had time to paint.
   */
  constructor(retry: (id: string) => Promise<unknown>, pause: () => Promise<void> = nextTask) {
    this.#retry = retry;
    this.#pause = pause;
  }

  /** For `useSyncExternalStore`. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** For `useSyncExternalStore`: undefined while nothing is sent again. */
  readonly getProgress = (): RetryProgress | undefined => this.#progress;

  /** One that cannot be sent does not keep the others back. Undefined when others are still on their way. */
  async run(ids: readonly string[]): Promise<RetryResult | undefined> {
    if (this.#progress) return undefined;
    const failures: string[] = [];
    const total = ids.length;
    let began = performance.now();
    this.#set({ done: 0, total });
    for (const [done, id] of ids.entries()) {
      if (performance.now() - began > SLICE_MS) {
        this.#set({ done, total });
        await this.#pause();
        began = performance.now();
      }
      try {
        await this.#retry(id);
      } catch (thrown) {
        failures.push(messageOf(thrown));
      }
    }
    this.#set(undefined);
    return { delivered: total - failures.length, failures };
  }

  #set(progress: RetryProgress | undefined): void {
    this.#progress = progress;
    for (const listener of this.#listeners) listener();
  }
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
