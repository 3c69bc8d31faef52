import mitt from 'mitt';
import { invalid } from '../errors.js';
import type { Runtime } from '../runtime.js';
import type { RunEvent } from '../state/run-event.js';
import type { Logger } from './logger.js';

/** Hears of every event, in order, shortly after it happened. */
export type EventListener = (event: RunEvent) => void;

/** Serves the listeners in batches, after the code that made the events has run; one that throws harms nobody. */
export class Listeners {
  readonly #emitter = mitt<{ event: RunEvent }>();
  readonly #runtime: Runtime;
  readonly #logger: Logger;
  #count = 0;
  #batch: RunEvent[] = [];

  constructor(runtime: Runtime, logger: Logger) {
    this.#runtime = runtime;
    this.#logger = logger;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Adds a listener; the answer takes it out again. */
  add(listener: EventListener): () => void {
    if (typeof listener !== 'function') throw invalid('listener', 'a function', listener);
    let complained = false;
    const complain = (thrown: unknown): void => {
      if (!complained)
        this.#logger.warn('a listener threw; the run goes on, further throws are not logged', thrown);
      complained = true;
    };
    const isolated = (event: RunEvent): void => {
      try {
        const result: unknown = listener(event);
        // An asynchronous listener fails later; that too must not be anybody else's trouble.
        if (result instanceof Promise) result.catch(complain);
      } catch (thrown) {
        complain(thrown);
      }
    };
    this.#emitter.on('event', isolated);
    this.#count++;
    let active = true;
    return () => {
      if (!active) return;
      active = false;
      this.#count--;
      this.#emitter.off('event', isolated);
    };
  }

  take(event: RunEvent): void {
    if (this.#batch.push(event) === 1) this.#runtime.defer(() => this.flush());
  }

  /** Delivers at once what is still waiting. */
  flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    for (const event of batch) this.#emitter.emit('event', event);
  }
}
