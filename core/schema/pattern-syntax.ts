/** A regular expression as a tree of what it consumes. Assertions, lookarounds and back references consume nothing. */
export type PatternNode =
  | { readonly kind: 'empty' }
  /** One character out of a set, given by its source: `a`, `\d`, `[a-z]`, `.`. */
  | { readonly kind: 'set'; readonly source: string }
  | { readonly kind: 'sequence'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly parts: readonly PatternNode[] }
  | { readonly kind: 'repeat'; readonly body: PatternNode; readonly min: number; readonly max: number };

export interface ParsedPattern {
  readonly root: PatternNode;
  /** The bodies of lookarounds: patterns of their own. */
  readonly lookarounds: readonly PatternNode[];
}

/** Surrogate pairs written as two escapes are one character under the `u` flag. */
const CHARACTER_ESCAPE =
  /^\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|c[a-zA-Z]|[pP]\{[^}]*\}|[\s\S])/u;
const CHARACTER_CLASS = /^\[(?:\\[\s\S]|[^\]\\])*\]/u;
const ANY_CHARACTER = /^[\s\S]/u;
const EMPTY: PatternNode = { kind: 'empty' };

/**
 * Reads a pattern that `new RegExp(pattern, 'u')` has already accepted, so nothing here needs to find mistakes.
 * Sets stay source text: whether two overlap is asked of the engine itself, which knows what `\p{L}` is.
 */
export function parsePattern(pattern: string): ParsedPattern {
  const lookarounds: PatternNode[] = [];
  let at = 0;

  const choice = (): PatternNode => {
    const parts = [sequence()];
    while (pattern[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'choice', parts };
  };

  const sequence = (): PatternNode => {
    const parts: PatternNode[] = [];
    while (at < pattern.length && pattern[at] !== '|' && pattern[at] !== ')') parts.push(quantified());
    return parts.length === 1 && parts[0] ? parts[0] : { kind: 'sequence', parts };
  };

  const quantified = (): PatternNode => {
    const body = atom();
    const quantifier = take(/^(?:[*+?]|\{\d+(?:,\d*)?\})\??/);
    if (quantifier === '') return body;
    const [min, max] = bounds(quantifier);
    return { kind: 'repeat', body, min, max };
  };

  const atom = (): PatternNode => {
    if (take(/^(?:[$^]|\\[bB])/) !== '') return EMPTY;
    const group = take(/^\((?:\?(?:[:=!]|<[=!]|<[^>]*>|[a-z-]*:))?/);
    if (group !== '') {
      const body = choice();
      at++; // the closing bracket
      if (!/^\(\?<?[=!]/.test(group)) return body;
      lookarounds.push(body);
      return EMPTY;
    }
    if (take(/^\\(?:[1-9]\d*|k<[^>]*>)/) !== '') return EMPTY;
    const source = take(CHARACTER_ESCAPE) || take(CHARACTER_CLASS) || take(ANY_CHARACTER);
    return { kind: 'set', source };
  };

  const take = (expected: RegExp): string => {
    const found = expected.exec(pattern.slice(at))?.[0] ?? '';
    at += found.length;
    return found;
  };

  return { root: choice(), lookarounds };
}

function bounds(quantifier: string): readonly [min: number, max: number] {
  switch (quantifier[0]) {
    case '*':
      return [0, Number.POSITIVE_INFINITY];
    case '+':
      return [1, Number.POSITIVE_INFINITY];
    case '?':
      return [0, 1];
  }
  const [, min = '0', comma, max] = /^\{(\d+)(,)?(\d*)/.exec(quantifier) ?? [];
  if (comma === undefined) return [Number(min), Number(min)];
  return [Number(min), max ? Number(max) : Number.POSITIVE_INFINITY];
}
