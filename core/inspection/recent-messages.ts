import type { Message } from '../messaging/message.js';

/** The newest messages, by the sequence numbers of their events, so that a payload can be shown when it is asked for. */
export class RecentMessages {
  readonly #limit: number;
  readonly #messages: (Message | undefined)[] = [];
  readonly #seqs: number[] = [];
  #count = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(seq: number, message: Message): void {
    const place = this.#count++ % this.#limit;
    this.#messages[place] = message;
    this.#seqs[place] = seq;
  }

  /** The sequence numbers grow with the places: a search by halving. */
  find(seq: number): Message | undefined {
    let low = Math.max(0, this.#count - this.#limit);
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#seqs[middle % this.#limit] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    const place = low % this.#limit;
    return low < this.#count && this.#seqs[place] === seq ? this.#messages[place] : undefined;
  }

  /** Oldest first. */
  *entries(): Generator<readonly [seq: number, message: Message]> {
    for (let index = Math.max(0, this.#count - this.#limit); index < this.#count; index++) {
      const place = index % this.#limit;
      const message = this.#messages[place];
      if (message) yield [this.#seqs[place] ?? 0, message];
    }
  }

  clear(): void {
    this.#messages.length = 0;
    this.#seqs.length = 0;
    this.#count = 0;
  }
}
