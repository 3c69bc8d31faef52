import { isoTime } from '../identifiers.js';
import { encodeJson } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
import type { Delivery } from '../state/delivery.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunRecord } from '../state/run-record.js';
import { encodePayload } from './encode-payload.js';

/** Version of the records that are written. Older ones are read, newer ones refused; see `record-reader.ts`. */
export const RECORD_FORMAT = 2;

/**
 * Times are told apart by whole steps of this many to the millisecond: as finely as a number can hold a time of our days.
 * The difference of two such times is a small whole number, which is written (and read) many times faster.
 */
export const TICKS = 4096;

/** `source` of a message from the application that says nothing else. */
export const APPLICATION = 'app';

/** Names of channels that are kept as JSON. */
const MOST_QUOTED = 10_000;

/** What a message that was published says beside what its event says: only what does not follow from its publisher. */
export interface PublishExtras {
  readonly taskId?: string;
  readonly source?: string;
  /** The run, where it is another than that of the message before; `null` for none. */
  readonly run?: string | null;
}

/**
 * Writes events into the text of one record, a JSON array:
 *
 *   [2, time, event, event, …]     the version, then events and times: a number is the time from here on
 *   ["s", ticks, delivery]         delivery.started
 *   ["d", ticks, delivery]         delivery.succeeded
 *   ["p", ticks, delivery, ordinal, channel, payload, extras?]   message.published, by the invocation of a delivery
 *   ["a", ticks, ordinal, channel, payload, extras?]             message.published, by the application
 *   {"type": …, "at": …, …}        any other event, without its number
 *
 * `ticks` passed since the event before, deliveries are counted from the one named before. What follows from the rest
 * is not written: sequence numbers, ids, sources and times of messages, who they go to, the run of an invocation.
 */
export class RecordWriter {
  /** Texts of the events, joined at the end: adding each to one text was slower, by a tenth of a durable hop at most. */
  #parts: string[] = [];
  #size = 0;
  #at = 0;
  #delivery = 0;
  /** Run of the last message from the application. */
  #run: string | null = null;
  /** Names of channels as JSON: few, and each in many events. */
  readonly #quoted = new Map<string, string>();

  /** Characters so far. */
  get size(): number {
    return this.#size;
  }

  started(at: number, delivery: number): void {
    this.#add(`${this.#head('s', at)},${this.#number(delivery)}]`);
  }

  succeeded(at: number, delivery: number): void {
    this.#add(`${this.#head('d', at)},${this.#number(delivery)}]`);
  }

  published(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    const { fromOutside, taskId, ordinal } = publication;
    const follows =
      !fromOutside &&
      mailboxes === channel.subscribers &&
      publication.timestamp === isoTime(at) &&
      // What an invocation publishes follows from the message that it was given.
      (publisher ? publisher.run === run : publication.parentId === undefined);
    if (!follows) {
      const { message } = publication;
      const to = mailboxes.map(({ agent }) => agent);
      const by = publisher && { publisher: publisher.number };
      const outside = fromOutside && ({ fromOutside } as const);
      const body = { message, ordinal, to, ...by, ...outside, ...(run && { run: run.id }) };
      this.event({ seq: 0, at, type: 'message.published', ...body });
      return;
    }
    // Made before anything is changed here.
    const content = `${ordinal},${this.#quote(channel.name)},${encodePayload(publication.payload)}`;
    if (publisher) {
      const extras = taskId === undefined ? '' : `,${JSON.stringify({ taskId })}`;
      this.#add(`${this.#head('p', at)},${this.#number(publisher.number)},${content}${extras}]`);
    } else {
      this.#add(`${this.#head('a', at)},${content}${this.#extras(publication, run)}]`);
    }
  }

  /** Any event. */
  event(event: RunEvent): void {
    const { seq: _, ...body } = event;
    const text = encodeJson(body);
    if (this.#size === 0) this.#add(`[${RECORD_FORMAT},${event.at}`);
    this.#add(`,${text}`);
    this.#at = event.at;
  }

  /** Ends the record; what comes next begins another. */
  end(): string {
    this.#add(']');
    const record = this.#parts.join('');
    this.#parts = [];
    this.#size = 0;
    this.#delivery = 0;
    this.#run = null;
    return record;
  }

  #add(text: string): void {
    this.#parts.push(text);
    this.#size += text.length;
  }

  /** How a short event begins, with the time that has passed; after the time itself where that is no whole ticks. */
  #head(kind: string, at: number): string {
    const before = this.#at;
    const ticks = (at - before) * TICKS;
    this.#at = at;
    if (this.#size === 0) return `[${RECORD_FORMAT},${at},["${kind}",0`;
    if (Number.isSafeInteger(ticks) && before + ticks / TICKS === at) return `,["${kind}",${ticks}`;
    return `,${at},["${kind}",0`;
  }

  #number(delivery: number): number {
    const difference = delivery - this.#delivery;
    this.#delivery = delivery;
    return difference;
  }

  #extras({ taskId, source }: Publication, run: RunRecord | undefined): string {
    const id = run ? run.id : null;
    const isOther = id !== this.#run;
    if (!isOther && taskId === undefined && source === APPLICATION) return '';
    this.#run = id;
    const extras: PublishExtras = {
      ...(taskId !== undefined && { taskId }),
      ...(source !== APPLICATION && { source }),
      ...(isOther && { run: id }),
    };
    return `,${JSON.stringify(extras)}`;
  }

  #quote(name: string): string {
    let text = this.#quoted.get(name);
    if (text === undefined) {
      text = JSON.stringify(name);
      if (this.#quoted.size >= MOST_QUOTED) this.#quoted.clear();
      this.#quoted.set(name, text);
    }
    return text;
  }
}
