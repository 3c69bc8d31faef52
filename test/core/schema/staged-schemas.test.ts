import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PubSubError } from '../../../core/errors.js';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import { compileSchema, type SchemaCheck } from '../../../core/schema/compile-schema.js';
import { evalFreeValidator } from '../../../core/schema/eval-free-validator.js';
import { stagedValidator } from '../../../core/schema/load-validator.js';
import { parseSchema } from '../../../core/schema/parse-schema.js';
import { plainlyFits } from '../../../core/schema/plain-fit.js';
import type { SchemaValidator } from '../../../core/schema/schema-validator.js';
import {
  CHECKS_BEFORE_COMPILING,
  CHECKS_BEFORE_LOADING,
  StagedSchemas,
} from '../../../core/schema/staged-schemas.js';
import { asSchema, DRAFT_07, KEYWORD_CASES } from './keyword-table.js';
import { logTo } from './log-to.js';
import { randomSchemas, randomValues } from './random-schemas.js';

const ajv = await ajvValidator();
const withUrl = asSchema({ type: 'object', properties: { url: { type: 'string' } }, required: ['url'] });

/** Two stages whose second is loaded when the test says so. */
function stages(): {
  check: (schema: unknown) => SchemaCheck;
  validator: StagedSchemas;
  loads: () => number;
  loaded: (full?: SchemaValidator) => Promise<void>;
  failed: (reason: Error) => Promise<void>;
  notes: string[];
} {
  let loads = 0;
  let arrive!: (full: SchemaValidator) => void;
  let fail!: (reason: Error) => void;
  const loading = new Promise<SchemaValidator>((resolve, reject) => {
    arrive = resolve;
    fail = reject;
  });
  const notes: string[] = [];
  const load = (): Promise<SchemaValidator> => {
    loads++;
    return loading;
  };
  const validator = new StagedSchemas(evalFreeValidator(), load, logTo(notes));
  return {
    check: (schema) => compileSchema(asSchema(schema), validator, 'agent "a", input schema'),
    validator,
    loads: () => loads,
    async loaded(full = ajv) {
      arrive(full);
      await validator.whenFull();
    },
    async failed(reason) {
      fail(reason);
      await validator.whenFull();
    },
    notes,
  };
}

const refusal = { ok: false, issues: [{ path: '/url', message: 'must be string', received: '7' }] };

describe('while the full validator is not loaded', () => {
  test('a value that plainly fits is let through at once, and nothing is loaded for it', () => {
    const { check, loads } = stages();
    const value = { url: 'x' };
    const urls = check(withUrl);
    expect(urls.check(value)).toEqual({ ok: true, value });
    expect(urls.fast).toBeUndefined();
    expect(loads()).toBe(0);
  });

  test('a value that does not fit waits for the verdict and the words of the full validator', async () => {
    const { check, loads, loaded } = stages();
    const verdict = check(withUrl).check({ url: 7 });
    expect(verdict).toBeInstanceOf(Promise);
    expect(loads()).toBe(1);
    await loaded();
    expect(await verdict).toEqual(refusal);
  });

  test('what comes after a value that waits, waits behind it', async () => {
    const { check, loads, loaded } = stages();
    const order: string[] = [];
    const exotic = check({ not: { type: 'null' } });
    const plain = check({ type: 'string' });
    const first = Promise.resolve(exotic.check('first')).then(() => order.push('first'));
    const second = Promise.resolve(plain.check('second')).then(() => order.push('second'));
    expect(plain.check('third')).toBeInstanceOf(Promise);
    await loaded();
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    expect(loads()).toBe(1);
  });

  test('after so many values it is loaded, without making any of them wait', async () => {
    const { check, loads, loaded } = stages();
    const urls = check(withUrl);
    const value = { url: 'x' };
    for (let count = 0; count < CHECKS_BEFORE_LOADING; count++) {
      expect(urls.check(value)).toEqual({ ok: true, value });
    }
    expect(loads()).toBe(0);
    expect(urls.check(value)).toEqual({ ok: true, value });
    expect(urls.check(value)).toEqual({ ok: true, value });
    expect(loads()).toBe(1);
    await loaded();
    expect(urls.check(value)).toEqual({ ok: true, value });
  });

  test('a schema that is none is refused when it is registered', () => {
    const { check, loads } = stages();
    expect(() => check({ properties: { url: { type: 'strin' } } })).toThrow(
      'agent "a", input schema: schema/properties/url/type: expected one of string,',
    );
    expect(() => check({ $ref: '#/$defs/none' })).toThrow(PubSubError);
    expect(loads()).toBe(0);
  });

  test('who cannot wait gets an answer at once', () => {
    const { check, loads, validator } = stages();
    expect(check(withUrl).atOnce?.({ url: 7 })).toEqual(refusal.issues);
    expect(check({ oneOf: [{ type: 'string' }, { const: 'x' }] }).atOnce?.('y')).toBeUndefined();
    expect(validator.compile(withUrl)({ url: 7 })).toEqual(refusal.issues);
    expect(loads()).toBe(0);
  });

  test('a schema that is registered many times is read once', () => {
    const { check } = stages();
    expect(check(withUrl)).toBe(check(withUrl));
  });
});

