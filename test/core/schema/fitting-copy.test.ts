import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { copyJson, encodeJson, MAX_SIZE } from '../../../core/json.js';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import { compileFittingCopy, type FittingCopy } from '../../../core/schema/fitting-copy.js';
import { parseSchema } from '../../../core/schema/parse-schema.js';
import type { JSONSchema } from '../../../core/schema/schema-validator.js';

const validator = await ajvValidator();

/** What copies by this schema; fails the test where it is said to be none for that. */
function copier(schema: JSONSchema): FittingCopy {
  const copy = validator.fittingCopy(schema);
  if (copy === undefined) throw new Error(`no copy is made by ${JSON.stringify(schema)}`);
  return copy;
}

const page = {
  type: 'object',
  title: 'A page',
  properties: {
    url: { type: 'string', format: 'uri' },
    depth: { type: 'integer' },
    score: { type: ['number', 'null'] },
    kind: { enum: ['html', 'text', 7, null] },
    seen: { type: 'boolean' },
    author: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
    links: { type: 'array', items: { type: 'object', properties: { to: { type: 'string' } } } },
  },
  required: ['url'],
  additionalProperties: false,
} as const;

const aPage = () => ({
  url: 'https://example.org/',
  depth: 3,
  score: null,
  kind: 'html',
  seen: true,
  author: { name: 'Ada' },
  links: [{ to: '/a' }, { to: '/b' }],
});

describe('what a schema names is copied', () => {
  test('deeply, in its order, sharing nothing', () => {
    const source = aPage();
    const copy = copier(page)(source);
    expect(copy).toStrictEqual(source);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(source));
    source.author.name = 'Bob';
    source.links[0] = { to: '/c' };
    expect(copy).toStrictEqual(aPage());
  });

  test('-0 stays what it is', () => {
    const copy = copier({ type: 'object', properties: { a: { type: 'number' } } })({ a: -0 });
    expect(encodeJson(copy)).toBe('{"a":-0}');
  });

  test('names that need quoting, and names that every object has', () => {
    const names = ['a b', "it's", '"', '\\', '\u2028', 'constructor', 'toString', '0'];
    const schema = {
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'integer' } as const])),
    } as const;
    const source = Object.fromEntries(names.map((name, index) => [name, index]));
    expect(copier(schema)(source)).toStrictEqual(source);
    expect(copier(schema)({})).toBeUndefined();
  });
});

describe('nothing is copied of', () => {
  const others: readonly [string, unknown][] = [
    ['a property too many', { ...aPage(), more: 1 }],
    ['a property too few', (({ links, ...rest }) => rest)(aPage())],
    ['properties in another order', Object.fromEntries(Object.entries(aPage()).reverse())],
    ['another type', { ...aPage(), depth: '3' }],
    ['a fraction for a whole number', { ...aPage(), depth: 1.5 }],
    ['no number', { ...aPage(), score: Number.NaN }],
    ['infinity', { ...aPage(), score: Number.POSITIVE_INFINITY }],
    ['a value that is not in the list', { ...aPage(), kind: 'pdf' }],
    ['undefined', { ...aPage(), seen: undefined }],
    ['a hole in a list', { ...aPage(), links: Object.assign(new Array(2), { 1: { to: '/b' } }) }],
    ['an instance of a class', Object.assign(new (class Page {})(), aPage())],
    ['an instance inside', { ...aPage(), author: Object.assign(new (class Author {})(), { name: 'Ada' }) }],
    ['inherited properties', Object.create(aPage())],
    [
      'a half inherited one',
      Object.assign(Object.create({ links: [] }), (({ links, ...rest }) => rest)(aPage())),
    ],
    ['an object without a prototype', Object.assign(Object.create(null), aPage())],
    ['a list', [aPage()]],
    ['null', null],
    ['a text', 'page'],
  ];
  test.each(others)('%s', (_, value) => {
    expect(copier(page)(value)).toBeUndefined();
  });

  test('a getter that throws, and a proxy that does', () => {
    const thrower = () => {
      throw new Error('no');
    };
    const throwing = Object.defineProperty({ ...aPage() }, 'url', { get: thrower, enumerable: true });
    expect(copier(page)(throwing)).toBeUndefined();
    expect(copier(page)(new Proxy(aPage(), { getPrototypeOf: thrower }))).toBeUndefined();
  });

  test('more than a message may hold', () => {
    const copy = copier({ type: 'object', properties: { text: { type: 'string' } } });
    expect(copy({ text: 'x'.repeat(MAX_SIZE - 100) })).toBeDefined();
    expect(copy({ text: 'x'.repeat(MAX_SIZE) })).toBeUndefined();
    const list = copier({ type: 'array', items: { type: 'null' } });
    expect(list(new Array(MAX_SIZE / 2).fill(null))).toBeUndefined();
  });
});

test('a getter is asked once: what is checked is what is copied', () => {
  let asked = 0;
  const twoFaced = Object.defineProperty({}, 'a', {
    get: () => (asked++ === 0 ? 'text' : 7),
    enumerable: true,
  });
  const copy = copier({ type: 'object', properties: { a: { type: 'string' } } });
  expect(copy(twoFaced)).toStrictEqual({ a: 'text' });
  expect(asked).toBe(1);
});

