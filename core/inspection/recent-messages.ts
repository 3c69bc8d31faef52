import type { Message } from '../messaging/message.js';

/** What is kept of a message. */
export type RecentMessage = Pick<Message, 'payload' | 'channel'>;

/** Messages kept while very many come: whatever lives longer than a moment is copied again and again by the collector. */
const FEW = 1000;

/** The newest messages, by the sequence numbers of their events, so that a payload can be shown when it is asked for. */
export class RecentMessages {
  readonly #limit: number;
  readonly #messages: (RecentMessage | undefined)[] = [];
  readonly #seqs: number[] = [];
  #count = 0;
  /** Where the next one goes: `#count % #limit`, without a division for each message. */
  #next = 0;
  #isNarrow = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(seq: number, message: RecentMessage): void {
    const place = this.#next;
    this.#messages[place] = message;
    this.#seqs[place] = seq;
    this.#count++;
    this.#next = place + 1 === this.#limit ? 0 : place + 1;
    if (this.#isNarrow) this.#messages[place < FEW ? place + this.#limit - FEW : place - FEW] = undefined;
  }

  /** While it is narrow, it keeps a thousand at most. */
  setNarrow(narrow: boolean): void {
    if (narrow === this.#isNarrow || this.#limit <= FEW) return;
    this.#isNarrow = narrow;
    if (!narrow) return;
    const oldest = Math.max(0, this.#count - this.#limit);
    for (let index = oldest; index < this.#count - FEW; index++)
      this.#messages[index % this.#limit] = undefined;
  }

  /** The sequence numbers grow with the places: a search by halving. */
  find(seq: number): RecentMessage | undefined {
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
  *entries(): Generator<readonly [seq: number, message: RecentMessage]> {
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
    this.#next = 0;
    this.#isNarrow = false;
  }
}
