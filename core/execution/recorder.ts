import type { ErrorRecord } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import type { Delivery } from '../state/delivery.js';
import {
  deliveryDropped,
  deliveryFailed,
  deliveryRetrying,
  deliveryReturned,
  deliveryStarted,
  deliverySucceeded,
  tokensReserved,
  tokensUsed,
} from '../state/delivery-changes.js';
import { applyEvent } from '../state/fold.js';
import { messagePublished } from '../state/message-changes.js';
import type { NewEvent, RunEvent } from '../state/run-event.js';
import { letObserve, type RunObserver } from '../state/run-observer.js';
import type { RunRecord } from '../state/run-record.js';
import type { RunState } from '../state/run-state.js';
import type { TurnClock } from './turn-clock.js';

/** Takes events in order. */
export interface EventSink {
  take(event: RunEvent): void;
}

/** Keeps events: the journal. The three kinds that make up nearly all of them it takes as what they are made from. */
export interface EventKeeper extends EventSink {
  messagePublished(
    at: number,
    channel: Channel,
    message: Message,
    publisher: Delivery | undefined,
    ordinal: number,
    fromOutside: boolean,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void;
  deliveryStarted(at: number, delivery: Delivery): void;
  deliverySucceeded(at: number, delivery: Delivery): void;
  /** The events between these two belong together: all of them are kept, or none. */
  beginGroup(): void;
  endGroup(): void;
}

/**
 * The one place where things happen: each method changes the live state and, only when somebody keeps or watches
 * events, makes the event that says so. The state's own methods are what the fold calls too.
 */
export class Recorder {
  #state: RunState;
  readonly #clock: TurnClock;
  #keeper: EventKeeper | undefined;
  #sinks: readonly EventSink[] = [];
  #observers: readonly RunObserver[] = [];

  constructor(state: RunState, clock: TurnClock) {
    this.#state = state;
    this.#clock = clock;
    letObserve(state, this);
  }

  get state(): RunState {
    return this.#state;
  }

  /** Goes on from another state: the stored one. */
  replace(state: RunState): void {
    this.#state = state;
    letObserve(state, this);
  }

  now(): number {
    return this.#clock.now();
  }

  /** The time, or a moment ago in this turn of the event loop. */
  recent(): number {
    return this.#clock.recent();
  }

  /** From now on this one keeps what happens. */
  keepBy(keeper: EventKeeper): void {
    this.#keeper = keeper;
  }

  /** Adds a sink; the answer takes it out again. */
  attach(sink: EventSink): () => void {
    this.#sinks = [...this.#sinks, sink];
    return () => {
      this.#sinks = this.#sinks.filter((other) => other !== sink);
    };
  }

  /** Adds an observer; the answer takes it out again. */
  observe(observer: RunObserver): () => void {
    this.#observers = [...this.#observers, observer];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== observer);
    };
  }

  /** Everything that `happen` records is kept together or not at all. */
  group(happen: () => void): void {
    this.#keeper?.beginGroup();
    try {
      happen();
    } finally {
      this.#keeper?.endGroup();
    }
  }

  /** Records an event that is rare enough to be made each time. */
  record(body: NewEvent, at: number = this.#clock.now()): void {
    const event: RunEvent = { seq: this.state.seq + 1, at, ...body };
    applyEvent(this.state, event);
    this.#emit(event);
  }

  messagePublished(
    at: number,
    channel: Channel,
    message: Message,
    publisher: Delivery | undefined,
    ordinal: number,
    fromOutside: boolean,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    const seq = ++this.state.seq;
    messagePublished(this.state, at, channel, message, publisher, ordinal, fromOutside, run, mailboxes);
    this.#keeper?.messagePublished(at, channel, message, publisher, ordinal, fromOutside, run, mailboxes);
    for (const observer of this.#observers)
      observer.messagePublished(at, channel, message, publisher, ordinal, fromOutside, run, mailboxes);
    if (this.#sinks.length === 0) return;
    this.#tell({
      seq,
      at,
      type: 'message.published',
      message,
      ordinal,
      to: mailboxes.map(({ agent }) => agent),
      ...(publisher && { publisher: publisher.number }),
      ...(fromOutside && { fromOutside }),
      ...(run && { run: run.id }),
    });
  }

  deliveryStarted(at: number, delivery: Delivery): void {
    const seq = ++this.state.seq;
    deliveryStarted(this.state, at, delivery);
    this.#keeper?.deliveryStarted(at, delivery);
    for (const observer of this.#observers) observer.deliveryStarted(at, delivery);
    if (this.#sinks.length > 0) this.#tell({ seq, at, type: 'delivery.started', delivery: delivery.number });
  }

  deliverySucceeded(at: number, delivery: Delivery): void {
    const seq = ++this.state.seq;
    deliverySucceeded(this.state, at, delivery);
    this.#keeper?.deliverySucceeded(at, delivery);
    for (const observer of this.#observers) observer.deliverySucceeded(at, delivery);
    if (this.#sinks.length > 0)
      this.#tell({ seq, at, type: 'delivery.succeeded', delivery: delivery.number });
  }

  deliveryRetrying(at: number, delivery: Delivery, error: ErrorRecord, dueAt: number): void {
    const seq = ++this.state.seq;
    deliveryRetrying(this.state, at, delivery, error, dueAt);
    this.#emit({ seq, at, type: 'delivery.retrying', delivery: delivery.number, error, dueAt });
  }

  deliveryFailed(at: number, delivery: Delivery, error: ErrorRecord, invalid: boolean): void {
    const seq = ++this.state.seq;
    deliveryFailed(this.state, at, delivery, error, invalid);
    this.#emit({ seq, at, type: 'delivery.failed', delivery: delivery.number, error, invalid });
  }

  deliveryDropped(at: number, delivery: Delivery): void {
    const seq = ++this.state.seq;
    deliveryDropped(this.state, at, delivery);
    this.#emit({ seq, at, type: 'delivery.dropped', delivery: delivery.number });
  }

  /** @param dueAt when it may be started again; at once when absent. */
  deliveryReturned(at: number, delivery: Delivery, parked: boolean, dueAt?: number): void {
    const seq = ++this.state.seq;
    deliveryReturned(this.state, at, delivery, parked, dueAt);
    const due = dueAt === undefined ? {} : { dueAt };
    this.#emit({ seq, at, type: 'delivery.returned', delivery: delivery.number, parked, ...due });
  }

  tokensReserved(at: number, delivery: Delivery, amount: number): void {
    const seq = ++this.state.seq;
    tokensReserved(delivery, amount);
    this.#emit({ seq, at, type: 'tokens.reserved', delivery: delivery.number, amount });
  }

  tokensUsed(at: number, delivery: Delivery, amount: number): void {
    const seq = ++this.state.seq;
    tokensUsed(delivery, amount);
    this.#emit({ seq, at, type: 'tokens.used', delivery: delivery.number, amount });
  }

  #emit(event: RunEvent): void {
    this.#keeper?.take(event);
    for (const observer of this.#observers) observer.take(event);
    this.#tell(event);
  }

  #tell(event: RunEvent): void {
    for (const sink of this.#sinks) sink.take(event);
  }
}
