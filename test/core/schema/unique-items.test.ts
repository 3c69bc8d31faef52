import { describe, expect, test } from 'vitest';
import { ajvValidator } from '../../../core/schema/ajv-validator.js';
import { evalFreeValidator } from '../../../core/schema/eval-free-validator.js';

const ajv = await ajvValidator();

/** Equal as JSON, or nearly: the last two of each are the same in the first list only. */
const SAME: readonly (readonly unknown[])[] = [
  [1, 1],
  [0, -0],
  ['a', 'b', 'a'],
  [null, null],
  [{ a: 1, b: 2 }, 7, { b: 2, a: 1 }],
  [[{ a: [{ x: 1, y: [0] }] }], [{ a: [{ y: [-0], x: 1 }] }]],
  [{}, {}],
  [[], []],
  [JSON.parse('{"__proto__": 1, "constructor": 2}'), JSON.parse('{"constructor": 2, "__proto__": 1}')],
];
const DIFFERENT: readonly (readonly unknown[])[] = [
  [],
  [1, '1', true, 'true', null, 'null', 0, false, ''],
  ['"a', 'a', '"a"'],
  [{ a: 1 }, '{"a":1}', [['a', 1]], ['a', 1], { a: '1' }],
  [[], {}, '[]', '{}', [[]], [{}], [null]],
  [{ a: 1, b: 2 }, { a: 2, b: 1 }, { a: 1 }, { a: 1, b: 2, c: 3 }],
  [{ ab: 'c' }, { a: 'bc' }],
  [JSON.parse('{"__proto__": 1}'), {}, JSON.parse('{"__proto__": 2}')],
];

describe.each([ajv, evalFreeValidator()])('uniqueItems: $name', (validator) => {
  test.each(SAME.map((items) => [items]))('%j has the same twice', (items) => {
    expect(validator.compile({ uniqueItems: true })(items)).toHaveLength(1);
    expect(validator.compile({ uniqueItems: false })(items)).toBeUndefined();
  });

  test.each(DIFFERENT.map((items) => [items]))('%j has nothing twice', (items) => {
    expect(validator.compile({ uniqueItems: true })(items)).toBeUndefined();
  });
});

test('ajv: properties that every object inherits may be called as those of others', () => {
  const check = ajv.compile({ uniqueItems: true });
  expect(check([{ valueOf: 1 }, { valueOf: 2 }, { toString: 1 }])).toBeUndefined();
  expect(check([{ valueOf: 1 }, { valueOf: 1 }])).toHaveLength(1);
});

test('ajv: each item is looked at once, however many there are', () => {
  let looks = 0;
  const watched = (value: object) =>
    new Proxy(value, {
      ownKeys(target) {
        looks++;
        return Reflect.ownKeys(target);
      },
    });
  const items = Array.from({ length: 1000 }, (_, id) => watched({ id, kind: 'page' }));
  expect(ajv.compile({ items: { type: 'object' }, uniqueItems: true })(items)).toBeUndefined();
  // Their keys are asked for, and those of what is made of them.
  expect(looks).toBeLessThanOrEqual(2 * items.length);
});
