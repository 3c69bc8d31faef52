import { EVENT_KINDS, type EventBatch, type MessageRoute } from '../../core/inspection/event-batch.js';
import { rebuildPublished } from '../../core/inspection/event-rebuild.js';
import type { RunEvent } from '../../core/state/run-event.js';
import type { RunState } from '../../core/state/run-state.js';
import { longBytes, longFloats, longIntegers } from './chunked-column.js';

/** Every event that came, in 13 bytes each and 16 more for a message; the few others stay objects. */
export class EventLog {
  /** Sequence number of the event before the first that is kept. */
  base: number;
  readonly #kind = longBytes();
  readonly #at = longFloats();
  /** Delivery, row of the publish, or place in `#bodies`, by kind. */
  readonly #detail = longIntegers();
  readonly #publishSeq = longIntegers();
  readonly #publisher = longIntegers();
  readonly #ordinal = longIntegers();
  readonly #route = longIntegers();
  /** By their numbers. */
  readonly routes: MessageRoute[] = [];
  #bodies: RunEvent[] = [];
  /** Bodies and publishes that were dropped from the front. */
  #bodiesDropped = 0;
  #publishesDropped = 0;

  constructor(base: number) {
    this.base = base;
  }

  get length(): number {
    return this.#kind.length;
  }

  /** Sequence number of the newest event. */
  get last(): number {
    return this.base + this.#kind.length;
  }

  append(batch: EventBatch): void {
    const { kind, delivery } = batch;
    this.#kind.pushAll(kind);
    this.#at.pushAll(batch.at);
    let publish = this.#publishesDropped + this.#publishSeq.length;
    let body = this.#bodiesDropped + this.#bodies.length;
    for (let index = 0; index < kind.length; index++) {
      if (kind[index] === EVENT_KINDS.published) {
        this.#detail.push(publish++);
        this.#publishSeq.push(batch.first + index);
      } else if (kind[index] === EVENT_KINDS.body) this.#detail.push(body++);
      else this.#detail.push(delivery[index] ?? 0);
    }
    this.#publisher.pushAll(batch.publisher);
    this.#ordinal.pushAll(batch.ordinal);
    this.#route.pushAll(batch.route);
    for (const route of batch.routes) this.routes.push(route);
    for (const each of batch.bodies) this.#bodies.push(each);
  }

  /** When an event happened, in milliseconds since 1970. */
  timeOf(seq: number): number {
    return this.#at.at(this.#clamped(seq));
  }

  kindOf(seq: number): number {
    return this.#kind.at(seq - this.base - 1);
  }

  /** Of an event that started or ended a delivery well. */
  deliveryOf(seq: number): number {
    return this.#detail.at(seq - this.base - 1);
  }

  /** Of an event of kind `body`. */
  bodyOf(seq: number): RunEvent | undefined {
    return this.#bodies[this.#detail.at(seq - this.base - 1) - this.#bodiesDropped];
  }

  /** Of a compact publish: its publishing delivery, ordinal and route. Undefined for any other event. */
  publishOf(seq: number): { publisher: number; ordinal: number; route: MessageRoute } | undefined {
    if (seq <= this.base || this.kindOf(seq) !== EVENT_KINDS.published) return undefined;
    const row = this.#detail.at(seq - this.base - 1) - this.#publishesDropped;
    const route = this.routes[this.#route.at(row)];
    return route && { publisher: this.#publisher.at(row), ordinal: this.#ordinal.at(row), route };
  }

  /** The whole event, payloads apart; `state` is the state just before it. */
  event(seq: number, state: RunState): RunEvent | undefined {
    if (seq <= this.base || seq > this.last) return undefined;
    const at = this.timeOf(seq);
    switch (this.kindOf(seq)) {
      case EVENT_KINDS.started:
        return { seq, at, type: 'delivery.started', delivery: this.deliveryOf(seq) };
      case EVENT_KINDS.succeeded:
        return { seq, at, type: 'delivery.succeeded', delivery: this.deliveryOf(seq) };
      case EVENT_KINDS.published: {
        const publish = this.publishOf(seq);
        if (!publish) return undefined;
        return rebuildPublished(state, seq, at, publish.publisher, publish.ordinal, publish.route);
      }
      default:
        return this.bodyOf(seq);
    }
  }

  /** The newest event at or before a time. Times of events may lag a little behind each other: near enough. */
  seqAtTime(time: number): number {
    return this.base + this.#at.countUpTo(time);
  }

  /** Forgets everything up to and including `seq`. */
  dropUpTo(seq: number): void {
    const count = Math.min(Math.max(0, seq - this.base), this.length);
    if (count === 0) return;
    const publishes = this.#publishSeq.countUpTo(seq);
    let bodies = 0;
    for (let index = 0; index < count; index++) if (this.#kind.at(index) === EVENT_KINDS.body) bodies++;
    for (const column of [this.#kind, this.#at, this.#detail]) column.drop(count);
    for (const column of [this.#publishSeq, this.#publisher, this.#ordinal, this.#route])
      column.drop(publishes);
    this.#bodies = this.#bodies.slice(bodies);
    this.#bodiesDropped += bodies;
    this.#publishesDropped += publishes;
    this.base += count;
  }

  #clamped(seq: number): number {
    return Math.min(Math.max(seq - this.base - 1, 0), this.length - 1);
  }
}
