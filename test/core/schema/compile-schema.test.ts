import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { PubSubError } from '../../../core/errors.js';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import {
  compileSchema,
  formatIssues,
  isStandardSchema,
  type SchemaCheck,
  validationError,
} from '../../../core/schema/compile-schema.js';
import type { AnySchema } from '../../../core/schema/schema-validator.js';
import { asSchema } from './keyword-table.js';

const validator = await ajvValidator();
const compile = (schema: AnySchema): SchemaCheck =>
  compileSchema(schema, validator, 'agent "a", inputSchema');

/** A Standard Schema written by hand, as any library might. */
function standard(validate: StandardSchemaV1['~standard']['validate'], more: object = {}): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate, ...more } };
}

describe('a JSON Schema', () => {
  const schema = { type: 'object', properties: { url: { type: 'string' } } } as const;
  const check = compile(schema);

  test('hands back the value it was given', () => {
    const value = { url: 'x' };
    expect(check.transforms).toBe(false);
    expect(check.check(value)).toEqual({ ok: true, value });
    expect(check.fast?.(value)).toBeUndefined();
    expect(check.json).toBe(schema);
  });

  test('tells the issues', () => {
    const issues = [{ path: '/url', message: 'must be string', received: '7' }];
    expect(check.check({ url: 7 })).toEqual({ ok: false, issues });
    expect(check.fast?.({ url: 7 })).toEqual(issues);
  });

  test('that does not compile is refused with the name of what it belongs to', () => {
    const bad = asSchema({ properties: { url: { type: 'strin' } } });
    expect(() => compile(bad)).toThrow(PubSubError);
    try {
      compile(bad);
    } catch (thrown) {
      expect(thrown).toMatchObject({
        code: 'VALIDATION_ERROR',
        details: {
          where: 'agent "a", inputSchema',
          field: 'schema/properties/url/type',
          received: '"strin"',
        },
      });
      expect(String(thrown)).toContain('agent "a", inputSchema: schema/properties/url/type: expected one of');
    }
  });

  test.each([undefined, null, 7, 'x', [], () => 1])('%j is none', (schema) => {
    expect(() => compile(asSchema(schema))).toThrow(
      'agent "a", inputSchema: schema: expected an object or a boolean',
    );
  });
});

describe('a Standard Schema', () => {
  test('of zod transforms, and names the path', () => {
    const check = compile(z.object({ tags: z.array(z.string().transform((text) => text.length)) }));
    expect(check.transforms).toBe(true);
    expect(check.fast).toBeUndefined();
    expect(check.check({ tags: ['abc'] })).toEqual({ ok: true, value: { tags: [3] } });
    expect(check.check({ tags: ['abc', 7] })).toMatchObject({
      ok: false,
      issues: [{ path: '/tags/1', message: expect.stringContaining('string'), received: '7' }],
    });
  });

  test('of valibot, whose paths are made of segments', () => {
    const check = compile(v.object({ 'a/b': v.object({ n: v.pipe(v.number(), v.minValue(3)) }) }));
    expect(check.check({ 'a/b': { n: 3 } })).toEqual({ ok: true, value: { 'a/b': { n: 3 } } });
    expect(check.check({ 'a/b': { n: 1 } })).toMatchObject({
      ok: false,
      issues: [{ path: '/a~1b/n', received: '1' }],
    });
  });

  test('tells five issues at most', () => {
    const result = compile(z.array(z.string())).check(Array.from({ length: 1_000 }, () => 7));
    expect(result).toMatchObject({ ok: false, issues: { length: 5 } });
  });

  test('may be asynchronous', async () => {
    const check = compile(z.string().refine(async (text) => text !== 'taken', 'is taken'));
    await expect(check.check('free')).resolves.toEqual({ ok: true, value: 'free' });
    await expect(check.check('taken')).resolves.toEqual({
      ok: false,
      issues: [{ path: '', message: 'is taken', received: '"taken"' }],
    });
  });

  test('may be a function, as those of arktype are', () => {
    const callable = Object.assign(
      () => undefined,
      standard((value) => ({ value })),
    );
    expect(compile(callable).check(1)).toEqual({ ok: true, value: 1 });
  });

  test('that throws or rejects fails the value, not the run', async () => {
    const throwing = compile(
      standard(() => {
        throw new Error('bug');
      }),
    );
    const issues = [{ path: '', message: 'could not be checked: bug', received: '1' }];
    expect(throwing.check(1)).toEqual({ ok: false, issues });
    const rejecting = compile(standard(() => Promise.reject(new Error('bug'))));
    await expect(rejecting.check(1)).resolves.toEqual({ ok: false, issues });
  });

  test('that answers with nonsense fails the value too', async () => {
    const nonsense: unknown = undefined;
    const check = compile(standard(() => nonsense as StandardSchemaV1.Result<unknown>));
    expect(check.check(1)).toMatchObject({ ok: false });
    const late = compile(standard(() => Promise.resolve(nonsense as StandardSchemaV1.Result<unknown>)));
    await expect(late.check(1)).resolves.toMatchObject({ ok: false });
  });

  test('that refuses without a reason says that', () => {
    const message = 'was refused by its schema, which gives no reason';
    expect(compile(standard(() => ({ issues: [] }))).check(1)).toEqual({
      ok: false,
      issues: [{ path: '', message, received: '1' }],
    });
  });

  test('tells its JSON Schema where its library can', () => {
    expect(compile(z.object({ url: z.string() })).json).toMatchObject({
      type: 'object',
      properties: { url: { type: 'string' } },
      required: ['url'],
    });
    expect(compile(standard((value) => ({ value }))).json).toBeUndefined();
    const failing = {
      input: () => {
        throw new Error('no JSON Schema for this');
      },
    };
    expect(compile(standard((value) => ({ value }), { jsonSchema: failing })).json).toBeUndefined();
  });
});

test('isStandardSchema', () => {
  expect(isStandardSchema(z.string())).toBe(true);
  expect(isStandardSchema(v.string())).toBe(true);
  const others = [
    undefined,
    null,
    true,
    'x',
    {},
    { type: 'string' },
    { '~standard': {} },
    { '~standard': null },
  ];
  expect(others.map(isStandardSchema)).toEqual(others.map(() => false));
});

test('issues become one line, and a VALIDATION_ERROR', () => {
  const issues = [
    { path: '/url', message: 'must be string', received: '7' },
    { path: '', message: 'must have the property "text"', received: 'an object with url' },
  ];
  const line =
    'channel "facts", payload/url: must be string, got 7; ' +
    'payload: must have the property "text", got an object with url';
  expect(formatIssues('channel "facts"', issues)).toBe(line);
  expect(validationError('channel "facts"', issues)).toMatchObject({
    code: 'VALIDATION_ERROR',
    message: line,
    details: { where: 'channel "facts"', issues },
  });
});
