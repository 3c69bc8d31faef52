import type { PubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { FloatingRefusal } from './floating-refusal.js';
import type { Transaction } from './transaction.js';

/** What few attempts at a message need; made when one does, so that the others stay small. */
export class RareParts {
  stopTimer: (() => void) | undefined;
  questions = 0;
  transaction: Transaction | undefined = undefined;
  pendingPublishes = 0;
  whenPublished: (() => void) | undefined;
  refusals: { readonly promise: FloatingRefusal<Message>; readonly error: PubSubError }[] | undefined = undefined;
  controller: AbortController | undefined = undefined;
}
