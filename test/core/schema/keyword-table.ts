import type { JSONSchema } from 'json-schema-to-ts';

/** A schema, values that fit, and values that do not, each with the one issue that must come first. */
export interface KeywordCase {
  readonly keyword: string;
  readonly schema: object | boolean;
  readonly fits: readonly unknown[];
  readonly fails: readonly { readonly value: unknown; readonly path: string; readonly message: string }[];
}

export const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';

/** Schemas in tests are data, and some use keywords that the type of draft-07 schemas does not know. */
export function asSchema(schema: unknown): JSONSchema {
  return schema as JSONSchema;
}

const fails = (value: unknown, path: string, message: string): KeywordCase['fails'][number] => ({
  value,
  path,
  message,
});

export const KEYWORD_CASES: readonly KeywordCase[] = [
  { keyword: 'true', schema: true, fits: [1, 'x', null, {}], fails: [] },
  { keyword: 'false', schema: false, fits: [], fails: [fails(1, '', 'must be absent')] },
  {
    keyword: 'type',
    schema: { type: 'string' },
    fits: ['', 'x'],
    fails: [fails(7, '', 'must be string'), fails(null, '', 'must be string')],
  },
  {
    keyword: 'type, several',
    schema: { type: ['integer', 'null'] },
    fits: [1, 1.0, null, -0],
    fails: [fails(1.5, '', 'must be integer or null'), fails('1', '', 'must be integer or null')],
  },
  {
    keyword: 'nullable',
    schema: { type: 'string', nullable: true },
    fits: ['x', null],
    fails: [fails(5, '', 'must be string or null')],
  },
  {
    keyword: 'enum',
    schema: { enum: ['a', 3, null, { b: [1] }] },
    fits: ['a', 3, null, { b: [1] }],
    fails: [fails('z', '', 'must be one of "a", 3, null, {"b":[1]}')],
  },
  {
    keyword: 'const',
    schema: { const: { a: 1 } },
    fits: [{ a: 1 }],
    fails: [fails({ a: 2 }, '', 'must be {"a":1}')],
  },
  {
    keyword: 'minimum and maximum',
    schema: { minimum: 1, maximum: 3 },
    fits: [1, 3, 'x'],
    fails: [fails(0, '', 'must be at least 1'), fails(4, '', 'must be at most 3')],
  },
  {
    keyword: 'exclusiveMinimum and exclusiveMaximum',
    schema: { exclusiveMinimum: 1, exclusiveMaximum: 3 },
    fits: [2],
    fails: [fails(1, '', 'must be more than 1'), fails(3, '', 'must be less than 3')],
  },
  {
    keyword: 'multipleOf',
    schema: { multipleOf: 0.1 },
    fits: [1, 0.3, -2, 1e21],
    fails: [fails(0.25, '', 'must be a multiple of 0.1')],
  },
  {
    keyword: 'minLength and maxLength, in code points',
    schema: { minLength: 2, maxLength: 3 },
    fits: ['ab', '😀😀😀', 7],
    fails: [
      fails('😀', '', 'must have at least 2 characters'),
      fails('abcd', '', 'must have at most 3 characters'),
    ],
  },
  {
    keyword: 'pattern, unanchored, by code points',
    schema: { pattern: '^.b' },
    fits: ['ab', '😀bc', 1],
    fails: [fails('cc', '', 'must match the pattern "^.b"')],
  },
  {
    keyword: 'format, an annotation',
    schema: { type: 'string', format: 'email' },
    fits: ['nobody'],
    fails: [],
  },
  {
    keyword: 'required, own properties only',
    schema: { required: ['toString', 'a'] },
    fits: [{ toString: 1, a: 1 }, 'not an object'],
    fails: [fails({ a: 1 }, '', 'must have the property "toString"')],
  },
  {
    keyword: 'properties (a name that every object has)',
    schema: { properties: { nested: { properties: { constructor: { type: 'number' } } } } },
    fits: [{}, { nested: {} }, { nested: { constructor: 1 } }],
    fails: [fails({ nested: { constructor: 'a' } }, '/nested/constructor', 'must be number')],
  },
  {
    keyword: 'properties',
    schema: { properties: { url: { type: 'string' }, 'a/b~c': { type: 'number' } } },
    fits: [{}, { url: 'x' }, { other: 1 }],
    fails: [
      fails({ url: 7 }, '/url', 'must be string'),
      fails({ 'a/b~c': '' }, '/a~1b~0c', 'must be number'),
    ],
  },
  {
    keyword: 'properties, one forbidden',
    schema: { properties: { old: false } },
    fits: [{}],
    fails: [fails({ old: 1 }, '/old', 'must be absent')],
  },
  {
    keyword: 'properties, nested in arrays',
    schema: { properties: { list: { items: { properties: { n: { type: 'integer' } } } } } },
    fits: [{ list: [{ n: 1 }, {}] }],
    fails: [fails({ list: [{ n: 1 }, { n: 'x' }] }, '/list/1/n', 'must be integer')],
  },
  {
    keyword: 'additionalProperties: false',
    schema: { properties: { a: {} }, additionalProperties: false },
    fits: [{ a: 1 }, {}],
    fails: [
      fails({ a: 1, 'b/c': 2 }, '', 'must not have the property "b/c"'),
      fails(JSON.parse('{"__proto__":1}'), '', 'must not have the property "__proto__"'),
      fails({ constructor: 1 }, '', 'must not have the property "constructor"'),
    ],
  },
  {
    keyword: 'additionalProperties: schema',
    schema: { additionalProperties: { type: 'number' } },
    fits: [{ a: 1 }],
    fails: [fails({ a: 'x' }, '/a', 'must be number')],
  },
  {
    keyword: 'patternProperties',
    schema: { patternProperties: { '^s_': { type: 'string' } } },
    fits: [{ s_a: 'x', n: 1 }],
    fails: [fails({ s_a: 1 }, '/s_a', 'must be string')],
  },
  {
    keyword: 'propertyNames',
    schema: { propertyNames: { pattern: '^[a-z]+$' } },
    fits: [{ a: 1 }],
    fails: [fails({ A1: 1 }, '', 'property name "A1" must match the pattern "^[a-z]+$"')],
  },
  {
    keyword: 'minProperties and maxProperties',
    schema: { minProperties: 1, maxProperties: 2 },
    fits: [{ a: 1 }],
    fails: [
      fails({}, '', 'must have at least 1 property'),
      fails({ a: 1, b: 1, c: 1 }, '', 'must have at most 2 properties'),
    ],
  },
  {
    keyword: 'dependentRequired',
    schema: { dependentRequired: { card: ['address'] } },
    fits: [{}, { card: 1, address: 1 }],
    fails: [fails({ card: 1 }, '', 'must have the property "address" when it has "card"')],
  },
  {
    keyword: 'dependentSchemas',
    schema: { dependentSchemas: { card: { required: ['address'] } } },
    fits: [{}, { card: 1, address: 1 }],
    fails: [fails({ card: 1 }, '', 'must have the property "address"')],
  },
  {
    keyword: 'dependencies, draft-07',
    schema: { $schema: DRAFT_07, dependencies: { a: ['b'], c: { required: ['d'] } } },
    fits: [{}, { a: 1, b: 1, c: 1, d: 1 }],
    fails: [
      fails({ a: 1 }, '', 'must have the property "b" when it has "a"'),
      fails({ c: 1 }, '', 'must have the property "d"'),
    ],
  },
  {
    keyword: 'unevaluatedProperties',
    schema: { allOf: [{ properties: { a: {} } }], unevaluatedProperties: false },
    fits: [{ a: 1 }],
    fails: [fails({ a: 1, b: 1 }, '', 'must not have the property "b"')],
  },
  {
    keyword: 'items',
    schema: { items: { type: 'string' } },
    fits: [[], ['a'], {}],
    fails: [fails(['a', 7], '/1', 'must be string')],
  },
  {
    keyword: 'prefixItems and items: false',
    schema: { prefixItems: [{ type: 'string' }, {}], items: false },
    fits: [['a'], ['a', 1]],
    fails: [fails([1], '/0', 'must be string'), fails(['a', 1, 1], '', 'must have at most 2 items')],
  },
  {
    keyword: 'items as a list and additionalItems, draft-07',
    schema: { $schema: DRAFT_07, items: [{ type: 'string' }], additionalItems: { type: 'number' } },
    fits: [['a'], ['a', 1]],
    fails: [fails([1], '/0', 'must be string'), fails(['a', 'b'], '/1', 'must be number')],
  },
  {
    keyword: 'minItems and maxItems',
    schema: { minItems: 1, maxItems: 2 },
    fits: [[1]],
    fails: [fails([], '', 'must have at least 1 item'), fails([1, 2, 3], '', 'must have at most 2 items')],
  },
  {
    keyword: 'uniqueItems',
    schema: { uniqueItems: true },
    fits: [[1, '1', { a: 1 }, { a: 2 }]],
    fails: [fails([{ a: 1, b: 2 }, 0, { b: 2, a: 1 }], '', 'must not have the same item twice')],
  },
  {
    keyword: 'contains',
    schema: { contains: { type: 'string' } },
    fits: [[1, 'a']],
    fails: [fails([1, 2], '', 'must contain as many items that match "contains" as the schema asks for')],
  },
  {
    keyword: 'minContains and maxContains',
    schema: { contains: { type: 'string' }, minContains: 2, maxContains: 2 },
    fits: [[1, 'a', 'b']],
    fails: [
      fails(['a', 1], '', 'must contain as many items that match "contains" as the schema asks for'),
      fails(['a', 'b', 'c'], '', 'must contain as many items that match "contains" as the schema asks for'),
    ],
  },
  {
    keyword: 'unevaluatedItems',
    schema: { prefixItems: [{}], unevaluatedItems: false },
    fits: [[1]],
    fails: [fails([1, 2], '', 'must have at most 1 item')],
  },
  {
    keyword: 'allOf',
    schema: { allOf: [{ minimum: 3 }, { maximum: 9 }] },
    fits: [3, 9],
    fails: [fails(1, '', 'must be at least 3'), fails(10, '', 'must be at most 9')],
  },
  {
    keyword: 'anyOf, types of one value told as one',
    schema: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    fits: [1, 'a'],
    fails: [fails(true, '', 'must be string or number')],
  },
  {
    keyword: 'anyOf, the branch that was meant first',
    schema: {
      anyOf: [
        { properties: { kind: { const: 'a' }, size: { type: 'number' } }, required: ['kind'] },
        { properties: { kind: { const: 'b' }, name: { type: 'string' } }, required: ['kind'] },
      ],
    },
    fits: [{ kind: 'a', size: 1 }],
    fails: [
      fails({ kind: 'b', name: 7 }, '/name', 'must be string'),
      fails({ kind: 'c' }, '/kind', 'must be one of "a", "b"'),
    ],
  },
  {
    keyword: 'oneOf',
    schema: { oneOf: [{ type: 'integer' }, { minimum: 2 }] },
    fits: [1, 2.5],
    fails: [fails(3, '', 'must match only one schema of "oneOf"'), fails(1.5, '', 'must be at least 2')],
  },
  {
    keyword: 'not',
    schema: { not: { type: 'string' } },
    fits: [1],
    fails: [fails('x', '', 'must not match the schema under "not"')],
  },
  {
    keyword: 'if, then, else',
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called that
    schema: { if: { type: 'string' }, then: { minLength: 2 }, else: { minimum: 5 } },
    fits: ['ab', 5],
    fails: [fails('a', '', 'must have at least 2 characters'), fails(4, '', 'must be at least 5')],
  },
  {
    keyword: '$ref into $defs',
    schema: { properties: { a: { $ref: '#/$defs/x' } }, $defs: { x: { minLength: 2 } } },
    fits: [{ a: 'ab' }],
    fails: [fails({ a: 'b' }, '/a', 'must have at least 2 characters')],
  },
  {
    keyword: '$ref beside other keywords, 2020-12',
    schema: { $ref: '#/$defs/x', minLength: 2, $defs: { x: { type: 'string' } } },
    fits: ['ab'],
    fails: [fails('b', '', 'must have at least 2 characters')],
  },
  {
    keyword: '$ref beside other keywords, draft-07: they do not count',
    schema: {
      $schema: DRAFT_07,
      $ref: '#/definitions/x',
      minLength: 2,
      definitions: { x: { type: 'string' } },
    },
    fits: ['b'],
    fails: [fails(1, '', 'must be string')],
  },
  {
    keyword: '$ref to the root, recursive',
    schema: { type: 'object', properties: { child: { $ref: '#' } } },
    fits: [{ child: { child: {} } }],
    fails: [fails({ child: { child: 7 } }, '/child/child', 'must be object')],
  },
  {
    keyword: '$id and $anchor',
    schema: {
      $id: 'urn:example:root',
      properties: { a: { $ref: '#name' }, b: { $ref: 'urn:example:other' } },
      $defs: { x: { $anchor: 'name', type: 'string' }, y: { $id: 'urn:example:other', type: 'number' } },
    },
    fits: [{ a: 'x', b: 1 }],
    fails: [fails({ a: 1 }, '/a', 'must be string'), fails({ b: 'x' }, '/b', 'must be number')],
  },
  {
    keyword: '$ref to a place under an unknown keyword',
    schema: { $ref: '#/components/name%20one', components: { 'name one': { type: 'string' } } },
    fits: ['x'],
    fails: [fails(1, '', 'must be string')],
  },
  {
    keyword: 'unknown keywords and annotations',
    schema: { title: 'x', 'x-mine': { type: 'strin' }, examples: [7], default: 1, deprecated: true },
    fits: [1, 'x'],
    fails: [],
  },
];
