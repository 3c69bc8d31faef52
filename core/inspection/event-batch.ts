import { isoTime } from '../identifiers.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import type { Delivery } from '../state/delivery.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunRecord } from '../state/run-record.js';
import { BatchColumns } from './batch-columns.js';

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
/** Channels whose last route is known without a look at the names; they come and go. */
const CHANNELS_REMEMBERED = 10_000;

/** The route by which a channel's messages went last: nearly always that of the next one. */
interface LastRoute {
  readonly mailboxes: readonly Mailbox<Delivery>[];
  readonly run: RunRecord | undefined;
  readonly number: number;
}

/** Gathers events into batches. Called for every event of a busy run: no allocation, no look-up that can be spared. */
export class BatchWriter {
  readonly #encodeBody: (event: RunEvent) => RunEvent;
  readonly #routes = new Map<string, { readonly number: number; readonly route: MessageRoute }[]>();
  readonly #lastRoutes = new Map<Channel, LastRoute>();
  #routeCount = 0;
  #first = 0;
  #columns = new BatchColumns();
  /** Takes over while the other is sent: listeners may make things happen. */
  #spare = new BatchColumns();
  #newRoutes: MessageRoute[] = [];
  #bodies: RunEvent[] = [];

  /** @param encodeBody what becomes of an event that is sent whole: payloads out, values capped. */
  constructor(encodeBody: (event: RunEvent) => RunEvent) {
    this.#encodeBody = encodeBody;
  }

  get length(): number {
    return this.#columns.length;
  }

  add(event: RunEvent): void {
    switch (event.type) {
      case 'delivery.started':
        this.addStarted(event.seq, event.at, event.delivery);
        return;
      case 'delivery.succeeded':
        this.addSucceeded(event.seq, event.at, event.delivery);
        return;
      case 'message.published':
        if (isRegular(event.at, event.message, event.publisher !== undefined, event.fromOutside ?? false)) {
          const route = this.#routeOf(event.message.channel ?? '', event.to, event.run ?? null);
          this.#addPublish(event.seq, event.at, event.publisher ?? 0, event.ordinal, route);
          return;
        }
    }
    this.#add(event.seq, EVENT_KINDS.body, event.at, 0);
    this.#bodies.push(this.#encodeBody(event));
  }

  addStarted(seq: number, at: number, delivery: number): void {
    this.#add(seq, EVENT_KINDS.started, at, delivery);
  }

  addSucceeded(seq: number, at: number, delivery: number): void {
    this.#add(seq, EVENT_KINDS.succeeded, at, delivery);
  }

  /** The parts of a publish, before they are an event. */
  addPublished(
    seq: number,
    at: number,
    channel: Channel,
    message: Message,
    publisher: Delivery | undefined,
    ordinal: number,
    fromOutside: boolean,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    if (isRegular(at, message, publisher !== undefined, fromOutside)) {
      const route = this.#lastRouteOf(channel, mailboxes, run);
      this.#addPublish(seq, at, publisher ? publisher.number : 0, ordinal, route);
      return;
    }
    this.add({
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

  #addPublish(seq: number, at: number, publisher: number, ordinal: number, route: number): void {
    this.#add(seq, EVENT_KINDS.published, at, 0);
    this.#columns.addPublish(publisher, ordinal, route);
  }

  #add(seq: number, kind: number, at: number, delivery: number): void {
    if (this.#columns.length === 0) this.#first = seq;
    this.#columns.add(kind, at, delivery);
  }

  /**
   * Sends what has been gathered; the next batch begins empty.
   *
   * @param asViews the columns are not lists, but views of the writer's own memory: for who takes them in at once.
   */
  send(send: (batch: EventBatch) => void, asViews: boolean): void {
    const full = this.#columns;
    const columns = asViews ? full.views() : full.lists();
    const batch = { first: this.#first, ...columns, routes: this.#newRoutes, bodies: this.#bodies };
    this.#newRoutes = [];
    this.#bodies = [];
    this.#columns = this.#spare;
    this.#spare = full;
    this.#columns.clear();
    send(batch);
  }

  /** A snapshot was sent: numbering starts again. */
  reset(): void {
    this.#columns.clear();
    this.#newRoutes = [];
    this.#bodies = [];
    this.#routes.clear();
    this.#lastRoutes.clear();
    this.#routeCount = 0;
  }

  #lastRouteOf(
    channel: Channel,
    mailboxes: readonly Mailbox<Delivery>[],
    run: RunRecord | undefined,
  ): number {
    const last = this.#lastRoutes.get(channel);
    // A channel whose subscribers change gets another list of them.
    if (last && last.mailboxes === mailboxes && last.run === run) return last.number;
    if (this.#lastRoutes.size >= CHANNELS_REMEMBERED) this.#lastRoutes.clear();
    const to = mailboxes.map(({ agent }) => agent);
    const number = this.#routeOf(channel.name, to, run?.id ?? null);
    this.#lastRoutes.set(channel, { mailboxes, run, number });
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
function isRegular(at: number, message: Message, fromAgent: boolean, fromOutside: boolean): boolean {
  if (fromOutside || message.taskId !== undefined) return false;
  if (!fromAgent && (message.source !== 'app' || message.parentId !== undefined)) return false;
  return message.timestamp === isoTime(at);
}

/** A message without what it says: what the watcher's state holds, until somebody asks for the payload. */
export function withoutPayload(message: Message): Message {
  return { ...message, payload: null };
}