test('where there is more to a schema than what things are, the check decides', () => {
  const copy = copier({
    type: 'object',
    properties: { name: { type: 'string', pattern: '^a' }, age: { type: 'integer', minimum: 18 } },
    minProperties: 1,
    not: { type: 'object', properties: { age: { const: 99 } } },
  });
  expect(copy({ name: 'ada', age: 36 })).toStrictEqual({ name: 'ada', age: 36 });
  expect(copy({ name: 'bob', age: 36 })).toBeUndefined();
  expect(copy({ name: 'ada', age: 3 })).toBeUndefined();
  expect(copy({ name: 'ada', age: 99 })).toBeUndefined();
  const only = copier({ type: 'object', properties: { a: { type: 'integer' } }, const: { a: 1 } });
  expect(only({ a: 1 })).toStrictEqual({ a: 1 });
  expect(only({ a: 2 })).toBeUndefined();
});

describe('no copy is made by a schema', () => {
  const open: readonly [string, object | boolean][] = [
    ['that is true', true],
    ['that says nothing', {}],
    ['of any object', { type: 'object' }],
    ['with a property of any kind', { type: 'object', properties: { data: {} } }],
    ['with a choice of object or nothing', { type: ['object', 'null'], properties: {} }],
    ['that demands what it does not name', { type: 'object', properties: {}, required: ['a'] }],
    ['with a list of any kind', { type: 'array' }],
    ['with a tuple', { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'string' } }],
    ['that refers to another', { $ref: '#/$defs/a', $defs: { a: { type: 'string' } } }],
    ['with an object among its values', { enum: [{}] }],
  ];
  test.each(open)('%s', (_, schema) => {
    expect(validator.fittingCopy(schema as JSONSchema)).toBeUndefined();
  });

  test('of what may be a whole message', () => {
    const text = { type: 'string' } as const;
    const properties = { id: text, timestamp: text, source: text, payload: text };
    expect(validator.fittingCopy({ type: 'object', properties })).toBeUndefined();
  });

  test('that goes on without end, or is very large', () => {
    let deep: JSONSchema = { type: 'string' };
    for (let level = 0; level < 30; level++) deep = { type: 'object', properties: { deeper: deep } };
    expect(validator.fittingCopy(deep)).toBeUndefined();
    const names = Array.from({ length: 600 }, (_, index) => [`p${index}`, { type: 'string' } as const]);
    expect(validator.fittingCopy({ type: 'object', properties: Object.fromEntries(names) })).toBeUndefined();
  });
});

test('one schema is compiled once', () => {
  expect(validator.fittingCopy(page)).toBe(validator.fittingCopy(page));
});

interface Pair {
  readonly schema: object;
  readonly value: unknown;
}

const leaf: fc.Arbitrary<Pair> = fc.oneof(
  fc.string().map((value) => ({ schema: { type: 'string', description: 'a text' }, value })),
  fc.integer().map((value) => ({ schema: { type: 'integer' }, value })),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ schema: { type: 'number' }, value })),
  fc.boolean().map((value) => ({ schema: { type: ['boolean', 'null'] }, value })),
  fc.constantFrom('a', 1, null).map((value) => ({ schema: { enum: ['a', 1, null] }, value })),
  fc.integer({ min: 0, max: 9 }).map((value) => ({ schema: { type: 'integer', maximum: 9 }, value })),
);
const { pair } = fc.letrec<{ pair: Pair }>((tie) => ({
  pair: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc
      .dictionary(fc.string({ maxLength: 5 }), tie('pair'), { maxKeys: 5, noNullPrototype: true })
      .map((members) => {
        const entries = Object.entries(members).filter(([name]) => name !== '__proto__');
        const properties = Object.fromEntries(entries.map(([name, { schema }]) => [name, schema]));
        const required = Object.keys(properties).slice(1);
        return {
          schema: { type: 'object', properties, required, additionalProperties: false },
          value: Object.fromEntries(entries.map(([name, { value }]) => [name, value])),
        };
      }),
    fc.tuple(tie('pair'), fc.nat({ max: 3 })).map(([{ schema, value }, length]) => ({
      schema: { type: 'array', items: schema },
      value: Array.from({ length }, () => value),
    })),
  ),
}));

test('for random schemas and values, it copies what fits, and nothing that does not', () => {
  fc.assert(
    fc.property(pair, pair, ({ schema, value }, other) => {
      const { root } = parseSchema(schema);
      const check = validator.compile(root as JSONSchema);
      const copy = compileFittingCopy(root, check);
      if (copy === undefined) throw new Error('no copy is made');
      const copied = copy(value);
      expect(copied).toStrictEqual(copyJson(value, 'value'));
      expect(JSON.stringify(copied)).toBe(JSON.stringify(value));
      const another = copy(other.value);
      if (another === undefined) return;
      expect(check(other.value)).toBeUndefined();
      expect(another).toStrictEqual(copyJson(other.value, 'value'));
    }),
    { numRuns: 500 },
  );
});
