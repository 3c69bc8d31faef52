import { PubSubError } from '../../core/errors.js';
import { reasonOf } from '../panel/format.js';

/** Why an answer was refused. */
export interface Refusal {
  readonly text: string;
  /** What is wrong where, by JSON pointers into the answer. */
  readonly at: ReadonlyMap<string, string>;
}

export const NO_REFUSALS: ReadonlyMap<string, string> = new Map();

/** In the words of the schema's validator, which calls the answer by the id of its question: nobody has seen that. */
export function refusalOf(thrown: unknown): Refusal {
  const issues = thrown instanceof PubSubError ? thrown.details?.issues : undefined;
  const at = new Map<string, string>();
  for (const issue of Array.isArray(issues) ? issues : []) {
    const path: unknown = Reflect.get(Object(issue), 'path');
    const message: unknown = Reflect.get(Object(issue), 'message');
    if (typeof path === 'string' && typeof message === 'string' && !at.has(path)) at.set(path, message);
  }
  if (at.size === 0) return { text: reasonOf(thrown), at };
  const lines = [...at].map(([path, message]) => `${path === '' ? 'the answer' : path.slice(1)} ${message}`);
  return { text: `Not sent: ${lines.join('; ')}.`, at };
}

/** What is wrong with a field, or with something inside of it that has no field of its own. */
export function refusedAt(
  at: ReadonlyMap<string, string>,
  path: string,
  hasMembers: boolean,
): string | undefined {
  const own = at.get(path);
  if (own !== undefined || hasMembers) return own;
  for (const [place, message] of at) {
    if (place.startsWith(`${path}/`)) return `${place.slice(path.length + 1)} ${message}`;
  }
  return undefined;
}

/** A member's name as a step of a JSON pointer. */
export function pointerStep(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
