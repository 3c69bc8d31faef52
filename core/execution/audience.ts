import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
import type { Delivery } from '../state/delivery.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunObserver } from '../state/run-observer.js';
import type { RunRecord } from '../state/run-record.js';
import type { RunState } from '../state/run-state.js';

/** Takes events in order. */
export interface EventSink {
  take(event: RunEvent): void;
}

/** Keeps what happens: the journal. */
export interface EventKeeper extends RunObserver {
  /** What happens between these two belongs together: all of it is kept, or none. */
  beginGroup(): void;
  endGroup(): void;
}

/**
 * Everybody who is told what happens: who keeps it first, then observers, then those who want events. The three events
 * that make up nearly all are made only for the last.
 */
export class Audience implements RunObserver {
  /** True while there is nobody: then nothing needs to be told. */
  isEmpty = true;
  private readonly state: () => RunState;
  private journal: EventKeeper | undefined = undefined;
  private observers: readonly RunObserver[] = [];
  private sinks: readonly EventSink[] = [];

  constructor(state: () => RunState) {
    this.state = state;
  }

  get keeper(): EventKeeper | undefined {
    return this.journal;
  }

  set keeper(keeper: EventKeeper | undefined) {
    this.journal = keeper;
    this.count();
  }

  /** Adds an observer; the answer takes it out again. */
  addObserver(observer: RunObserver): () => void {
    this.observers = [...this.observers, observer];
    this.count();
    return () => {
      this.observers = this.observers.filter((other) => other !== observer);
      this.count();
    };
  }

  /** Adds a sink; the answer takes it out again. */
  addSink(sink: EventSink): () => void {
    this.sinks = [...this.sinks, sink];
    this.count();
    return () => {
      this.sinks = this.sinks.filter((other) => other !== sink);
      this.count();
    };
  }

  private count(): void {
    this.isEmpty = !this.journal && this.observers.length === 0 && this.sinks.length === 0;
  }

  messagePublished(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    this.journal?.messagePublished(at, channel, publication, publisher, run, mailboxes);
    for (const observer of this.observers) {
      observer.messagePublished(at, channel, publication, publisher, run, mailboxes);
    }
    if (this.sinks.length === 0) return;
    this.tell({
      seq: this.state().seq,
      at,
      type: 'message.published',
      message: publication.message,
      ordinal: publication.ordinal,
      to: mailboxes.map(({ agent }) => agent),
      ...(publisher && { publisher: publisher.number }),
      ...(publication.fromOutside && { fromOutside: true as const }),
      ...(run && { run: run.id }),
    });
  }

  deliveryStarted(at: number, delivery: Delivery): void {
    this.journal?.deliveryStarted(at, delivery);
    for (const observer of this.observers) observer.deliveryStarted(at, delivery);
    if (this.sinks.length === 0) return;
    this.tell({ seq: this.state().seq, at, type: 'delivery.started', delivery: delivery.number });
  }

  deliverySucceeded(at: number, delivery: Delivery): void {
    this.journal?.deliverySucceeded(at, delivery);
    for (const observer of this.observers) observer.deliverySucceeded(at, delivery);
    if (this.sinks.length === 0) return;
    this.tell({ seq: this.state().seq, at, type: 'delivery.succeeded', delivery: delivery.number });
  }

  take(event: RunEvent): void {
    this.journal?.take(event);
    for (const observer of this.observers) observer.take(event);
    this.tell(event);
  }

  private tell(event: RunEvent): void {
    for (const sink of this.sinks) sink.take(event);
  }
}
