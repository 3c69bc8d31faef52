import { EVENT_KINDS } from '../../core/inspection/event-batch.js';
import { integers } from './column.js';
import type { TypedBatch } from './typed-batch.js';

/** Events between two that are known, about. */
const STRIDE = 16_384;
/** Nearer than this, walking is quicker than looking for a better place to begin. */
const NEAR = 64;

/**
 * How many publishes, and how many whole events, came before an event: which row it has in their lists. Known for one event
 * of each batch; from there, or from the event that was asked for last, it is counted when somebody asks.
 */
export class EventRanks {
  readonly #kinds: (from: number, to: number) => Uint8Array;
  readonly #seqs = integers();
  readonly #publishesAt = integers();
  readonly #bodiesAt = integers();
  /** Where it was counted to, and what was counted before that event. */
  #seq: number;
  #publishes = 0;
  #bodies = 0;

  /** @param kinds those of the events from `from` (inclusive) to `to` (exclusive). */
  constructor(base: number, kinds: (from: number, to: number) => Uint8Array) {
    this.#kinds = kinds;
    this.#seq = base + 1;
    this.#mark(base + 1, 0, 0);
  }

  /** A batch comes, with so many publishes and bodies before it. */
  append({ first, kind }: TypedBatch, publishes: number, bodies: number): void {
    if (first - this.#seqs.at(this.#seqs.length - 1) >= STRIDE / 4) this.#mark(first, publishes, bodies);
    let [publish, body] = [publishes, bodies];
    for (let from = 0; kind.length - from > STRIDE; from += STRIDE) {
      for (let index = from; index < from + STRIDE; index++) {
        if (kind[index] === EVENT_KINDS.published) publish++;
        else if (kind[index] === EVENT_KINDS.body) body++;
      }
      this.#mark(first + from + STRIDE, publish, body);
    }
  }

  publishesBefore(seq: number): number {
    this.#goTo(seq);
    return this.#publishes;
  }

  bodiesBefore(seq: number): number {
    this.#goTo(seq);
    return this.#bodies;
  }

  /** Forgets what is known of events before `seq`; their kinds must still be there. */
  dropBefore(seq: number): void {
    this.#goTo(seq);
    const place = this.#seqs.countUpTo(seq) - 1;
    for (const column of [this.#seqs, this.#publishesAt, this.#bodiesAt]) column.drop(place);
    this.#seqs.set(0, seq);
    this.#publishesAt.set(0, this.#publishes);
    this.#bodiesAt.set(0, this.#bodies);
  }

  #mark(seq: number, publishes: number, bodies: number): void {
    this.#seqs.push(seq);
    this.#publishesAt.push(publishes);
    this.#bodiesAt.push(bodies);
  }

  #goTo(wanted: number): void {
    const seq = Math.max(wanted, this.#seqs.at(0));
    if (Math.abs(seq - this.#seq) > NEAR) {
      const place = this.#seqs.countUpTo(seq) - 1;
      const known = this.#seqs.at(place);
      if (place >= 0 && seq - known < Math.abs(seq - this.#seq)) {
        this.#seq = known;
        this.#publishes = this.#publishesAt.at(place);
        this.#bodies = this.#bodiesAt.at(place);
      }
    }
    if (seq > this.#seq) this.#count(this.#seq, seq, 1);
    else if (seq < this.#seq) this.#count(seq, this.#seq, -1);
    this.#seq = seq;
  }

  #count(from: number, to: number, by: number): void {
    for (const kind of this.#kinds(from, to)) {
      if (kind === EVENT_KINDS.published) this.#publishes += by;
      else if (kind === EVENT_KINDS.body) this.#bodies += by;
    }
  }
}
