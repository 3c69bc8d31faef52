import { PubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import type { JsonValue } from '../json.js';
import type { Delivery } from '../state/delivery.js';
import { applyEvent } from '../state/fold.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunState } from '../state/run-state.js';
import { messageIdOf, nodeIdOf } from '../state/session-ids.js';
import { decodeFormat1, type RecordFormat1 } from './record-format-1.js';
import { APPLICATION, type PublishExtras, RECORD_FORMAT, TICKS } from './record-writer.js';

type Settled = readonly [kind: 's' | 'd', ticks: number, delivery: number];
type ByInvocation = readonly [
  kind: 'p',
  ticks: number,
  delivery: number,
  ordinal: number,
  channel: string,
  payload: JsonValue,
  extras?: PublishExtras,
];
type ByApplication = readonly [
  kind: 'a',
  ticks: number,
  ordinal: number,
  channel: string,
  payload: JsonValue,
  extras?: PublishExtras,
];
type Plain = { readonly type: RunEvent['type']; readonly at: number };
type Item = number | Settled | ByInvocation | ByApplication | Plain;

/**
 * Folds one record into the state; records of all versions so far.
 *
 * @param told hears of each event when it has been applied.
 * @throws PubSubError `SERIALIZATION_ERROR` when the record is not JSON, `DATABASE_ERROR` when a newer version wrote it,
 * `EXECUTION_ERROR` when it does not belong behind those before it.
 */
export function foldRecord(state: RunState, record: string, told?: (event: RunEvent) => void): void {
  for (const event of decodeRecord(record, state)) {
    applyEvent(state, event);
    told?.(event);
  }
}

/**
 * The events of one record. Much of an event is not written, as it follows from the state before it: each has to be
 * applied before the next is asked for.
 */
function decodeRecord(record: string, state: RunState): Iterable<RunEvent> {
  let stored: readonly [version: number, ...Item[]] | RecordFormat1;
  try {
    stored = JSON.parse(record);
  } catch (cause) {
    throw new PubSubError('SERIALIZATION_ERROR', `the record of event ${state.seq + 1} is not JSON`, {
      cause,
    });
  }
  if (!isCurrent(stored)) return decodeFormat1(stored, state.seq);
  const [format] = stored;
  if (format === RECORD_FORMAT) return decodeItems(stored, state);
  throw new PubSubError(
    'DATABASE_ERROR',
    `the record of event ${state.seq + 1} has format ${format}; this version reads up to ${RECORD_FORMAT}`,
    { details: { format, supported: RECORD_FORMAT } },
  );
}

/** Version 1 did not begin with a number. */
function isCurrent(
  stored: readonly [version: number, ...Item[]] | RecordFormat1,
): stored is readonly [version: number, ...Item[]] {
  return Array.isArray(stored) && typeof stored[0] === 'number';
}

function* decodeItems(
  [, ...items]: readonly [version: number, ...Item[]],
  state: RunState,
): Generator<RunEvent> {
  let at = 0;
  let delivery = 0;
  let run: string | null = null;
  for (const item of items) {
    if (typeof item === 'number') {
      at = item;
      continue;
    }
    const seq = state.seq + 1;
    if (!isShort(item)) {
      ({ at } = item);
      // What the journal wrote: the body of an event, without its number.
      yield { seq, ...item } as RunEvent;
      continue;
    }
    at += item[1] / TICKS;
    switch (item[0]) {
      case 's':
      case 'd':
        delivery += item[2];
        yield { seq, at, type: item[0] === 's' ? 'delivery.started' : 'delivery.succeeded', delivery };
        break;
      case 'p':
        delivery += item[2];
        yield publishedBy(state, seq, at, delivery, item);
        break;
      case 'a':
        run = item[5]?.run === undefined ? run : item[5].run;
        yield publishedByApplication(state, seq, at, run, item);
        break;
    }
  }
}

function isShort(item: Settled | ByInvocation | ByApplication | Plain): item is Exclude<typeof item, Plain> {
  return Array.isArray(item);
}

function publishedBy(
  state: RunState,
  seq: number,
  at: number,
  number: number,
  [, , , ordinal, channel, payload, extras]: ByInvocation,
): RunEvent {
  const { session, mailbox, message, run } = publisherOf(state, number);
  const id = messageIdOf(session, number, ordinal);
  const timestamp = isoTime(at);
  const source = nodeIdOf(mailbox.agent, session, number);
  const task = extras?.taskId === undefined ? undefined : { taskId: extras.taskId };
  const published = { id, timestamp, source, channel, ...task, payload, parentId: message.id };
  const to = subscribersOf(state, channel);
  const body = { message: published, ordinal, to, publisher: number, ...(run && { run: run.id }) };
  return { seq, at, type: 'message.published', ...body };
}

function publishedByApplication(
  state: RunState,
  seq: number,
  at: number,
  run: string | null,
  [, , ordinal, channel, payload, extras]: ByApplication,
): RunEvent {
  const id = messageIdOf(state.session, 0, ordinal);
  const timestamp = isoTime(at);
  const source = extras?.source ?? APPLICATION;
  const task = extras?.taskId === undefined ? undefined : { taskId: extras.taskId };
  const message = { id, timestamp, source, channel, payload, ...task };
  const to = subscribersOf(state, channel);
  return { seq, at, type: 'message.published', message, ordinal, to, ...(run !== null && { run }) };
}

function publisherOf(state: RunState, number: number): Delivery {
  const delivery = state.unfinished.find(number);
  if (!delivery) throw missing(`delivery ${number}`);
  return delivery;
}

function subscribersOf(state: RunState, name: string): string[] {
  const channel = state.channels.get(name);
  if (!channel) throw missing(`channel ${name}`);
  return channel.subscribers.map(({ agent }) => agent);
}

function missing(what: string): PubSubError {
  return new PubSubError('EXECUTION_ERROR', `an event names ${what}, which does not exist`);
}
