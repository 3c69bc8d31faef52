import { expect, test } from 'vitest';
import { Lines } from '../../../devtools/server/lines.js';

test('lines are the same, however the text is cut into pieces', () => {
  const text = 'one\n\ntwo and more\nthree\n';
  for (let size = 1; size <= text.length; size++) {
    const lines = new Lines();
    const got: string[] = [];
    for (let at = 0; at < text.length; at += size) got.push(...lines.add(text.slice(at, at + size)));
    expect(got).toEqual(['one', 'two and more', 'three']);
  }
  expect(new Lines().add('not whole')).toEqual([]);
});
