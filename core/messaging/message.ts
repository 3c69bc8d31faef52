import { invalid } from '../errors.js';
import { generateNodeId, isoTime, requireId } from '../identifiers.js';
import { copyJson, type JsonValue } from '../json.js';

/** A unit of data on a channel. Plain JSON. */
export interface Message<Payload = JsonValue> {
  /** Unique on its channel: publishing the same id there twice is publishing once. */
  readonly id: string;
  /** When it was created, ISO 8601. */
  readonly timestamp: string;
  /** Node id of the invocation that published it, or who the application says it is; `app` by default. */
  readonly source: string;
  /** Set when it is published. */
  readonly channel?: string;
  /** The task it belongs to. */
  readonly taskId?: string;
  readonly payload: Payload;
  /** Id of the message whose processing published this one. */
  readonly parentId?: string;
}

/**
 * A message for `executor.publish`, when a bare payload is not enough: it can be published again without doubling.
 *
 * @throws PubSubError `VALIDATION_ERROR` for an empty source, `SERIALIZATION_ERROR` for a payload that is not JSON.
 * @example await executor.publish('pages', createMessage('importer', { url }));
 */
export function createMessage<const Payload>(source: string, payload: Payload): Message<Payload> {
  requireId(source, 'source');
  copyJson(payload, 'payload');
  return { id: uniqueId(), timestamp: isoTime(Date.now()), source, payload };
}

/** Like {@link createMessage}, linked to a task. */
export function createTaskMessage<const Payload>(
  source: string,
  taskId: string,
  payload: Payload,
): Message<Payload> {
  requireId(source, 'source');
  requireId(taskId, 'taskId');
  copyJson(payload, 'payload');
  return { id: uniqueId(), timestamp: isoTime(Date.now()), source, taskId, payload };
}

function uniqueId(): string {
  const salt = Math.floor(Math.random() * 36 ** 6).toString(36);
  return `${generateNodeId('message')}_${salt}`;
}

const FIELDS: ReadonlySet<string> = new Set([
  'id',
  'timestamp',
  'source',
  'channel',
  'taskId',
  'payload',
  'parentId',
]);

/** Whether a value given to `publish` is a whole message rather than a payload. */
export function isMessage(value: unknown): value is Message<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'payload' in value &&
    'id' in value &&
    'timestamp' in value &&
    'source' in value &&
    Object.keys(value).every((key) => FIELDS.has(key))
  );
}

/** Whether it was published on another channel before. Passed on it is a new message, with an id of its own. */
export function isPassedOn({ channel }: Message<unknown>, to: string): boolean {
  return channel !== undefined && channel !== to;
}

/** Checks the parts of a message that came from outside. @throws PubSubError `VALIDATION_ERROR` naming the part. */
export function requireMessage(message: Message<unknown>): void {
  requireId(message.id, 'message.id');
  requireId(message.source, 'message.source');
  if (message.taskId !== undefined) requireId(message.taskId, 'message.taskId');
  if (message.parentId !== undefined) requireId(message.parentId, 'message.parentId');
  const { timestamp } = message;
  if (typeof timestamp !== 'string' || !TIMESTAMP.test(timestamp) || Number.isNaN(Date.parse(timestamp))) {
    throw invalid('message.timestamp', 'an ISO 8601 time', timestamp);
  }
}

/** As much of ISO 8601 as `Date` reads. */
const TIMESTAMP = /^(\d{4}|[+-]\d{6})(-\d\d(-\d\d)?)?(T[\d:.]{5,20}(Z|[+-]\d\d:?\d\d)?)?$/;
