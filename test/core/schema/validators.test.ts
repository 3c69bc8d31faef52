import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PubSubError } from '../../../core/errors.js';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import { evalFreeValidator } from '../../../core/schema/eval-free-validator.js';
import type { SchemaValidator } from '../../../core/schema/schema-validator.js';
import { asSchema, DRAFT_07, KEYWORD_CASES } from './keyword-table.js';
import { randomSchemas, randomValues } from './random-schemas.js';

const ajv = await ajvValidator();
const evalFree = evalFreeValidator();

function compileError(validator: SchemaValidator, schema: unknown): PubSubError {
  try {
    validator.compile(asSchema(schema));
  } catch (thrown) {
    if (thrown instanceof PubSubError) return thrown;
    throw thrown;
  }
  throw new Error(`compiled: ${JSON.stringify(schema)}`);
}

describe.each([ajv, evalFree])('the port SchemaValidator: $name', (validator) => {
  test.each(KEYWORD_CASES)('$keyword', ({ schema, fits, fails }) => {
    const check = validator.compile(asSchema(schema));
    for (const value of fits) expect(check(value), JSON.stringify(value)).toBeUndefined();
    for (const { value, path, message } of fails) {
      expect(check(value)?.[0], JSON.stringify(value)).toMatchObject({ path, message });
    }
  });

  test('an issue tells what came instead', () => {
    const check = validator.compile({
      properties: { tags: { items: { type: 'string' } } },
      required: ['tags'],
    });
    expect(check({ tags: ['a', 7] })).toEqual([
      { path: '/tags/1', message: 'must be string', received: '7' },
    ]);
    expect(check({ tag: [] })).toEqual([
      { path: '', message: 'must have the property "tags"', received: 'an object with tag' },
    ]);
  });

  test('at most five issues are told', () => {
    const branches = Array.from({ length: 20 }, (_, index) => ({ required: [`p${index}`] }));
    const issues = validator.compile({ anyOf: branches })({});
    expect(issues).toHaveLength(5);
  });

  test.each([
    [{ type: 'strin' }, 'schema/type: expected one of string,', '"strin"'],
    [
      { properties: { a: { minLength: -1 } } },
      'schema/properties/a/minLength: expected a whole number',
      '-1',
    ],
    [{ items: { pattern: '[' } }, 'schema/items/pattern: Invalid regular expression', ''],
    [{ patternProperties: { '(': {} } }, 'schema/patternProperties/(: Invalid regular expression', ''],
    [{ properties: { a: 7 } }, 'schema/properties/a: expected a schema', '7'],
    [{ properties: [] }, 'schema/properties: expected an object', 'an array of 0'],
    [{ required: 'a' }, 'schema/required: expected a list of property names', '"a"'],
    [{ required: ['a', 'a'] }, 'schema/required: expected each property name once', ''],
    [{ allOf: [] }, 'schema/allOf: expected a list with at least one schema', ''],
    [{ enum: [] }, 'schema/enum: expected a list with at least one value', ''],
    [{ type: [] }, 'schema/type: expected at least one type', ''],
    [{ multipleOf: 0 }, 'schema/multipleOf: expected a number above 0', '0'],
    [{ items: [{}] }, 'schema/items: expected a schema (in 2020-12 a list goes into "prefixItems")', ''],
    [
      { $ref: '#/$defs/none' },
      'schema/$ref: expected a reference to a place inside this schema',
      '#/$defs/none',
    ],
    [
      { not: { $ref: 'https://example.org/x' } },
      'schema/not/$ref: expected a reference to a place',
      'example.org',
    ],
    [{ $ref: '#none' }, 'schema/$ref: expected a reference to a place', '#none'],
    [{ $id: 'http://[' }, 'schema/$id: expected a URI reference', ''],
    [
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      'schema/$schema: expected JSON Schema 2020-12',
      '',
    ],
    [{ id: 'x' }, 'schema/id: expected "$id"', ''],
    [{ nullable: true }, 'schema/nullable: expected a "type" beside it', ''],
    [{ $async: true }, 'schema/$async: expected to be absent', ''],
    [JSON.parse('{"properties":{"__proto__":{}}}'), 'schema/properties: expected no key named __proto__', ''],
    [{ const: new Date(0) }, 'schema/const: expected plain JSON', 'Date'],
    [{ default: () => 1 }, 'schema/default: expected plain JSON', 'function'],
    [{ maximum: Number.NaN }, 'schema/maximum: expected plain JSON', 'NaN'],
    [undefined, 'schema: expected an object or a boolean', 'undefined'],
    [null, 'schema: expected an object or a boolean', 'null'],
    ['string', 'schema: expected an object or a boolean', '"string"'],
    [[], 'schema: expected an object or a boolean', 'an array of 0'],
  ])('refuses %j', (schema, message, received) => {
    const error = compileError(validator, schema);
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toContain(message);
    expect(error.message).toContain(received);
  });

  test('a schema whose getter throws is refused, not a crash', () => {
    const schema = {
      get type(): never {
        throw new Error('boom');
      },
    };
    expect(compileError(validator, schema).message).toBe('schema: could not be read: boom');
  });

  test('takes frozen schemas, leaves schema and value as they are, and keeps no hold on the schema', () => {
    const schema = Object.freeze({
      type: 'object',
      properties: Object.freeze({ n: Object.freeze({ type: 'number', default: 3 }) }),
      const: { n: 1 },
    });
    const before = JSON.stringify(schema);
    const check = validator.compile(asSchema(schema));
    const value = { n: 1 };
    expect(check(value)).toBeUndefined();
    expect(check({ n: '1' })?.[0]?.message).toContain('must be');
    expect(value).toEqual({ n: 1 });
    expect(JSON.stringify(schema)).toBe(before);
    expect(Reflect.ownKeys(schema.properties.n)).toEqual(['type', 'default']);

    schema.const.n = 2;
    expect(check({ n: 1 })).toBeUndefined();
  });

  test('compiles a schema object once', () => {
    const schema = { type: 'string' } as const;
    expect(validator.compile(schema)).toBe(validator.compile(schema));
  });

  test('schemas with the same $id, equal or not, do not meet', () => {
    const withId = (type: string): object => ({
      $id: 'https://example.org/payload',
      properties: { a: { $id: 'inner', $anchor: 'here', type } },
    });
    const strings = validator.compile(asSchema(withId('string')));
    const again = validator.compile(asSchema(withId('string')));
    const numbers = validator.compile(asSchema(withId('number')));
    expect(strings({ a: 'x' })).toBeUndefined();
    expect(again({ a: 'x' })).toBeUndefined();
    expect(numbers({ a: 1 })).toBeUndefined();
    expect(numbers({ a: 'x' })?.[0]?.message).toBe('must be number');
    // and nothing of them is there for a third schema to refer to
    expect(compileError(validator, { $ref: 'https://example.org/payload' }).code).toBe('VALIDATION_ERROR');
  });

  test('goes on after a schema that did not compile', () => {
    compileError(validator, { $id: 'urn:example:x', $ref: '#/nowhere' });
    expect(validator.compile(asSchema({ $id: 'urn:example:x', type: 'string' }))('x')).toBeUndefined();
  });

  test('more schemas than one ajv instance is kept for', () => {
    const checks = Array.from({ length: 600 }, (_, index) => validator.compile({ const: index }));
    expect(checks.map((check, index) => check(index))).toEqual(checks.map(() => undefined));
    expect(checks[0]?.(1)?.[0]?.message).toBe('must be 0');
  });

  test('keywords of the other draft are annotations', () => {
    const old = validator.compile(
      asSchema({ $schema: DRAFT_07, prefixItems: [{ type: 'string' }], minContains: 3 }),
    );
    expect(old([1])).toBeUndefined();
    const current = validator.compile(asSchema({ prefixItems: [{}], additionalItems: false }));
    expect(current([1, 2])).toBeUndefined();
  });

  test('a value too deep to check is an issue, not a crash', () => {
    const check = validator.compile(asSchema({ properties: { next: { $ref: '#' } } }));
    let value: object = {};
    for (let level = 0; level < 50_000; level++) value = { next: value };
    expect(check(value)?.[0]?.message).toContain('could not be checked');
  });
});

