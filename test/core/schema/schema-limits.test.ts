import { describe, expect, test } from 'vitest';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import { MAX_SCHEMA_DEPTH, MAX_SCHEMA_VALUES } from '../../../core/schema/copy-schema.js';
import { evalFreeValidator } from '../../../core/schema/eval-free-validator.js';
import { MAX_CHAIN, MAX_EVALUATIONS, MAX_SUBSCHEMAS } from '../../../core/schema/parse-schema.js';
import { asSchema } from './keyword-table.js';

/** FAULTS row 41: a schema may come from anywhere, and must not be able to hang or break the process. */
describe.each([await ajvValidator(), evalFreeValidator()])('schema bombs: $name', (validator) => {
  const compiling = (schema: unknown) => () => validator.compile(asSchema(schema));

  const objectWith = (count: number): { type: string; properties: object; required: string[] } => {
    const names = Array.from({ length: count }, (_, index) => `p${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string' }]));
    return { type: 'object', properties, required: names };
  };

  test('10,000 properties are refused, as many as the limit work', () => {
    expect(compiling(objectWith(10_000))).toThrow(`schema: has more than ${MAX_SUBSCHEMAS} subschemas`);

    const schema = objectWith(MAX_SUBSCHEMAS - 1);
    const check = validator.compile(asSchema(schema));
    const value = Object.fromEntries(schema.required.map((name) => [name, 'x']));
    expect(check(value)).toBeUndefined();
    expect(check({ ...value, p998: 7 })).toEqual([
      { path: '/p998', message: 'must be string', received: '7' },
    ]);
  });

  const chainOf = (length: number): object => {
    const links = Array.from({ length }, (_, index) => [`d${index}`, { $ref: `#/$defs/d${index + 1}` }]);
    return {
      $ref: '#/$defs/d0',
      $defs: { ...Object.fromEntries(links), [`d${length}`]: { type: 'string' } },
    };
  };

  test('a chain of $ref as long as the limit works, a longer one is refused', () => {
    expect(validator.compile(asSchema(chainOf(MAX_CHAIN - 2)))('x')).toBeUndefined();
    expect(compiling(chainOf(MAX_CHAIN - 1))).toThrow(`has more than ${MAX_CHAIN} schemas in a chain`);
    expect(compiling(chainOf(MAX_SUBSCHEMAS - 2))).toThrow(`has more than ${MAX_CHAIN} schemas in a chain`);
  });

  test.each(['anyOf', 'allOf', 'oneOf'])('as many branches of %s as the limit compile', (keyword) => {
    const branches = Array.from({ length: MAX_SUBSCHEMAS - 1 }, (_, index) => ({
      type: 'string',
      [keyword === 'allOf' ? 'minLength' : 'const']: keyword === 'allOf' ? 1 : `${index}`,
    }));
    const check = validator.compile(asSchema({ [keyword]: branches }));
    expect(check('1')).toBeUndefined();
    expect(check('')).toBeDefined();
  });

  test('nesting has a limit, and a cycle runs into it', () => {
    const nest = (levels: number): object => {
      let schema: object = { type: 'string' };
      for (let level = 0; level < levels; level++) schema = { items: schema };
      return schema;
    };
    const wrap = (levels: number): unknown => {
      let value: unknown = 'x';
      for (let level = 0; level < levels; level++) value = [value];
      return value;
    };
    const deepest = MAX_SCHEMA_DEPTH - 1;
    expect(validator.compile(asSchema(nest(deepest)))(wrap(deepest))).toBeUndefined();
    expect(compiling(nest(MAX_SCHEMA_DEPTH))).toThrow('levels of nesting');
    expect(compiling(nest(100_000))).toThrow('levels of nesting');

    const cyclic: { items?: object } = {};
    cyclic.items = cyclic;
    expect(compiling(cyclic)).toThrow('is there a cycle?');
  });

  test('a huge enum is refused', () => {
    const values = Array.from({ length: MAX_SCHEMA_VALUES - 2 }, (_, index) => index);
    expect(validator.compile({ enum: values })(7)).toBeUndefined();
    expect(compiling({ enum: [...values, -1] })).toThrow(`has more than ${MAX_SCHEMA_VALUES} JSON values`);
  });

  test('$ref that doubles at each step is refused before it is evaluated', () => {
    const doubling = (steps: number): object => {
      const definitions: Record<string, object> = { [`d${steps}`]: { type: 'string' } };
      for (let step = 0; step < steps; step++) {
        const next = { $ref: `#/$defs/d${step + 1}` };
        definitions[`d${step}`] = { allOf: [next, next] };
      }
      return { $ref: '#/$defs/d0', $defs: definitions };
    };
    expect(validator.compile(asSchema(doubling(8)))('x')).toBeUndefined();
    expect(compiling(doubling(200))).toThrow(`more than ${MAX_EVALUATIONS} schemas that look at one value`);
  });

  test.each([
    { $ref: '#' },
    { allOf: [{ $ref: '#' }] },
    { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { not: { $ref: '#/$defs/a' } } } },
    { properties: { x: { $ref: '#/properties/x' } } },
    { if: { $ref: '#' } },
  ])('%j, which comes back to itself for the same value, is refused', (schema) => {
    expect(compiling(schema)).toThrow(
      'expected references that descend into the value before they come back',
    );
  });

  test('a pattern that backtracks without bound is refused, in a property name too', () => {
    expect(compiling({ pattern: '^(a+)+$' })).toThrow(
      'schema/pattern: expected a regular expression whose loops',
    );
    expect(compiling({ patternProperties: { '^(a|aa)*$': true } })).toThrow(
      'schema/patternProperties/^(a|aa)*$:',
    );
  });
});
