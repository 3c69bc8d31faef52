import type { ErrorRecord } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
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
import { Audience, type EventKeeper, type EventSink } from './audience.js';
import type { TurnClock } from './turn-clock.js';

/**
 * The one place where things happen: each method changes the live state and, only when somebody keeps or watches
 * events, makes the event that says so. The state's own methods are what the fold calls too.
 */
export class Recorder {
  private live: RunState;
  private readonly clock: TurnClock;
  private readonly audience: Audience = new Audience(() => this.live);
  private readonly closeCallbacks = new Set<() => void>();
  private isClosed = false;

  constructor(state: RunState, clock: TurnClock) {
    this.live = state;
    this.clock = clock;
    letObserve(state, this);
  }

  get state(): RunState {
    return this.live;
  }

  /** Goes on from another state: the stored one. */
  replace(state: RunState): void {
    this.live = state;
    letObserve(state, this);
  }

  now(): number {
    return this.clock.now();
  }

  /** The time, or a moment ago in this turn of the event loop. */
  recent(): number {
    return this.clock.recent();
  }

  /** From now on this one keeps what happens. */
  keepBy(keeper: EventKeeper): void {
    this.audience.keeper = keeper;
  }

  /** Adds a sink; the answer takes it out again. */
  attach(sink: EventSink): () => void {
    return this.audience.addSink(sink);
  }

  /** Adds an observer; the answer takes it out again. */
  observe(observer: RunObserver): () => void {
    return this.audience.addObserver(observer);
  }

  /** See `Observable`. */
  whenClosed(callback: () => void): () => void {
    if (this.isClosed) callback();
    else this.closeCallbacks.add(callback);
    return () => this.closeCallbacks.delete(callback);
  }

  /** The executor is closed. That is no event: what is stored goes on with whoever opens it next. */
  close(): void {
    this.isClosed = true;
    const callbacks = [...this.closeCallbacks];
    this.closeCallbacks.clear();
    for (const callback of callbacks) callback();
  }

  /** Everything that `happen` records is kept together or not at all. */
  group(happen: () => void): void {
    const { keeper } = this.audience;
    keeper?.beginGroup();
    try {
      happen();
    } finally {
      keeper?.endGroup();
    }
  }

  /** Records an event that is rare enough to be made each time. */
  record(body: NewEvent, at: number = this.clock.now()): void {
    const event: RunEvent = { seq: this.state.seq + 1, at, ...body };
    applyEvent(this.state, event);
    this.audience.take(event);
  }

  messagePublished(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    this.live.advance(at);
    messagePublished(this.live, channel, publication, publisher, run, mailboxes);
    if (this.audience.isEmpty === true) return;
    this.audience.messagePublished(at, channel, publication, publisher, run, mailboxes);
  }

  /** The time is that which has just been looked at. */
  deliveryStarted(delivery: Delivery): void {
    const at = this.clock.latest;
    this.live.advance(at);
    deliveryStarted(this.live, delivery);
    if (this.audience.isEmpty === false) this.audience.deliveryStarted(at, delivery);
  }

  deliverySucceeded(delivery: Delivery): void {
    const at = this.clock.now();
    this.live.advance(at);
    deliverySucceeded(this.live, delivery);
    if (this.audience.isEmpty === false) this.audience.deliverySucceeded(at, delivery);
  }

  /** Answers the number of the event that happens. */
  private advance(at: number): number {
    this.live.advance(at);
    return this.live.seq;
  }

  deliveryRetrying(at: number, delivery: Delivery, error: ErrorRecord, dueAt: number): void {
    const seq = this.advance(at);
    deliveryRetrying(this.state, delivery, error, dueAt);
    this.audience.take({ seq, at, type: 'delivery.retrying', delivery: delivery.number, error, dueAt });
  }

  deliveryFailed(at: number, delivery: Delivery, error: ErrorRecord, invalid: boolean): void {
    const seq = this.advance(at);
    deliveryFailed(this.state, delivery, error, invalid);
    this.audience.take({ seq, at, type: 'delivery.failed', delivery: delivery.number, error, invalid });
  }

  deliveryDropped(at: number, delivery: Delivery): void {
    const seq = this.advance(at);
    deliveryDropped(this.state, delivery);
    this.audience.take({ seq, at, type: 'delivery.dropped', delivery: delivery.number });
  }

  /** @param dueAt when it may be started again; at once when absent. */
  deliveryReturned(at: number, delivery: Delivery, parked: boolean, dueAt?: number): void {
    const seq = this.advance(at);
    deliveryReturned(this.state, delivery, parked, dueAt);
    const due = dueAt === undefined ? {} : { dueAt };
    this.audience.take({ seq, at, type: 'delivery.returned', delivery: delivery.number, parked, ...due });
  }

  tokensReserved(at: number, delivery: Delivery, amount: number): void {
    const seq = this.advance(at);
    tokensReserved(delivery, amount);
    this.audience.take({ seq, at, type: 'tokens.reserved', delivery: delivery.number, amount });
  }

  tokensUsed(at: number, delivery: Delivery, amount: number): void {
    const seq = this.advance(at);
    tokensUsed(delivery, amount);
    this.audience.take({ seq, at, type: 'tokens.used', delivery: delivery.number, amount });
  }
}
