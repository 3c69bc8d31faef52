import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../core/json.js';
import { answerOf } from '../../devtools/views/form-answer.js';
import { formField } from '../../devtools/views/form-fields.js';
import { hintOf, rulesOf, skeletonOf } from '../../devtools/views/schema-rules.js';

describe('what a form can be made of', () => {
  test('references within the schema, parts of an allOf, and "this or null"', () => {
    const $defs = {
      page: { type: 'object', properties: { url: { $ref: '#/$defs/a~1b' } }, required: ['url'] },
      'a/b': { type: 'string', title: 'Address' },
    };
    expect(formField({ $ref: '#/$defs/page', $defs }, undefined)).toMatchObject({
      kind: 'object',
      members: [{ name: 'url', required: true, field: { kind: 'text', title: 'Address' } }],
    });
    const parts = [
      { type: 'object', properties: { a: { type: 'string' } } },
      { properties: { b: {} }, required: ['b'] },
    ];
    expect(formField({ allOf: parts }, undefined)).toMatchObject({
      kind: 'object',
      members: [
        { name: 'a', required: false },
        { name: 'b', required: true },
      ],
    });
    const maybe = { anyOf: [{ type: 'string', minLength: 2 }, { type: 'null' }], title: 'Maybe' };
    expect(formField(maybe, undefined)).toMatchObject({ kind: 'text', nullable: true, title: 'Maybe' });
    expect(answerOf(formField(maybe, undefined), undefined)).toEqual({ value: null, complete: true });
  });

  test('references that go in circles, lead nowhere or branch without end still come to a form', () => {
    expect(formField({ $ref: '#' }, undefined).kind).toBe('json');
    expect(formField({ $ref: '#/nowhere' }, undefined).kind).toBe('json');
    expect(formField({ $ref: 'https://example.org/schema' }, undefined).kind).toBe('json');
    const bomb = { allOf: [{ $ref: '#' }, { $ref: '#' }, { $ref: '#' }], type: 'string' };
    expect(formField(bomb, undefined).kind).toBe('text');
    const tree: JsonValue = { type: 'object', properties: { left: { $ref: '#' }, right: { $ref: '#' } } };
    expect(formField(tree, undefined)).toMatchObject({ kind: 'object' });
    expect(JSON.stringify(skeletonOf(tree, tree)).length).toBeLessThan(1000);
  });

  test('a list of choices is ticked; choices with titles are called by them', () => {
    const colours = { type: 'array', items: { enum: ['red', 'green', null] } };
    expect(formField(colours, ['red'])).toMatchObject({
      kind: 'ticks',
      words: ['red', 'green', 'no value (null)'],
      initial: ['red'],
    });
    expect(answerOf(formField(colours, undefined), undefined)).toEqual({ value: [], complete: true });
    expect(formField(colours, ['pink'])).toMatchObject({ kind: 'ticks', initial: undefined });
    const titled = { oneOf: [{ const: 'a', title: 'Alpha' }, { const: 2 }] };
    expect(formField(titled, undefined)).toMatchObject({
      kind: 'choice',
      choices: ['a', 2],
      words: ['Alpha', '2'],
    });
  });
});

test('what is asked for as JSON comes with its schema and a skeleton, unless the schema says nothing', () => {
  const either = {
    oneOf: [
      {
        type: 'object',
        properties: { kind: { const: 'x' }, n: { type: 'number' } },
        required: ['kind', 'n'],
      },
      { type: 'object', properties: { kind: { const: 'y' } } },
    ],
  };
  expect(formField(either, undefined)).toMatchObject({
    kind: 'json',
    initial: undefined,
    schema: either,
    skeleton: { kind: 'x', n: 0 },
  });
  for (const silent of [null, true, {}, { title: 'T', description: 'D' }]) {
    expect(formField(silent, undefined)).not.toHaveProperty('schema');
  }
});

test('what no control shows is said in words', () => {
  const rules = rulesOf({ exclusiveMinimum: 0, multipleOf: 0.25 }, null);
  expect(hintOf(rules)).toBe('More than 0, a multiple of 0.25.');
  expect(hintOf({ minLength: 1, pattern: '^a', format: 'email' })).toBe(
    'At least 1 character, matching ^a, in the format email.',
  );
  expect(hintOf({ type: 'string' })).toBe('');
});
