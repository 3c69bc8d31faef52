import { NODE_STATUSES } from '../../core/state/tree-node.js';

/** One condition of a filter. */
export interface Term {
  readonly key: TermKey;
  readonly value: string;
  readonly negated: boolean;
}

export const TERM_KEYS = [
  'agent',
  'from',
  'channel',
  'status',
  'text',
  'id',
  'run',
  'dur',
  'seq',
  'any',
] as const;
export type TermKey = (typeof TERM_KEYS)[number];

/** What can become of a message: a publish that was heard is what became of its deliveries. */
const MESSAGE_STATUSES = NODE_STATUSES.filter((status) => status !== 'published');

export interface ParsedFilter {
  readonly terms: readonly Term[];
  /** What could not be understood, in words. */
  readonly problems: readonly string[];
}

const TOKEN = /(-?)(?:([a-z]+):)?("(?:[^"\\]|\\.)*"?|\S+)/gi;

/**
 * Reads a filter: conditions side by side, all of which must hold. `agent:reader` (who took it), `from:planner` (who
 * sent it), `channel:facts`, `status:failed`, `text:"time out"` (in the payload), `id:`, `run:`, `dur:>200ms`, `seq:<500`; a bare
 * word is looked for in names and ids; `-` before a condition turns it round; `a,b` means either; `*` any letters.
 */
export function parseFilter(text: string): ParsedFilter {
  const terms: Term[] = [];
  const problems: string[] = [];
  for (const [, minus, rawKey, rawValue = ''] of text.matchAll(TOKEN)) {
    const value = unquoted(rawValue);
    const key = (rawKey ?? 'any').toLowerCase();
    if (!isTermKey(key)) {
      problems.push(`“${rawKey}:” is none of ${TERM_KEYS.slice(0, -1).join(', ')}`);
      continue;
    }
    if ((key === 'dur' || key === 'seq') && !parseComparison(value)) {
      problems.push(`“${key}:${value}” should look like ${key === 'dur' ? 'dur:>200ms' : 'seq:>100'}`);
      continue;
    }
    const unknown = key === 'status' ? namesOf(value).find((name) => !isStatus(name)) : undefined;
    if (unknown !== undefined) {
      problems.push(`“${unknown}” is none of ${MESSAGE_STATUSES.join(', ')}`);
      continue;
    }
    if (value !== '') terms.push({ key, value, negated: minus === '-' });
  }
  return { terms, problems };
}

function isTermKey(key: string): key is TermKey {
  return TERM_KEYS.some((known) => known === key);
}

/** Whether it may stand for a status: its beginning will do, as for any name. */
function isStatus(name: string): boolean {
  return MESSAGE_STATUSES.some(parseNames(name));
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  const inner = value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1);
  return inner.replace(/\\(.)/g, '$1');
}

const UNITS: Readonly<Record<string, number>> = { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, '': 1 };

/** `>200ms`, `<=1.5s`, `=3`: a test of a number (milliseconds, where there is a unit). */
export function parseComparison(text: string): ((value: number) => boolean) | undefined {
  const found = /^(>=|<=|>|<|=)?\s*(\d+(?:\.\d+)?)(us|µs|ms|s|m|)$/.exec(text);
  if (!found) return undefined;
  const [, operator = '=', digits = '0', unit = ''] = found;
  const limit = Number(digits) * (UNITS[unit] ?? 1);
  switch (operator) {
    case '>':
      return (value) => value > limit;
    case '<':
      return (value) => value < limit;
    case '>=':
      return (value) => value >= limit;
    case '<=':
      return (value) => value <= limit;
    default:
      return (value) => value === limit;
  }
}

/** A test of a name: any of `a,b`, where `*` stands for anything; without a star, the start of the name will do. */
export function parseNames(text: string): (name: string) => boolean {
  const patterns = namesOf(text.toLowerCase()).map(
    (part) => new RegExp(`^${part.split('*').map(escaped).join('.*')}${part.includes('*') ? '$' : ''}`, 's'),
  );
  return (name) => patterns.some((pattern) => pattern.test(name.toLowerCase()));
}

function namesOf(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

function escaped(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
}
