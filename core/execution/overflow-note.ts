import type { Logger } from './logger.js';

/** So many notes are written: whoever makes channels by the hundred has read the first ones. */
const MOST_NOTES = 10;

/**
 * Tells the developer when a channel begins to push out its oldest messages because nobody has said what else it should do:
 * that is counted and traced, but who does not know of it looks for the fault elsewhere.
 */
export class OverflowNote {
  readonly #capacity: number;
  readonly #logger: Logger;
  /** Channels that nobody has opened with options, and of which nothing has been said yet. */
  readonly #unspoken = new Set<string>();
  #written = 0;

  constructor(capacity: number, logger: Logger) {
    this.#capacity = capacity;
    this.#logger = logger;
  }

  /** A channel came into being by being subscribed to, or published on. */
  isDefault(name: string): void {
    this.#unspoken.add(name);
  }

  /** Somebody has opened it, so it is as it should be. */
  isMeant(name: string): void {
    this.#unspoken.delete(name);
  }

  /** A channel has dropped a message. */
  write(name: string): void {
    if (!this.#unspoken.delete(name) || this.#written >= MOST_NOTES) return;
    this.#written++;
    this.#logger.warn(
      `channel "${name}" is full (${this.#capacity} messages) and drops its oldest from now on; ` +
        `openChannel("${name}", { capacity, overflow }) says what it should do`,
    );
  }
}
