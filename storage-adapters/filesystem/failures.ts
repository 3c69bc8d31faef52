import { type ErrorDetails, messageOf, PubSubError } from '../../core/errors.js';
import { errorCode } from './file-system.js';

/** Where a log or a snapshot is not what was written. */
export interface Damage {
  readonly file: string;
  readonly offset: number;
  readonly reason: string;
}

/**
 * What may be different the next time: the disk has room, descriptors are free, the directory is back. Everything
 * else (EIO above all) means that nobody knows what is on the device.
 */
const PASSING = new Set([
  'ENOSPC',
  'EDQUOT',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'EAGAIN',
  'EACCES',
  'EPERM',
  'EBUSY',
  'EROFS',
  'ENOENT',
  'ENOTDIR',
]);

/** A failed sync. Never tried again: the system may have dropped the pages, and a second try would falsely succeed. */
export class SyncFailure extends Error {
  override readonly name = 'SyncFailure';
}

/** Whether a later attempt may succeed. */
export function isPassing(error: unknown): boolean {
  return !(error instanceof SyncFailure) && PASSING.has(errorCode(error) ?? '');
}

/** A `DATABASE_ERROR` for a failed operation, with its cause. */
export function failed(what: string, cause: unknown, details: ErrorDetails = {}): PubSubError {
  if (cause instanceof PubSubError) return cause;
  const origin = cause instanceof SyncFailure ? cause.cause : cause;
  const code = errorCode(origin);
  return new PubSubError('DATABASE_ERROR', `${what}: ${messageOf(origin)}`, {
    cause: origin,
    details: { retryable: isPassing(cause), ...(code === undefined ? {} : { systemCode: code }), ...details },
  });
}

/** A `DATABASE_ERROR` that only opening anew, a repair, or a change of the program cures. */
export function refused(message: string, details: ErrorDetails = {}): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, { details: { retryable: false, ...details } });
}

export function corrupt({ file, offset, reason }: Damage): PubSubError {
  const position = `${file}:${offset}`;
  return refused(`Damaged at ${position}: ${reason}. Nothing was deleted; repair() keeps what is whole`, {
    position,
    file,
    offset,
    reason,
  });
}

export function newerFormat(file: string, format: number, known: number): PubSubError {
  return refused(
    `${file} has format version ${format}, and this version of the library knows ${known} at most. Nothing was changed`,
    { file, format, known },
  );
}
