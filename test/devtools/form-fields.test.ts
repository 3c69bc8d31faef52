import { expect, test } from 'vitest';
import { formField } from '../../devtools/views/form-fields.js';

test('a list of texts is asked for line by line, whether the schema says so or only the proposal shows it', () => {
  const items = { type: 'string', minLength: 1 };
  expect(formField({ type: 'array', items }, null)).toMatchObject({ kind: 'lines', initial: [] });
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
