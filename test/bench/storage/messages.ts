import { isoTime } from '../../../core/identifiers.js';
import type { StorageNamespace } from '../../../core/index.js';
import { Channel } from '../../../core/messaging/channel.js';
import { Publication } from '../../../core/messaging/publication.js';
import { Journal, type JournalSurroundings } from '../../../core/persistence/journal.js';
import { systemRuntime } from '../../../core/runtime.js';
import { DeliveryList } from '../../../core/state/delivery-list.js';

/** What is written: messages of about 300 bytes. */
export function payloadOf(number: number): { number: number; url: string; text: string } {
  return {
    number,
    url: `https://example.org/pages/${number}`,
    text: 'lorem ipsum dolor sit amet '.repeat(5),
  };
}

/** Writes down that a message was published. */
export function publishedTo(writer: Pick<Journal, 'messagePublished'>, number: number): void {
  const at = 1_767_225_600_000 + number / 64;
  const id = `mws4c0d3jl9bi2nk-0.${number}`;
  const message = { id, timestamp: isoTime(at), source: 'app', channel: 'in', payload: payloadOf(number) };
  const publication = Publication.of(message, number, false);
  writer.messagePublished(at, CHANNEL, publication, undefined, undefined, CHANNEL.subscribers);
}

const CHANNEL: Channel = new Channel('in', 0, 1, 'drop-oldest', 0, new DeliveryList());

/** Keeps `width` of `count` operations in flight, each begun when an earlier one calls back. Answers milliseconds. */
export function inFlight(
  count: number,
  width: number,
  begin: (number: number, done: () => void) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    let [begun, finished] = [0, 0];
    const next = (): void => {
      finished++;
      if (finished === count) resolve(performance.now() - started);
      else if (begun < count) begin(begun++, next);
    };
    while (begun < Math.min(width, count)) begin(begun++, next);
  });
}

/** A journal and nothing around it. */
export function bareJournal(namespace: StorageNamespace, sync: boolean): Journal {
  const surroundings: JournalSurroundings = {
    runtime: systemRuntime(),
    sync,
    snapshot: () => [],
    hold() {},
    release() {},
    warn: console.warn,
    reopen: () => Promise.reject(new Error('not here')),
  };
  return new Journal(namespace, 0, 0, surroundings);
}
