import { isoTime } from '../identifiers.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import { Publication } from '../messaging/publication.js';
import type { Delivery } from '../state/delivery.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunObserver } from '../state/run-observer.js';
import type { RunRecord } from '../state/run-record.js';
import { BatchColumns } from './batch-columns.js';
import type { RecentMessages } from './recent-messages.js';

/**
 * A run of events as columns of numbers. Nearly all events are publishes, starts and successes, and those come to a few
 * numbers each; names are sent once and numbered. Whatever else happens goes whole into `bodies`.
 *
 * Plain JSON: the columns are lists; the watcher puts them into typed arrays. Only a watcher in the same page that reads the
 * executor's state itself gets views of typed arrays, good until its listener returns.
 */
export interface EventBatch {
  /** Sequence number of the first event; the others follow without a gap. */
  readonly first: number;
  /** One of `EVENT_KINDS` for each event. */
  readonly kind: ArrayLike<number>;
  readonly at: ArrayLike<number>;
  /** Started, succeeded: the delivery. Otherwise 0: the next row of `publisher …`, or the next of `bodies`. */
  readonly delivery: ArrayLike<number>;
  /** One row for each publish: the publishing delivery (0: the application), its ordinal, its route. */
  readonly publisher: ArrayLike<number>;
  readonly ordinal: ArrayLike<number>;
  readonly route: ArrayLike<number>;
  /** Routes not sent before, numbered on from those that were (from 0 after each snapshot). */
  readonly routes: readonly MessageRoute[];
  readonly bodies: readonly RunEvent[];
}

/** Where a message went; most messages share a few of these. */
export interface MessageRoute {
  readonly channel: string;
  readonly to: readonly string[];
  readonly run: string | null;
}

export const EVENT_KINDS = { body: 0, published: 1, started: 2, succeeded: 3 } as const;

/** Routes kept by name; more than this many in one watch, and the numbering starts again with a snapshot's help. */
const ROUTES_PER_CHANNEL = 64;
/** Channels whose last route is known without a look at the names have labels numbered below this. */
const CHANNELS_REMEMBERED = 10_000;

/** The route by which a channel's messages went last: nearly always that of the next one. */
interface LastRoute {
  readonly channel: Channel;
  /** How often the channel's subscribers had changed. */
  readonly changes: number;
  readonly run: RunRecord | undefined;
  readonly number: number;
}

/** What a writer asks of whoever sends its batches. */
export interface BatchHost {
  /** What becomes of an event that is sent whole: payloads out, values capped. */
  encodeBody(event: RunEvent): RunEvent;
  /** The first event of a batch has come. */
  began(): void;
  /** There are as many events as a batch may have, and here is one more: the writer is to be reset. */
  overflowed(): void;
  /** An event that is observed whole. */
  take(event: RunEvent): void;
}

/**
 * Gathers events into batches; it observes a run itself. Called for every event of a busy run: no allocation, no look-up
 * and no call that can be spared.
 */
export class BatchWriter implements RunObserver {
  readonly #host: BatchHost;
  readonly #most: number;
  readonly #recent: RecentMessages;
  readonly #routes = new Map<string, { readonly number: number; readonly route: MessageRoute }[]>();
  /** By the numbers of the channels' labels. */
  #lastRoutes: (LastRoute | undefined)[] = [];
  #routeCount = 0;
  /** Sequence number of the event before the batch. */
  #base = 0;
  #columns = new BatchColumns();
  /** Takes over while the other is sent: listeners may make things happen. */
  #spare = new BatchColumns();
  #newRoutes: MessageRoute[] = [];
  #bodies: RunEvent[] = [];

  /**
   * @param most events of one batch.
   * @param recent is told of every message.
   */
  constructor(host: BatchHost, most: number, recent: RecentMessages) {
    this.#host = host;
    this.#most = most;
    this.#recent = recent;
  }

  get length(): number {
    return this.#columns.length;
  }

  /** Sequence number of the newest event. */
  get last(): number {
    return this.#base + this.#columns.length;
  }

  deliveryStarted(at: number, delivery: { readonly number: number }): void {
    this.#add(EVENT_KINDS.started, at, delivery.number);
  }

  deliverySucceeded(at: number, delivery: { readonly number: number }): void {
    this.#add(EVENT_KINDS.succeeded, at, delivery.number);
  }