describe('once the full validator is loaded', () => {
  test('a schema that is used is compiled, and its check is there for the hot path', async () => {
    const { check, loaded, validator } = stages();
    const urls = check(withUrl);
    const value = { url: 'x' };
    expect(urls.check(value)).toEqual({ ok: true, value });
    await loaded();
    expect(validator.name).toBe('ajv');
    for (let count = 0; count < CHECKS_BEFORE_COMPILING; count++) {
      expect(urls.check(value)).toEqual({ ok: true, value });
      expect(urls.fast).toBeUndefined();
    }
    expect(urls.check(value)).toEqual({ ok: true, value });
    expect(urls.fast?.({ url: 7 })).toEqual(refusal.issues);
    expect(urls.atOnce?.({ url: 7 })).toEqual(refusal.issues);
  });

  test('so is one at its first value that does not plainly fit', async () => {
    const { check, loaded } = stages();
    await loaded();
    const later = check({ properties: { url: { type: 'string' } } });
    expect(later.check({ url: 7 })).toEqual(refusal);
    expect(later.fast).toBeDefined();
  });

  test('a schema is what it was when it was registered', async () => {
    const { check, loaded } = stages();
    const schema = { const: 1, nullable: true, type: ['integer'] };
    const ones = check(schema);
    schema.const = 2;
    schema.type = ['null'];
    expect(ones.check(1)).toEqual({ ok: true, value: 1 });
    await loaded();
    expect(ones.check(1)).toEqual({ ok: true, value: 1 });
    expect(ones.check(2)).toMatchObject({ ok: false });
  });

  test('a schema that it cannot compile fits nothing, and says why', async () => {
    const { check, loaded } = stages();
    const dynamic = check({ $dynamicAnchor: 'node', items: { $dynamicRef: '#node' } });
    const verdict = dynamic.check([[]]);
    await loaded(evalFreeValidator());
    expect(await verdict).toMatchObject({ ok: false, issues: [{ path: '' }] });
    expect(dynamic.fast?.([[]])?.[0]?.message).toContain('$dynamicRef needs a validator that may use eval');
  });

  test('one that does not load is replaced by the slower one, and a note says so', async () => {
    const { check, failed, notes } = stages();
    const urls = check(withUrl);
    const verdict = urls.check({ url: 7 });
    await failed(new TypeError('Failed to fetch dynamically imported module'));
    expect(await verdict).toEqual(refusal);
    expect(urls.check({ url: 'x' })).toEqual({ ok: true, value: { url: 'x' } });
    expect(notes).toEqual([expect.stringContaining('ajv did not load: Failed to fetch')]);
  });
});

test('the stages of an executor end with ajv', async () => {
  const notes: string[] = [];
  const validator = stagedValidator(logTo(notes));
  const urls = compileSchema(withUrl, validator, 'agent "a", input schema');
  expect(urls.check({ url: 'x' })).toEqual({ ok: true, value: { url: 'x' } });
  expect(await urls.check({ url: 7 })).toEqual(refusal);
  expect(validator.name).toBe('ajv');
  expect(notes).toEqual([]);
});

describe('what plainly fits, fits', () => {
  const fits = (value: unknown, schema: object | boolean): boolean =>
    plainlyFits(value, parseSchema(schema).root);

  test.each(KEYWORD_CASES)('$keyword', ({ schema, fails }) => {
    for (const { value } of fails) expect(fits(value, schema), JSON.stringify(value)).toBe(false);
  });

  test('it knows the keywords of everyday schemas', () => {
    const everyday: [schema: object, value: unknown][] = [
      [
        { type: 'object', properties: { a: { type: 'integer', minimum: 0, maximum: 9 } }, required: ['a'] },
        { a: 3 },
      ],
      [{ type: 'object', additionalProperties: false, properties: { a: true } }, { a: null }],
      [
        { type: 'object', additionalProperties: { type: 'number' } },
        { a: 1.5, b: 2 },
      ],
      [{ type: 'array', items: { type: ['string', 'null'] }, minItems: 1, maxItems: 3 }, ['a', null]],
      [{ type: 'string', minLength: 1, maxLength: 5, pattern: '^a', format: 'email', title: 'A' }, 'abc'],
      [{ enum: ['a', 2, null, false] }, null],
      [{ const: 'a', description: 'the letter', default: 'a', examples: ['a'] }, 'a'],
      [{ anyOf: [{ type: 'string' }, { allOf: [{ type: 'boolean' }, {}] }] }, true],
      [{ type: 'string', nullable: true }, null],
    ];
    for (const [schema, value] of everyday) expect(fits(value, schema), JSON.stringify(schema)).toBe(true);
  });

  test('for random schemas and values: whatever it lets through, ajv does', () => {
    const inEitherDraft = fc.tuple(randomSchemas, fc.boolean()).map(([schema, old]) => {
      const isOld = old && typeof schema === 'object';
      return isOld ? { $schema: DRAFT_07, ...schema } : schema;
    });
    let through = 0;
    fc.assert(
      fc.property(
        inEitherDraft,
        fc.array(randomValues, { minLength: 1, maxLength: 5 }),
        (schema, candidates) => {
          const compiled = ajv.compile(asSchema(schema));
          for (const value of candidates) {
            if (!fits(value, schema)) continue;
            through++;
            expect(compiled(value), JSON.stringify(value)).toBeUndefined();
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(through).toBeGreaterThan(100);
  });
});
