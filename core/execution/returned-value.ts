import type { Message } from '../messaging/message.js';

// What an agent may give back: told apart here, as values come from anybody's code.

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Whether publishing answered with a promise, and not with the message itself. Told by what a message lacks: to ask for
 * its class walks up its prototypes, 30 instructions for every message.
 */
export function isPending(published: Message | Promise<Message>): published is Promise<Message> {
  return 'then' in published;
}

/** Generators and other iterators; not arrays and strings, which are values. */
export function isIterator(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}
