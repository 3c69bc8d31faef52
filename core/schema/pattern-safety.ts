import { invalid, messageOf, PubSubError } from '../errors.js';
import { isAmbiguous } from './pattern-ambiguity.js';
import { buildAutomaton } from './pattern-automaton.js';
import { parsePattern } from './pattern-syntax.js';

/** Longest regular expression in a schema, in characters. */
export const MAX_PATTERN_LENGTH = 1_000;

/**
 * Refuses a regular expression that is not one, or that a hostile string can keep busy: where the engine can split the
 * same text in several ways at each turn of a loop, as in `^(a+)+$` or `^(a|aa)*$`, it tries exponentially many.
 * What takes polynomial time (`\s+$`, `a*a*b`) is let through: there the length of the string is the bound, so give
 * such a string a `maxLength`, which ajv looks at first.
 *
 * Patterns are read with the `u` flag, as JSON Schema asks. The check is exact for plain regular expressions, but
 * leaves out what back references and lookarounds forbid, so it may refuse one of those that is harmless.
 *
 * @throws PubSubError `VALIDATION_ERROR`
 */
export function checkPattern(pattern: string, field: string): void {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw invalid(field, `a regular expression of at most ${MAX_PATTERN_LENGTH} characters`, pattern);
  }
  try {
    new RegExp(pattern, 'u');
  } catch (cause) {
    const details = { field, expected: 'a regular expression', received: pattern };
    throw new PubSubError('VALIDATION_ERROR', `${field}: ${messageOf(cause)}`, { cause, details });
  }
  if (!/[*+{]/.test(pattern)) return;
  const { root, lookarounds } = parsePattern(pattern);
  if ([root, ...lookarounds].some((part) => isAmbiguous(buildAutomaton(part), pattern))) {
    throw invalid(
      field,
      'a regular expression whose loops match a text in one way only (it could hang)',
      pattern,
    );
  }
}
