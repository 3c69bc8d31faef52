/** Every code a {@link PubSubError} can carry. The README lists each with its cause and its cure. */
export const ERROR_CODES = [
  'LOCK_ERROR',
  'AGENT_NOT_FOUND',
  'CHANNEL_NOT_FOUND',
  'SERIALIZATION_ERROR',
  'DATABASE_ERROR',
  'VALIDATION_ERROR',
  'EXECUTION_ERROR',
  'CANCELLED',
  'TIMEOUT_EXCEEDED',
  'NO_AGENTS_REGISTERED',
  'TOKEN_BUDGET_EXCEEDED',
  'AGENT_ALREADY_REGISTERED',
  'CHANNEL_IN_USE',
  'CHANNEL_FULL',
  'TASK_NOT_FOUND',
  'HUMAN_REQUEST_NOT_FOUND',
  'EXECUTOR_CLOSED',
] as const;

export type PubSubErrorCode = (typeof ERROR_CODES)[number];

/** Plain facts about an error: the field, what was expected, what came. What is no JSON is kept as a description. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** An error as plain JSON: how events, snapshots and the wire carry it. */
export interface ErrorRecord {
  readonly code: PubSubErrorCode;
  readonly message: string;
  readonly details?: ErrorDetails;
  /** Class of what an agent threw, as `TypeError`, where it was neither an `Error` nor a `PubSubError`. */
  readonly name?: string;
  /** Where an agent's code threw an `EXECUTION_ERROR`; not of each, when there are many, and not with a `runtime` of yours. */
  readonly stack?: string;
}

/**
 * The one error class of the library. Branch on `code`, which is stable; `message` is for people and may change.
 *
 * @example
 * try {
 *   await executor.publish('pages', { url: 7 });
 * } catch (error) {
 *   if (error instanceof PubSubError && error.code === 'VALIDATION_ERROR') console.error(error.details);
 * }
 */
export class PubSubError extends Error {
  override readonly name = 'PubSubError';
  readonly code: PubSubErrorCode;
  readonly details: ErrorDetails;

  constructor(
    code: PubSubErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: ErrorDetails | undefined } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }

  /** Rebuilds an error from what an event or a snapshot kept of it. */
  static fromRecord(record: ErrorRecord): PubSubError {
    return new PubSubError(record.code, record.message, record.details ? { details: record.details } : {});
  }

  toJSON(): ErrorRecord {
    return errorRecord(this);
  }
}

/** An error as plain JSON: whatever its details are, and whatever a subclass has made of `toJSON`. */
export function errorRecord({ code, message, details }: PubSubError): ErrorRecord {
  const members = Object.entries(details).filter(([, value]) => value !== undefined);
  if (members.length === 0) return { code, message };
  return {
    code,
    message,
    details: Object.fromEntries(members.map(([name, value]) => [name, plainDetail(value)])),
  };
}

/** Longest detail that is recorded as it is, in characters of JSON: an error is kept with every attempt. */
const LONGEST_DETAIL = 65_536;

/** An agent may put anything into the details of an error, such as the answer of a server that refers to itself. */
function plainDetail(value: unknown): unknown {
  try {
    const text = JSON.stringify(value);
    return text === undefined || text.length > LONGEST_DETAIL ? describe(value) : JSON.parse(text);
  } catch {
    return describe(value);
  }
}

/**
 * Turns whatever was thrown (an Error, a string, undefined, a Proxy that throws) into a {@link PubSubError}.
 * A PubSubError is handed back as it is; anything else becomes `fallback` with the thrown value as its cause.
 */
export function toPubSubError(thrown: unknown, fallback: PubSubErrorCode = 'EXECUTION_ERROR'): PubSubError {
  if (isSound(thrown)) return thrown;
  return new PubSubError(fallback, messageOf(thrown), { cause: thrown });
}

/** Whether it is an error of ours that can be read: an agent may throw what only looks like one. */
function isSound(thrown: unknown): thrown is PubSubError {
  try {
    if (!(thrown instanceof PubSubError) || !ERROR_CODES.includes(thrown.code)) return false;
    errorRecord(thrown);
    return typeof thrown.message === 'string';
  } catch {
    return false; // a Proxy whose getPrototypeOf trap throws, a getter that does
  }
}

/** The text of anything thrown. Never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) {
      const { message } = thrown;
      if (typeof message === 'string' && message !== '') return message;
    }
    return typeof thrown === 'string' ? thrown : `thrown: ${describeThrown(thrown)}`;
  } catch {
    return 'thrown: a value that cannot be described';
  }
}

/** Of a plain object, such as an answer of a server, the first few members: they say what happened. */
function describeThrown(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null || String(thrown) !== '[object Object]')
    return String(thrown);
  const members = Object.entries(thrown).slice(0, 4);
  if (members.length === 0) return describe(thrown);
  return `an object with ${members.map(([key, value]) => `${key.slice(0, 60)}: ${describe(value)}`).join(', ')}`;
}

/** A `VALIDATION_ERROR` that names the field, what was expected and what came. */
export function invalid(field: string, expected: string, came: unknown): PubSubError {
  const received = describe(came);
  return new PubSubError('VALIDATION_ERROR', `${field}: expected ${expected}, got ${received}`, {
    details: { field, expected, received },
  });
}

/** A short, safe description of any value, for error messages. Never throws; at most about 80 characters. */
export function describe(value: unknown): string {
  try {
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
      case 'bigint':
        return `${value}n (a BigInt)`;
      case 'function':
        return value.name ? `the function ${value.name.slice(0, 60)}` : 'a function';
      case 'symbol':
        return 'a symbol';
      case 'object':
        return describeObject(value);
      default:
        return Object.is(value, -0) ? '-0' : String(value);
    }
  } catch {
    return 'a value that cannot be described';
  }
}

function describeObject(value: object | null): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) {
    const keys = Object.keys(value);
    const shown = keys.slice(0, 4).join(', ').slice(0, 60);
    return keys.length === 0 ? 'an empty object' : `an object with ${shown}${keys.length > 4 ? ', …' : ''}`;
  }
  const name: unknown = value.constructor?.name;
  if (name === 'Promise') return 'a promise (is an await missing?)';
  return typeof name === 'string' && name !== '' ? `an instance of ${name.slice(0, 60)}` : 'an object';
}

/** What everybody is told who asks something of an executor that has been closed. */
export function closedError(): PubSubError {
  return new PubSubError('EXECUTOR_CLOSED', 'the executor has been closed');
}
