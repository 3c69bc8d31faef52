import { describe, expect, test } from 'vitest';
import { checkPattern, MAX_PATTERN_LENGTH } from '../../../core/schema/pattern-safety.js';

const SAFE = [
  '\\S',
  '^https?://',
  '^[a-z0-9]+(?:-[a-z0-9]+)*$',
  '^[\\w.+-]+@([\\w-]+\\.)+[\\w-]{2,}$',
  '^(\\d{1,3}\\.){3}\\d{1,3}$',
  '^[0-9a-f]{64}$',
  '^.{1,5000}$',
  '^#([0-9a-f]{3}){1,2}$',
  '^(\\p{L}+\\s)*\\p{L}+$',
  '^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$',
  '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d+)?)?Z?)?$',
  '^([^/]+/)*[^/]+$',
  '^(?!.*--)[a-z-]+$',
  '^("[^"\\\\]*(\\\\.[^"\\\\]*)*")$',
  '^(?<year>\\d+)-\\k<year>$',
  '^(a{0}b)*$',
  '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)(?:-((?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\\.(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?$',
];

/** Each with a text that keeps an engine busy: every letter more doubles the time, or worse. */
const EXPONENTIAL = [
  '^(a+)+$',
  '^(a*)*$',
  '^(a|a)*$',
  '^(a|aa)*$',
  '^(a?b?)*$',
  '(x+x+)+y',
  '^([a-zA-Z]+)*$',
  '^(\\w+\\s?)*$',
  '^(.*,)*x$',
  '^(([a-z])+.)+[A-Z]([a-z])+$',
  '^([a-z]{2,3}){1,500}$',
  '^(a{1,14}){1,14}$',
  '(?=(a+)+$)x',
  '(?<!(a|aa)*b)c',
  '^(?:\\u0061|a)+$',
  '^(?:\\u{1F60E}|[\\u{1F600}-\\u{1F64F}])+$',
  '^(?:\\uD83D\\uDE0E|\\u{1F60E})+$',
  '^([\\]a]|\\])+$',
];

describe('regular expressions in schemas', () => {
  test.each(SAFE)('lets %s through', (pattern) => {
    expect(() => checkPattern(pattern, 'schema/pattern')).not.toThrow();
  });

  test.each(EXPONENTIAL)('refuses %s', (pattern) => {
    expect(() => checkPattern(pattern, 'schema/pattern')).toThrow(
      /^schema\/pattern: expected a regular expression whose loops match a text in one way only/,
    );
  });

  test('refuses what is no regular expression under the u flag, and what is too long', () => {
    expect(() => checkPattern('(', 'schema/pattern')).toThrow('schema/pattern: Invalid regular expression');
    expect(() => checkPattern('\\-', 'schema/pattern')).toThrow('Invalid escape');
    expect(() => checkPattern('a'.repeat(MAX_PATTERN_LENGTH), 'schema/pattern')).not.toThrow();
    expect(() => checkPattern('a'.repeat(MAX_PATTERN_LENGTH + 1), 'schema/pattern')).toThrow(
      'expected a regular expression of at most 1000 characters',
    );
  });

  test('ends by itself for the largest patterns', () => {
    const nested = `${'('.repeat(300)}a${')+'.repeat(300)}`;
    expect(() => checkPattern(nested, 'p')).toThrow('one way only');
    const wide = `^(${Array.from({ length: 50 }, (_, index) => `a${index}`).join('|')})*$`;
    expect(() => checkPattern(wide, 'p')).not.toThrow();
    const manyLoops = `^(${'[ab]?'.repeat(190)})*$`;
    expect(() => checkPattern(manyLoops, 'p')).toThrow('one way only');
  });
});