test('$dynamicRef: ajv follows it, the eval-free validator says that it cannot', () => {
  const schema = {
    $dynamicAnchor: 'node',
    properties: { children: { items: { $dynamicRef: '#node' } }, name: { type: 'string' } },
  };
  const check = ajv.compile(asSchema(schema));
  expect(check({ children: [{ name: 7 }] })?.[0]).toMatchObject({ path: '/children/0/name' });
  expect(compileError(evalFree, schema).message).toContain('$dynamicRef');
});

test('an object with a key named toString or valueOf never passes where ajv must compare it', () => {
  const value = { toString: 1 };
  expect(ajv.compile({ const: { a: 1 } })(value)?.[0]?.message).toContain('could not be checked');
  expect(ajv.compile({ not: { const: { a: 1 } } })(value)).toBeDefined();
  expect(evalFree.compile({ const: { a: 1 } })(value)?.[0]?.message).toBe('must be {"a":1}');
});

test('a list is not judged by the one before it', () => {
  for (const validator of [ajv, evalFree]) {
    const each = validator.compile(asSchema({ items: { contains: { type: 'null' } } }));
    expect(each([[null], [null]])).toBeUndefined();
    expect(each([[null], []])).toBeDefined();
    expect(validator.compile(asSchema({ contains: true, minContains: 0 }))([])).toBeUndefined();
  }
});

test('a known mistake of the eval-free library, found by random schemas: this fails when it is mended', () => {
  // It lets an outer `contains` count as an evaluation inside an inner schema.
  const unevaluated = {
    if: { contains: true },
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called that
    then: { anyOf: [{ prefixItems: [{}], unevaluatedItems: false }, { type: 'null' }] },
  };
  expect(ajv.compile(asSchema(unevaluated))([false, []])).toBeDefined();
  expect(evalFree.compile(asSchema(unevaluated))([false, []])).toBeUndefined();
});

describe('both validators decide the same', () => {
  test('for random schemas and values', () => {
    fc.assert(
      fc.property(
        randomSchemas,
        fc.array(randomValues, { minLength: 1, maxLength: 5 }),
        (schema, candidates) => {
          const one = ajv.compile(asSchema(schema));
          const other = evalFree.compile(asSchema(schema));
          for (const value of candidates) {
            const issues = one(value);
            const otherIssues = other(value);
            expect(otherIssues === undefined, JSON.stringify(value)).toBe(issues === undefined);
            for (const issue of [...(issues ?? []), ...(otherIssues ?? [])]) {
              expect(issue.message).not.toContain('could not be checked');
              expect(issue.message).not.toContain('undefined');
            }
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
