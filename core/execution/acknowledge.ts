import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { Persistence } from '../persistence/persistence.js';
import type { Scheduler } from './scheduler.js';

/** What a message has to wait for before whoever published it hears of it. */
export interface AcknowledgeParts {
  readonly persistence: Persistence;
  readonly scheduler: Scheduler;
}

// In several functions, so that a place for what a closure refers to is made for those alone who wait: 100,000 may. For the
// same reason the message is made when they have waited. It is not the one that stays with what is under way.

/** The message, once it is durable, and when this turn of the event loop has time left for whoever waits. */
export function acknowledge(
  { persistence, scheduler }: AcknowledgeParts,
  publication: Publication,
): Promise<Message> {
  const durable = persistence.durable();
  const turn = scheduler.breathe();
  if (turn !== undefined)
    return messageAfter(durable === undefined ? turn : both(turn, durable), publication);
  return durable === undefined
    ? Promise.resolve(publication.makeMessage())
    : messageAfter(durable, publication);
}

/** The same for what had to wait for room. */
export function acknowledgeLater(parts: AcknowledgeParts, published: Promise<Publication>): Promise<Message> {
  return published.then((publication) => acknowledge(parts, publication));
}

function messageAfter(promise: Promise<void>, publication: Publication): Promise<Message> {
  return promise.then(() => publication.makeMessage());
}

function both(turn: Promise<void>, durable: Promise<void>): Promise<void> {
  return turn.then(() => durable);
}
