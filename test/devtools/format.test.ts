import { expect, test } from 'vitest';
import { nameList } from '../../devtools/panel/format.js';

test('of a long list of names only the first are said', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `reader ${index}`);
  expect(nameList(names, 2)).toBe('reader 0, reader 1 … and 4,998 more');
  expect(nameList(names.slice(0, 3), 2)).toBe('reader 0, reader 1, reader 2');
  expect(nameList([], 2)).toBe('');
});
