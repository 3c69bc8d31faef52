import { requireTimeout } from '../config.js';
import { invalid } from '../errors.js';
import { requireName } from '../identifiers.js';
import type { PubSubAgent } from './agent.js';

/** Names that would be read as something else by code that keeps agents or channels in plain objects. */
const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Checks an agent's shape, whoever made it. @throws PubSubError `VALIDATION_ERROR` naming the field. */
export function checkAgent(agent: PubSubAgent): void {
  if (typeof agent !== 'object' || agent === null) throw invalid('agent', 'an agent', agent);
  if ('then' in agent && typeof agent.then === 'function') throw invalid('agent', 'an agent', agent);
  if (Array.isArray(agent)) throw invalid('agent', 'one agent (registerAgents takes a list)', agent);
  if ('process' in agent && !('processMessage' in agent)) {
    throw invalid('agent', 'what defineAgent makes, or a PubSubAgent', agent);
  }
  requireUnreserved(agent.name, 'agent.name');
  if (typeof agent.description !== 'string')
    throw invalid('agent.description', 'a string', agent.description);
  checkChannels(agent.subscriptions, 'agent.subscriptions');
  checkChannels(agent.publications, 'agent.publications');
  if (typeof agent.processMessage !== 'function') {
    throw invalid('agent.processMessage', 'a function', agent.processMessage);
  }
  const { concurrency, transactional, timeoutSeconds } = agent;
  if (concurrency !== undefined && concurrency !== Number.POSITIVE_INFINITY) {
    if (!Number.isSafeInteger(concurrency) || concurrency < 1) {
      throw invalid('agent.concurrency', 'a whole number of 1 or more, or Infinity', concurrency);
    }
  }
  if (transactional !== undefined && typeof transactional !== 'boolean') {
    throw invalid('agent.transactional', 'a boolean', transactional);
  }
  if (timeoutSeconds !== undefined) requireTimeout(timeoutSeconds, 'agent.timeoutSeconds');
  for (const hook of ['validateInput', 'validateOutput'] as const) {
    if (agent[hook] !== undefined && typeof agent[hook] !== 'function') {
      throw invalid(`agent.${hook}`, 'a function', agent[hook]);
    }
  }
}

/** A name for something that lasts: an agent or a channel. */
export function requireUnreserved(value: unknown, field: string): asserts value is string {
  requireName(value, field);
  if (RESERVED.has(value)) throw invalid(field, 'a name that is not reserved', value);
}

function checkChannels(channels: unknown, field: string): void {
  if (!Array.isArray(channels)) throw invalid(field, 'a list of channel names', channels);
  const seen = new Set<string>();
  channels.forEach((channel: unknown, index) => {
    requireUnreserved(channel, `${field}[${index}]`);
    if (seen.has(channel)) throw invalid(`${field}[${index}]`, 'each channel once', channel);
    seen.add(channel);
  });
}
