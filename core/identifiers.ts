import { invalid } from './errors.js';

/** Counts up for the life of this module, so that no two identifiers made in one millisecond are the same. */
let counter = 0;

/**
 * A node id in the form `action_<milliseconds>_<n>`, never the same twice.
 *
 * @throws PubSubError `VALIDATION_ERROR` when `action` is not a non-empty string.
 * @example generateNodeId('fetch') // 'fetch_1767225600000_1'
 */
export function generateNodeId(action: string): string {
  requireName(action, 'action');
  return `${action}_${Date.now()}_${++counter}`;
}

/** Longest name of an agent, a channel, a cache key …, in UTF-16 code units. */
export const MAX_NAME_LENGTH = 512;

/** Checks a name that people choose: a string of 1 to {@link MAX_NAME_LENGTH} characters. Any characters will do. */
export function requireName(value: unknown, field: string): asserts value is string {
  requireText(value, field, MAX_NAME_LENGTH);
}

/** Longest id, in UTF-16 code units: those of invocations begin with the name of an agent. */
export const MAX_ID_LENGTH = 1024;

/** Checks an id, of ours or from outside: a string of 1 to {@link MAX_ID_LENGTH} characters. Any characters will do. */
export function requireId(value: unknown, field: string): asserts value is string {
  requireText(value, field, MAX_ID_LENGTH);
}

function requireText(value: unknown, field: string, longest: number): asserts value is string {
  if (typeof value !== 'string' || value === '') throw invalid(field, 'a non-empty string', value);
  if (value.length > longest) throw invalid(field, `a string of at most ${longest} characters`, value);
}

let lastMillisecond = Number.NaN;
let lastTimestamp = '';

/** ISO 8601 text of a time in milliseconds since 1970. Formatting costs, and one millisecond holds many messages. */
export function isoTime(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  if (whole !== lastMillisecond) {
    lastTimestamp = new Date(whole).toISOString();
    lastMillisecond = whole;
  }
  return lastTimestamp;
}
