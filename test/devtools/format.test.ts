import { expect, test } from 'vitest';
import { nameList, rate } from '../../devtools/panel/format.js';
import { preview } from '../../devtools/views/json-view.js';

test('of a long list of names only the first are said', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `reader ${index}`);
  expect(nameList(names, 2)).toBe('reader 0, reader 1 … and 4,998 more');
  expect(nameList(names.slice(0, 3), 2)).toBe('reader 0, reader 1, reader 2');
  expect(nameList([], 2)).toBe('');
});

test('a rate is rounded to what fits', () => {
  expect([0, 0.26, 9.94, 9.96, 999, 9960, 10_400].map(rate)).toEqual([
    '0',
    '0.3',
    '9.9',
    '10',
    '999',
    '10k',
    '10k',
  ]);
});

test('a preview ends between two characters', () => {
  expect(preview('🚀🚀🚀', 3)).toBe('🚀…');
});
