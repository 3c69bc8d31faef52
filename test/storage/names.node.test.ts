import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { directoryName, namespaceOf } from '../../storage-adapters/filesystem/names.js';

/** What is left of a name where a file system folds cases, normalises Unicode and drops dots and blanks at the end. */
const folded = (name: string): string =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[. ]+$/, '');
const devices = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  minLength: 1,
});

describe('directoryName', () => {
  test('makes a plain name for any text, safe on every system', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        const directory = directoryName(name);
        expect(directory).toMatch(/^[nh]\.[a-z0-9_=.-]+$/);
        expect(directory.length).toBeLessThanOrEqual(130);
        expect(directory).not.toMatch(devices);
        expect(folded(directory)).toBe(directory);
        const found = namespaceOf(directory);
        if (found !== 'hashed') expect(found).toEqual({ name });
      }),
      { numRuns: 2_000 },
    );
  });

  test('gives two names two directories, also where cases are folded', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        fc.pre(one !== other);
        expect(folded(directoryName(one))).not.toBe(folded(directoryName(other)));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['a', 'A'],
    ['é', 'e\u0301'],
    ['x'.repeat(300), `${'x'.repeat(300)}y`],
    ['X'.repeat(300), 'x'.repeat(300)],
    ['\ud800'.repeat(200), '\ud801'.repeat(200)],
    ['=41', 'A'],
    ['a.', 'a'],
  ])('keeps %j and %j apart', (one, other) => {
    expect(folded(directoryName(one))).not.toBe(folded(directoryName(other)));
  });

  test('keeps what people can read', () => {
    expect(directoryName('my-app_2')).toBe('n.my-app_2');
    expect(directoryName('../etc')).toBe('n.=2e=2e=2fetc');
    expect(directoryName('con')).toBe('n.con');
    expect(directoryName('long '.repeat(60))).toMatch(/^h\.long=20long/);
  });
});

describe('namespaceOf', () => {
  test.each(['', 'n.', 'x.a', 'n.A', 'n.=zz', 'n.a b', 'lost+found', 'h.short', 'n.=41=4', 'n.=61'])(
    'takes %j for none of ours',
    (directory) => {
      expect(namespaceOf(directory)).toBeUndefined();
    },
  );
});
