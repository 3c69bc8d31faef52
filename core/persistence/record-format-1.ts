import type { Message } from '../messaging/message.js';
import type { RunEvent } from '../state/run-event.js';

// Records as version 1 wrote them: one event each, or `["g", event, …]` for events that belong together.

type Settled = readonly [kind: 's' | 'd', at: number, delivery: number];
type Published = readonly [
  kind: 'p',
  at: number,
  message: Message,
  publisher: number,
  ordinal: number,
  outside: number,
  run: string,
  to: readonly string[],
];
type Short = Settled | Published;
type Plain = { readonly type: RunEvent['type'] };

/** A record of version 1, parsed. */
export type RecordFormat1 = Short | Plain | readonly ['g', ...(Short | Plain)[]];

/** The events of a record of version 1; `seq` is the number of the event before them. */
export function decodeFormat1(record: RecordFormat1, seq: number): RunEvent[] {
  if (!isArray(record) || record[0] !== 'g') return [decode(record as Short | Plain, seq + 1)];
  const [, ...events] = record;
  return events.map((event, index) => decode(event, seq + 1 + index));
}

function decode(stored: Short | Plain, seq: number): RunEvent {
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

function isArray<Item>(stored: Item): stored is Extract<Item, readonly unknown[]> {
  return Array.isArray(stored);
}