  messagePublished(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    if (isRegular(at, publication, publisher !== undefined)) {
      const last = this.#lastRoutes[channel.label.index];
      const isKnown =
        last && last.channel === channel && last.changes === channel.changes && last.run === run;
      const route = isKnown ? last.number : this.#newRouteOf(channel, mailboxes, run);
      this.#addPublish(at, publisher ? publisher.number : 0, publication, route);
      return;
    }
    this.#addMessage({
      seq: this.last + 1,
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

  take(event: RunEvent): void {
    this.#host.take(event);
  }

  /** The next event, whole. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'delivery.started':
        this.#add(EVENT_KINDS.started, event.at, event.delivery);
        return;
      case 'delivery.succeeded':
        this.#add(EVENT_KINDS.succeeded, event.at, event.delivery);
        return;
      case 'message.published': {
        const { at, message, publisher, ordinal, fromOutside = false } = event;
        const publication = Publication.of(message, ordinal, fromOutside);
        if (isRegular(at, publication, publisher !== undefined)) {
          const route = this.#routeOf(publication.channel, event.to, event.run ?? null);
          this.#addPublish(at, publisher ?? 0, publication, route);
        } else this.#addMessage(event);
        return;
      }
      default:
        this.#addBody(event);
    }
  }

  /**
   * Sends what has been gathered; the next batch begins empty.
   *
   * @param asViews the columns are not lists, but views of the writer's own memory: for who takes them in at once.
   */
  send(send: (batch: EventBatch) => void, asViews: boolean): void {
    const full = this.#columns;
    const columns = asViews ? full.views() : full.lists();
    const batch = { first: this.#base + 1, ...columns, routes: this.#newRoutes, bodies: this.#bodies };
    this.#base += full.length;
    this.#newRoutes = [];
    this.#bodies = [];
    this.#columns = this.#spare;
    this.#spare = full;
    this.#columns.clear();
    send(batch);
  }

  /** Forgets everything. What comes follows on event `base`, of which a snapshot was sent: numbering starts again. */
  reset(base: number): void {
    this.#base = base;
    this.#columns.clear();
    this.#newRoutes = [];
    this.#bodies = [];
    this.#routes.clear();
    this.#lastRoutes = [];
    this.#routeCount = 0;
  }

  #addPublish(at: number, publisher: number, publication: Publication, route: number): void {
    if (!this.#add(EVENT_KINDS.published, at, 0)) return;
    this.#columns.addPublish(publisher, publication.ordinal, route);
    this.#recent.add(this.last, publication);
  }

  #addMessage(event: Extract<RunEvent, { type: 'message.published' }>): void {
    if (this.#addBody(event)) this.#recent.add(this.last, event.message);
  }

  #addBody(event: RunEvent): boolean {
    if (!this.#add(EVENT_KINDS.body, event.at, 0)) return false;
    this.#bodies.push(this.#host.encodeBody(event));
    return true;
  }

  /** False when there were too many already. */
  #add(kind: number, at: number, delivery: number): boolean {
    const columns = this.#columns;
    if (columns.length === columns.room && !this.#makeRoom(columns)) return false;
    columns.add(kind, at, delivery);
    return true;
  }

  #makeRoom(columns: BatchColumns): boolean {
    if (columns.length >= this.#most) {
      this.#host.overflowed();
      return false;
    }
    if (columns.length === 0) this.#host.began();
    columns.makeRoom(this.#most);
    return true;
  }

  #newRouteOf(channel: Channel, mailboxes: readonly Mailbox<Delivery>[], run: RunRecord | undefined): number {
    const to = mailboxes.map(({ agent }) => agent);
    const number = this.#routeOf(channel.name, to, run?.id ?? null);
    const { index } = channel.label;
    if (index >= 0 && index < CHANNELS_REMEMBERED) {
      // No holes, which would make the list slow.
      while (this.#lastRoutes.length < index) this.#lastRoutes.push(undefined);
      this.#lastRoutes[index] = { channel, changes: channel.changes, run, number };
    }
    return number;
  }

  #routeOf(channel: string, to: readonly string[], run: string | null): number {
    let known = this.#routes.get(channel);
    if (!known) {
      known = [];
      this.#routes.set(channel, known);
    }
    for (const { number, route } of known) if (route.run === run && sameNames(route.to, to)) return number;
    // Forgotten here, the watcher still knows it: it only gets a second number when it comes again.
    if (known.length >= ROUTES_PER_CHANNEL) known.pop();
    const route = { channel, to, run };
    const number = this.#routeCount++;
    // The newest is the likeliest next.
    known.unshift({ number, route });
    this.#newRoutes.push(route);
    return number;
  }
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}

/** Whether everything about a message but its payload follows from its publisher, its ordinal and the time. */
function isRegular(at: number, publication: Publication, fromAgent: boolean): boolean {
  if (publication.fromOutside || publication.taskId !== undefined) return false;
  if (!fromAgent && (publication.source !== 'app' || publication.parentId !== undefined)) return false;
  return publication.timestamp === isoTime(at);
}

/** A message without what it says: what the watcher's state holds, until somebody asks for the payload. */
export function withoutPayload(message: Message): Message {
  return { ...message, payload: null };
}
