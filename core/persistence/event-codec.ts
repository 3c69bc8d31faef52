import { PubSubError } from '../errors.js';
import { encodeJson } from '../json.js';
import type { Message } from '../messaging/message.js';
import type { RunEvent } from '../state/run-event.js';

/**
 * Events as text. The three kinds that make up nearly all of a journal are short arrays; any other is its own JSON.
 * Sequence numbers are not written: records follow each other without a gap, so that they can be counted.
 */
export function encodeEvent(event: RunEvent): string {
  switch (event.type) {
    case 'message.published': {
      const { at, message, publisher = 0, ordinal, fromOutside, run = '', to } = event;
      const outside = fromOutside ? 1 : 0;
      const tail = `${publisher},${ordinal},${outside},${JSON.stringify(run)},${JSON.stringify(to)}]`;
      return `["p",${at},${encodeJson(message)},${tail}`;
    }
    case 'delivery.started':
      return `["s",${event.at},${event.delivery}]`;
    case 'delivery.succeeded':
      return `["d",${event.at},${event.delivery}]`;
    default: {
      const { seq: _, ...body } = event;
      return encodeJson(body);
    }
  }
}

/** One record for events that belong together. */
export function encodeGroup(events: readonly string[]): string {
  return events.length === 1 && events[0] !== undefined ? events[0] : `["g",${events.join(',')}]`;
}

type Started = readonly ['s' | 'd', at: number, delivery: number];
type Published = readonly [
  'p',
  at: number,
  message: Message,
  publisher: number,
  ordinal: number,
  outside: number,
  run: string,
  to: readonly string[],
];
type Stored = Started | Published | { readonly type: RunEvent['type'] };

/**
 * The events of one record. `seq` is the number of the event before them.
 *
 * @throws PubSubError `SERIALIZATION_ERROR` when the record is not one of ours.
 */
export function decodeRecord(record: string, seq: number): RunEvent[] {
  let stored: Stored | ['g', ...Stored[]];
  try {
    stored = JSON.parse(record);
  } catch (cause) {
    throw new PubSubError('SERIALIZATION_ERROR', `the record of event ${seq + 1} is not JSON`, { cause });
  }
  if (Array.isArray(stored) && stored[0] === 'g') {
    const [, ...events] = stored;
    return events.map((event, index) => decodeEvent(event, seq + 1 + index));
  }
  return [decodeEvent(stored as Stored, seq + 1)];
}

function decodeEvent(stored: Stored, seq: number): RunEvent {
  if (!isArray(stored)) {
    // What the journal wrote: the body of an event, without its number.
    return { seq, ...stored } as RunEvent;
  }
  if (stored[0] !== 'p') {
    const [kind, at, delivery] = stored;
    return { seq, at, type: kind === 's' ? 'delivery.started' : 'delivery.succeeded', delivery };
  }
  const [, at, message, publisher, ordinal, outside, run, to] = stored;
  return {
    seq,
    at,
    type: 'message.published',
    message,
    ordinal,
    to,
    ...(publisher > 0 && { publisher }),
    ...(outside === 1 && { fromOutside: true as const }),
    ...(run !== '' && { run }),
  };
}

function isArray(stored: Stored): stored is Started | Published {
  return Array.isArray(stored);
}
