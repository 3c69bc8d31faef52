import { expect, test } from 'vitest';
import { parseComparison, parseFilter, parseNames } from '../../../devtools/store/filter-language.js';

test('the example of the documentation is understood', () => {
  const { terms, problems } = parseFilter(
    'agent:reader status:failed channel:facts text:"time out" -channel:log dur:>200ms',
  );
  expect(problems).toEqual([]);
  expect(terms).toEqual([
    { key: 'agent', value: 'reader', negated: false },
    { key: 'status', value: 'failed', negated: false },
    { key: 'channel', value: 'facts', negated: false },
    { key: 'text', value: 'time out', negated: false },
    { key: 'channel', value: 'log', negated: true },
    { key: 'dur', value: '>200ms', negated: false },
  ]);
});

test('bare words, open quotes and escaped quotes', () => {
  expect(parseFilter('hello -"two words" text:"say \\"hi\\" no').terms).toEqual([
    { key: 'any', value: 'hello', negated: false },
    { key: 'any', value: 'two words', negated: true },
    { key: 'text', value: 'say "hi" no', negated: false },
  ]);
  expect(parseFilter('   ').terms).toEqual([]);
});

test('what cannot be understood is said, and the rest still holds', () => {
  const { terms, problems } = parseFilter('agnet:x dur:fast agent:y');
  expect(terms).toEqual([{ key: 'agent', value: 'y', negated: false }]);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toContain('agnet');
});

test('a status that there is not is said, with those that there are; beginnings, lists and stars are understood', () => {
  for (const known of ['failed', 'fail', 'FAILED', 'fail,drop', '*ed'])
    expect(parseFilter(`-status:${known}`).problems, known).toEqual([]);
  for (const unknown of ['faild', 'failed,faild', 'published', '(']) {
    const { terms, problems } = parseFilter(`status:${unknown} agent:y`);
    expect(terms, unknown).toEqual([{ key: 'agent', value: 'y', negated: false }]);
    expect(problems[0], unknown).toMatch(/is none of .*\bfailed\b.*\bcancelled\b/);
  }
});

test('durations and numbers are compared in their units', () => {
  expect(parseComparison('>200ms')?.(201)).toBe(true);
  expect(parseComparison('>200ms')?.(200)).toBe(false);
  expect(parseComparison('<=1.5s')?.(1500)).toBe(true);
  expect(parseComparison('<50us')?.(0.04)).toBe(true);
  expect(parseComparison('3')?.(3)).toBe(true);
  expect(parseComparison('>x')).toBeUndefined();
});

test('names: beginnings, lists, stars; other signs stand for themselves', () => {
  expect(parseNames('read')('Reader')).toBe(true);
  expect(parseNames('ead')('reader')).toBe(false);
  expect(parseNames('*er')('reader')).toBe(true);
  expect(parseNames('*er')('readers')).toBe(false);
  expect(parseNames('a,b')('beta')).toBe(true);
  expect(parseNames('a.c')('abc')).toBe(false);
  expect(parseNames('(')('(x)')).toBe(true);
});
