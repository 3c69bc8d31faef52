import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../core/json.js';
import { answerOf } from '../../devtools/views/form-answer.js';
import { formField } from '../../devtools/views/form-fields.js';
import { recordOf } from '../../devtools/views/schema-rules.js';

test('a list of texts is asked for line by line, whether the schema says so or only the proposal shows it', () => {
  const items = { type: 'string', minLength: 1 };
  expect(formField({ type: 'array', items }, undefined)).toMatchObject({ kind: 'lines', initial: undefined });
  expect(formField({ type: 'array', items }, ['a', 'b'])).toMatchObject({
    kind: 'lines',
    initial: ['a', 'b'],
  });
  expect(formField(null, ['a', 'b'])).toMatchObject({ kind: 'lines', initial: ['a', 'b'] });
});

test('what lines cannot say is asked for as JSON', () => {
  for (const fallback of [['a line\nand another'], [1, 2], [['a']], []] as const) {
    expect(formField(null, fallback), JSON.stringify(fallback)).toMatchObject({
      kind: 'json',
      initial: fallback,
    });
  }
  expect(formField({ type: 'array', items: { type: 'number' } }, [1])).toMatchObject({ kind: 'json' });
});

test('an object asks for each of its members', () => {
  const schema = {
    type: 'object',
    required: ['tags'],
    properties: { tags: { type: 'array', items: { type: 'string' } }, when: { type: 'string' } },
  };
  expect(formField(schema, { tags: ['x'] })).toMatchObject({
    kind: 'object',
    initial: { tags: ['x'] },
    members: [
      { name: 'tags', required: true, field: { kind: 'lines' } },
      { name: 'when', required: false, field: { kind: 'text' } },
    ],
  });
});

/** What is sent by a person who changes only this much of a form. */
function answered(schema: JsonValue, entered?: { readonly [key: string]: JsonValue }, fallback?: JsonValue) {
  const field = formField(schema, fallback);
  return answerOf(field, entered ? { ...recordOf(field.initial), ...entered } : field.initial);
}

describe('what nobody answered is not sent', () => {
  const kind = { enum: ['delete-everything', 'keep'] };
  const schema = {
    type: 'object',
    required: ['title'],
    properties: {
      title: { type: 'string' },
      kind,
      urgent: { type: 'boolean' },
      tags: { type: 'array', items: { type: 'string' } },
      pages: { type: 'number' },
      anything: {},
    },
  };

  test('members that are optional', () => {
    expect(answered(schema, { title: 'T' })).toEqual({ value: { title: 'T' }, complete: true });
    expect(answered(schema, { title: 'T', urgent: false, kind: 'keep' }).value).toEqual({
      title: 'T',
      urgent: false,
      kind: 'keep',
    });
  });

  test('a text that was emptied again, unless it began with a default', () => {
    const note = { type: 'object', properties: { note: { type: 'string' } } };
    expect(answered(note, { note: '' }).value).toEqual({});
    expect(answered(note, { note: '' }, { note: 'proposed' }).value).toEqual({ note: '' });
  });

  test('the first of some choices, and a bare yes or no', () => {
    for (const bare of [kind, { type: 'boolean' }, { type: 'number' }, {}]) {
      expect(answered(bare), JSON.stringify(bare)).toEqual({ value: undefined, complete: false });
    }
  });

  test('a choice that is required is missing until it is made', () => {
    const needed = { ...schema, required: ['title', 'kind'] };
    expect(answered(needed, { title: 'T' }).complete).toBe(false);
    expect(answered(needed, { title: 'T', kind: 'keep' })).toEqual({
      value: { title: 'T', kind: 'keep' },
      complete: true,
    });
  });

  test('an optional object whose required members nobody touched', () => {
    const inner = {
      type: 'object',
      required: ['kind', 'why'],
      properties: { kind, why: { type: 'string' } },
    };
    const outer = { type: 'object', properties: { inner } };
    expect(answered(outer, {})).toEqual({ value: {}, complete: true });
    expect(answered(outer, { inner: { why: '' } })).toEqual({ value: {}, complete: true });
    expect(answered(outer, { inner: { why: 'W' } }).complete).toBe(false);
    expect(answered(outer, { inner: { kind: 'keep' } }).value).toEqual({ inner: { kind: 'keep', why: '' } });
  });
});

test('a box that is required says no when it is not ticked, a text that is required is empty', () => {
  const properties = { approve: { type: 'boolean' }, note: { type: 'string' } };
  const schema = { type: 'object', required: ['approve', 'note'], properties };
  expect(answered(schema)).toEqual({ value: { approve: false, note: '' }, complete: true });
});

test('a form begins with the defaults of the question and of its schema, also with null', () => {
  const properties = {
    kind: { enum: ['a', null], default: null },
    sure: { type: 'boolean', default: false },
  };
  expect(answered({ type: 'object', properties }).value).toEqual({ kind: null, sure: false });
  expect(answered({ enum: ['a', 'b'] }, undefined, 'b').value).toBe('b');
  expect(
    answered({ type: 'object', properties: { kind: { enum: ['a', null] } } }, {}, { kind: null }).value,
  ).toEqual({
    kind: null,
  });
  expect(answered({ enum: ['a', 'b'] }, undefined, 'gone')).toEqual({ value: undefined, complete: false });
});

describe('null is an answer where the schema says so', () => {
  const member = (rules: JsonValue, required: boolean): JsonValue => ({
    type: 'object',
    properties: { v: rules },
    required: required ? ['v'] : [],
  });

  test('a default that is null stays null', () => {
    const kinds = ['string', 'number', 'boolean', 'array', 'object'];
    for (const kind of kinds) {
      const rules = { type: [kind, 'null'], items: { type: 'string' }, properties: { inner: {} } };
      for (const required of [true, false]) {
        const sent = answered(member(rules, required), undefined, { v: null });
        expect(sent, `${kind} ${required}`).toEqual({ value: { v: null }, complete: true });
      }
      expect(answered({ ...rules, default: null }), kind).toEqual({ value: null, complete: true });
    }
  });

  test('nothing entered is null where an answer is needed, and nothing where none is', () => {
    for (const kind of ['string', 'number']) {
      const rules = { type: ['null', kind] };
      expect(answered(rules), kind).toEqual({ value: null, complete: true });
      expect(answered(member(rules, true)), kind).toEqual({ value: { v: null }, complete: true });
      expect(answered(member(rules, false)), kind).toEqual({ value: {}, complete: true });
      expect(answered(member(rules, false), { v: null }).value, kind).toEqual({ v: null });
    }
    expect(answered(member({ type: ['string', 'null'] }, true), { v: '' }).value).toEqual({ v: '' });
    expect(answered(member({ type: ['string', 'null'] }, false), { v: '' }).value).toEqual({});
  });

  test('several types are asked for as JSON: no control could give all of them', () => {
    const either = { type: ['string', 'number', 'null'] };
    expect(formField(either, 'five')).toMatchObject({ kind: 'json', nullable: true, initial: 'five' });
    expect(answered(either)).toEqual({ value: null, complete: true });
    const both = { type: ['string', 'number'] };
    expect(formField(both, undefined)).toMatchObject({ kind: 'json', nullable: false });
    expect(answered(both).complete).toBe(false);
  });
});
