import type { PubSubAgent } from '../agents/agent.js';
import { describe, PubSubError } from '../errors.js';
import type { Publication } from '../messaging/publication.js';

// What an agent may give back: told apart here, as values come from anybody's code.

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/**
 * Whether publishing answered with a promise, and not with what was published. Told by what a publication lacks: to ask for
 * its class walks up its prototypes, 30 instructions for every message.
 */
export function isPending(published: Publication | Promise<Publication>): published is Promise<Publication> {
  return 'then' in published;
}

/** Generators and other iterators; not arrays and strings, which are values. */
export function isIterator(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}

/** Why a value that came back cannot be published: it could go to any of several publications, or to none. */
export function unpublishable({ name, publications }: PubSubAgent, value: unknown): PubSubError {
  const has = publications.length === 0 ? 'none' : `${publications.length} (${publications.join(', ')})`;
  return new PubSubError(
    'EXECUTION_ERROR',
    `agent "${name}" returned ${describe(value)}, but a returned value needs exactly one publication, and it has ${has}; call publish(channel, payload) instead`,
    { details: { agent: name, publications } },
  );
}
