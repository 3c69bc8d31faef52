import type { SchemaLog } from '../../../core/schema/schema-validator.js';

/** Puts all that is told into one list. */
export function logTo(notes: string[]): SchemaLog {
  const push = (note: string): number => notes.push(note);
  return { info: push, warn: push };
}
