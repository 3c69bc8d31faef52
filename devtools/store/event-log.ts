import { EVENT_KINDS, type MessageRoute } from '../../core/inspection/event-batch.js';
import { rebuildPublished } from '../../core/inspection/event-rebuild.js';
import type { RunEvent } from '../../core/state/run-event.js';
import type { RunState } from '../../core/state/run-state.js';
import { longBytes, longFloats, longIntegers } from './chunked-column.js';
import { EventRanks } from './event-ranks.js';
import type { TypedBatch } from './typed-batch.js';

/** Events of one stretch that is read from the log, at most. */
const STRETCH = 4096;

/**
 * Every event that came, in 13 bytes each and 12 more for a message; the few others stay objects. A batch is taken in as a
 * few blocks of memory are copied, and nothing is done for each event.
 */
export class EventLog {
  /** Sequence number of the event before the first that is kept. */
  base: number;
  readonly #kind = longBytes();
  readonly #at = longFloats();
  readonly #delivery = longIntegers();
  readonly #publisher = longIntegers();
  readonly #ordinal = longIntegers();
  readonly #route = longIntegers();
  /** By their numbers. */
  readonly routes: MessageRoute[] = [];
  #bodies: RunEvent[] = [];
  /** Events of kind `body` that published a message. */
  readonly #wholePublishes = longIntegers();
  /** Which row of the publishes, or of the bodies, an event has. */
  readonly #ranks: EventRanks;
  /** Bodies and publishes that were dropped from the front. */
  #bodiesDropped = 0;
  #publishesDropped = 0;

  constructor(base: number) {
    this.base = base;
    this.#ranks = new EventRanks(base, (from, to) =>
      this.#kind.range(from - this.base - 1, to - this.base - 1),
    );
  }

  get length(): number {
    return this.#kind.length;
  }

  /** Sequence number of the newest event. */
  get last(): number {
    return this.base + this.#kind.length;
  }

  append(batch: TypedBatch): void {
    const publishes = this.#publishesDropped + this.#publisher.length;
    this.#ranks.append(batch, publishes, this.#bodiesDropped + this.#bodies.length);
    this.#kind.pushAll(batch.kind);
    this.#at.pushAll(batch.at);
    this.#delivery.pushAll(batch.delivery);
    this.#publisher.pushAll(batch.publisher);
    this.#ordinal.pushAll(batch.ordinal);
    this.#route.pushAll(batch.route);
    for (const route of batch.routes) this.routes.push(route);
    for (const each of batch.bodies) {
      this.#bodies.push(each);
      if (each.type === 'message.published') this.#wholePublishes.push(each.seq);
    }
  }

  /** The next events after `seq`, as many as are read at a time. `routes` has none: all of them are in the log's. */
  stretchAfter(seq: number): TypedBatch {
    const from = Math.max(0, seq - this.base);
    const to = Math.min(this.length, from + STRETCH);
    const first = this.base + from + 1;
    // In the order of the events: what lies between is counted once.
    const [publish, body] = [this.#publishRow(first), this.#bodyRow(first)];
    const end = this.base + to + 1;
    const [publishEnd, bodyEnd] = [this.#publishRow(end), this.#bodyRow(end)];
    return {
      first,
      kind: this.#kind.range(from, to),
      at: this.#at.range(from, to),
      delivery: this.#delivery.range(from, to),
      publisher: this.#publisher.range(publish, publishEnd),
      ordinal: this.#ordinal.range(publish, publishEnd),
      route: this.#route.range(publish, publishEnd),
      routes: [],
      bodies: this.#bodies.slice(body, bodyEnd),
    };
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
    return this.#delivery.at(seq - this.base - 1);
  }

  /** Of an event of kind `body`. */
  bodyOf(seq: number): RunEvent | undefined {
    return this.#bodies[this.#bodyRow(seq)];
  }

  /** Of a compact publish: its publishing delivery, ordinal and route. Undefined for any other event. */
  publishOf(seq: number): { publisher: number; ordinal: number; route: MessageRoute } | undefined {
    if (seq <= this.base || this.kindOf(seq) !== EVENT_KINDS.published) return undefined;
    const row = this.#publishRow(seq);
    const route = this.routes[this.#route.at(row)];
    return route && { publisher: this.#publisher.at(row), ordinal: this.#ordinal.at(row), route };
  }

  /** How many messages were published after event `seq`. */
  messagesAfter(seq: number): number {
    const compact = this.#publisher.length - this.#publishRow(Math.max(seq, this.base) + 1);
    return compact + this.#wholePublishes.length - this.#wholePublishes.countUpTo(seq);
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
    const next = this.base + count + 1;
    const [publishes, bodies] = [this.#publishRow(next), this.#bodyRow(next)];
    this.#ranks.dropBefore(next);
    for (const column of [this.#kind, this.#at, this.#delivery]) column.drop(count);
    for (const column of [this.#publisher, this.#ordinal, this.#route]) column.drop(publishes);
    this.#bodies = this.#bodies.slice(bodies);
    this.#wholePublishes.drop(this.#wholePublishes.countUpTo(this.base + count));
    this.#bodiesDropped += bodies;
    this.#publishesDropped += publishes;
    this.base += count;
  }

  #publishRow(seq: number): number {
    return this.#ranks.publishesBefore(seq) - this.#publishesDropped;
  }

  #bodyRow(seq: number): number {
    return this.#ranks.bodiesBefore(seq) - this.#bodiesDropped;
  }

  #clamped(seq: number): number {
    return Math.min(Math.max(seq - this.base - 1, 0), this.length - 1);
  }
}
