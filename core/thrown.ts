import { type ErrorRecord, errorRecord, PubSubError, toPubSubError } from './errors.js';

/** Longest name and stack that are recorded, in characters: an error is kept with every attempt. */
const LONGEST_NAME = 100;
const LONGEST_STACK = 2000;

/** Names that say no more than the code does. */
const PLAIN_NAMES: readonly unknown[] = ['', 'Error', 'PubSubError'];

/**
 * What somebody's code threw, as plain JSON: with the name of its class, where that says anything, and where it was
 * thrown, if that is wanted.
 */
export function thrownRecord(thrown: unknown, withStack: boolean): ErrorRecord {
  const record = errorRecord(toPubSubError(thrown));
  const name = classNameOf(thrown);
  // All other codes come from the library: their stacks tell of its code, and of no place to mend anything.
  const stack = withStack && record.code === 'EXECUTION_ERROR' ? framesOf(thrown, record.message) : undefined;
  return { ...record, ...(name !== undefined && { name }), ...(stack !== undefined && { stack }) };
}

/**
 * The error that a record tells of, with what was thrown as its cause. An error of ours that was thrown is none: it comes
 * back with its own cause and stack, as plain as its record.
 */
export function errorFrom(record: ErrorRecord, thrown: unknown): PubSubError {
  const { code, message, details } = record;
  const isOurs = toPubSubError(thrown) === thrown;
  const cause = isOurs ? read(thrown, 'cause') : thrown;
  const error = new PubSubError(code, message, { cause, ...(details && { details }) });
  const stack = isOurs ? read(thrown, 'stack') : undefined;
  if (typeof stack === 'string') error.stack = stack;
  return error;
}

/** Whether it is an error, and can be looked at. */
export function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false; // a Proxy whose getPrototypeOf trap throws
  }
}

function classNameOf(thrown: unknown): string | undefined {
  if (!isError(thrown)) return undefined;
  const names = [read(thrown, 'name'), read(read(thrown, 'constructor'), 'name')];
  const name = names.find((each) => typeof each === 'string' && !PLAIN_NAMES.includes(each));
  return typeof name === 'string' ? name.slice(0, LONGEST_NAME) : undefined;
}

/** The lines that say where it was thrown. Without the message, which some engines put before them: that is kept already. */
function framesOf(thrown: unknown, message: string): string | undefined {
  const stack = read(thrown, 'stack');
  if (typeof stack !== 'string') return undefined;
  const head = stack.indexOf(`: ${message}\n`);
  const start = head < 0 ? 0 : head + message.length + 2;
  const first = stack.indexOf('\n    at ', start);
  const frames = stack.slice(first < 0 ? start : first + 1).trimEnd();
  if (frames.length <= LONGEST_STACK) return frames === '' ? undefined : frames;
  // The last line whole, where there are several.
  const end = frames.lastIndexOf('\n', LONGEST_STACK);
  return frames.slice(0, end > 0 ? end : LONGEST_STACK);
}

/** A member of anything; undefined where that cannot be read. */
function read(holder: unknown, member: string): unknown {
  try {
    return Reflect.get(Object(holder), member);
  } catch {
    return undefined;
  }
}
