import { isoTime } from '../identifiers.js';
import type { Message } from '../messaging/message.js';
import type { RunEvent } from '../state/run-event.js';

/**
 * A run of events as columns of numbers. Nearly all events are publishes, starts and successes, and those come to a few
 * numbers each; names are sent once and numbered. Whatever else happens goes whole into `bodies`.
 *
 * Plain JSON; the watcher puts the columns into typed arrays.
 */
export interface EventBatch {
  /** Sequence number of the first event; the others follow without a gap. */
  readonly first: number;
  /** One of `EVENT_KINDS` for each event. */
  readonly kind: readonly number[];
  readonly at: readonly number[];
  /** Started, succeeded: the delivery. Otherwise 0: the next row of `publisher …`, or the next of `bodies`. */
  readonly delivery: readonly number[];
  /** One row for each publish: the publishing delivery (0: the application), its ordinal, its route. */
  readonly publisher: readonly number[];
  readonly ordinal: readonly number[];
  readonly route: readonly number[];
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

/** Gathers events into batches. Called for every event of a busy run: no allocation, no look-up that can be spared. */
export class BatchWriter {
  readonly #encodeBody: (event: RunEvent) => RunEvent;
  readonly #routes = new Map<string, { readonly number: number; readonly route: MessageRoute }[]>();
  #routeCount = 0;
  #first = 0;
  #kind: number[] = [];
  #at: number[] = [];
  #delivery: number[] = [];
  #publisher: number[] = [];
  #ordinal: number[] = [];
  #route: number[] = [];
  #newRoutes: MessageRoute[] = [];
  #bodies: RunEvent[] = [];

  /** @param encodeBody what becomes of an event that is sent whole: payloads out, values capped. */
  constructor(encodeBody: (event: RunEvent) => RunEvent) {
    this.#encodeBody = encodeBody;
  }

  get length(): number {
    return this.#kind.length;
  }

  add(event: RunEvent): void {
    if (this.#kind.length === 0) this.#first = event.seq;
    this.#at.push(event.at);
    switch (event.type) {
      case 'delivery.started':
        this.#kind.push(EVENT_KINDS.started);
        this.#delivery.push(event.delivery);
        return;
      case 'delivery.succeeded':
        this.#kind.push(EVENT_KINDS.succeeded);
        this.#delivery.push(event.delivery);
        return;
      case 'message.published':
        if (isRegular(event)) {
          this.#kind.push(EVENT_KINDS.published);
          this.#delivery.push(0);
          this.#publisher.push(event.publisher ?? 0);
          this.#ordinal.push(event.ordinal);
          this.#route.push(this.#routeOf(event.message.channel ?? '', event.to, event.run ?? null));
          return;
        }
    }
    this.#kind.push(EVENT_KINDS.body);
    this.#delivery.push(0);
    this.#bodies.push(this.#encodeBody(event));
  }

  /** What has been gathered; the next batch begins empty. */
  take(): EventBatch {
    const batch = {
      first: this.#first,
      kind: this.#kind,
      at: this.#at,
      delivery: this.#delivery,
      publisher: this.#publisher,
      ordinal: this.#ordinal,
      route: this.#route,
      routes: this.#newRoutes,
      bodies: this.#bodies,
    };
    this.#kind = [];
    this.#at = [];
    this.#delivery = [];
    this.#publisher = [];
    this.#ordinal = [];
    this.#route = [];
    this.#newRoutes = [];
    this.#bodies = [];
    return batch;
  }

  /** A snapshot was sent: numbering starts again. */
  reset(): void {
    this.take();
    this.#routes.clear();
    this.#routeCount = 0;
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
function isRegular(event: Extract<RunEvent, { readonly type: 'message.published' }>): boolean {
  const { message } = event;
  if (event.fromOutside || message.taskId !== undefined) return false;
  if (event.publisher === undefined && (message.source !== 'app' || message.parentId !== undefined))
    return false;
  return message.timestamp === isoTime(event.at);
}

/** A message without what it says: what the watcher's state holds, until somebody asks for the payload. */
export function withoutPayload(message: Message): Message {
  return { ...message, payload: null };
}
