import fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeValue } from '../../../core/inspection/safe-value.js';

test('JSON within the limits comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const { json, lost } = safeValue(value);
      expect(lost).toEqual([]);
      expect(JSON.stringify(json)).toBe(JSON.stringify(value));
    }),
  );
});

test('what is no JSON is described in its place', () => {
  const cyclic: Record<string, unknown> = { name: 'loop' };
  cyclic.self = cyclic;
  const { json, lost } = safeValue({
    big: 12n,
    nan: Number.NaN,
    call: () => 1,
    missing: undefined,
    when: new Date('2026-01-02T03:04:05.000Z'),
    map: new Map([[1, 2]]),
    cyclic,
    error: new TypeError('no way'),
    holes: new Array(1),
  });
  expect(json).toEqual({
    big: '12n (a BigInt)',
    nan: 'NaN',
    call: 'the function call',
    missing: 'undefined',
    when: 'Date 2026-01-02T03:04:05.000Z',
    map: expect.stringContaining('Map'),
    cyclic: { name: 'loop', self: '(circular)' },
    error: { name: 'TypeError', message: 'no way' },
    holes: ['(empty)'],
  });
  expect(lost.map(({ path, kind }) => [path.join('.'), kind])).toEqual([
    ['big', 'not-json'],
    ['nan', 'not-json'],
    ['call', 'not-json'],
    ['missing', 'not-json'],
    ['when', 'not-json'],
    ['map', 'not-json'],
    ['cyclic.self', 'cycle'],
    ['holes.0', 'not-json'],
  ]);
});

test('nothing of the value is called: no getter, no toJSON, no trap gets through', () => {
  let called = 0;
  const call = (): never => {
    called++;
    throw new Error('must not reach anybody');
  };
  const trapped = new Proxy({}, { ownKeys: call, getPrototypeOf: call, get: call });
  const value = { toJSON: call, trapped };
  Object.defineProperty(value, 'secret', { get: call, enumerable: true });
  const { json, lost } = safeValue(value);
  expect(json).toEqual({
    toJSON: expect.stringContaining('function'),
    trapped: '(threw: must not reach anybody)',
    secret: '(getter)',
  });
  expect(lost.map(({ kind }) => kind)).toEqual(['not-json', 'threw', 'getter']);
  expect(called).toBe(1); // the Proxy's own trap: asking what it is cannot be avoided
});

test('depth and size are bounded, whatever the value', () => {
  let deep: unknown = 'end';
  for (let level = 0; level < 10_000; level++) deep = [deep];
  expect(safeValue(deep, { depth: 3, characters: 1000 }).json).toEqual([[['an array of 1']]]);

  const huge = safeValue('x'.repeat(5_000_000), { depth: 3, characters: 100 });
  expect(huge.json).toBe(`${'x'.repeat(100)}… (5,000,000 characters in all)`);

  const wide = safeValue(
    Object.fromEntries(Array.from({ length: 100_000 }, (_, key) => [`key${key}`, key])),
    {
      depth: 3,
      characters: 1000,
    },
  );
  expect(JSON.stringify(wide.json).length).toBeLessThan(2000);
  expect(wide.lost).toHaveLength(1);
  expect(wide.lost[0]?.text).toMatch(/^\(99\d\d\d more\)$/);

  const holes = safeValue(Array.from({ length: 10_000 }, () => 1n));
  expect(holes.lost).toHaveLength(200);
});

test('a key named __proto__ is data', () => {
  const { json } = safeValue(JSON.parse('{"__proto__": {"polluted": true}}'));
  expect(JSON.stringify(json)).toBe('{"__proto__":{"polluted":true}}');
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
