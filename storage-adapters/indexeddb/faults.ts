import { type ErrorDetails, messageOf, PubSubError } from '../../core/errors.js';

/**
 * A failure of the browser's database as a `DATABASE_ERROR`. A transaction is all or nothing, so unless told
 * otherwise the same call may succeed later: `details.retryable` is true.
 */
export function databaseError(action: string, cause: unknown, details: ErrorDetails = {}): PubSubError {
  if (cause instanceof PubSubError) return cause;
  const reason = nameOf(cause);
  const full = reason === 'QuotaExceededError';
  const why = full
    ? 'the storage quota of this site is used up; remove what is not needed, or free disk space'
    : messageOf(cause);
  return new PubSubError('DATABASE_ERROR', `${action}: ${why}`, {
    cause,
    details: { retryable: true, reason, ...details },
  });
}

/** The store is not what it was or not there at all: this namespace must be opened anew. */
export function storeLost(message: string, cause?: unknown): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, { cause, details: { retryable: false, lost: true } });
}

/** Stored values that do not check out, or are missing, with the place where. */
export function damaged(position: string, what: string): PubSubError {
  return new PubSubError('DATABASE_ERROR', `${position}: ${what}`, {
    details: { retryable: false, position },
  });
}

/** A call that makes no sense for what is stored, and never will. */
export function refused(message: string): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, { details: { retryable: false } });
}

export function lockError(message: string, owner: string | undefined, cause?: unknown): PubSubError {
  return new PubSubError('LOCK_ERROR', message, { cause, details: { owner: owner ?? 'another tab' } });
}

/** The name of a DOMException (`QuotaExceededError`, `AbortError`, …), or of whatever was thrown. */
export function nameOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && typeof thrown.name === 'string'
    ? thrown.name
    : typeof thrown;
}
