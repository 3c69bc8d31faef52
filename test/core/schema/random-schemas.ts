import fc from 'fast-check';
import { KEYWORD_CASES } from './keyword-table.js';

const leaf = fc.constantFrom<object | boolean>(
  true,
  {},
  ...KEYWORD_CASES.map(({ schema }) => schema)
    // Not `$ref`, whose pointers hold at the root only; not `multipleOf`, where ajv rounds; not the
    // keyword whose known mistake is held above.
    .filter((schema) => !/"\$|"multipleOf"|"unevaluated/.test(JSON.stringify(schema))),
);
const { schema } = fc.letrec<{ schema: object | boolean }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    leaf,
    fc.record({ properties: fc.record({ a: tie('schema'), b: tie('schema') }) }),
    fc.record({ items: tie('schema'), prefixItems: fc.tuple(tie('schema')) }, { requiredKeys: ['items'] }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
      required: fc.constant(['a']),
    }),
    fc.record({ not: tie('schema') }),
    fc.record({
      additionalProperties: tie('schema'),
      patternProperties: fc.record({ '^a': tie('schema') }),
    }),
    // biome-ignore lint/suspicious/noThenProperty: the keyword is called that
    fc.record({ if: tie('schema'), then: tie('schema'), else: tie('schema') }),
    fc.record({ contains: tie('schema') }),
  ),
}));
/** Schemas of several keywords inside each other, on which both validators must agree. */
export const randomSchemas: fc.Arbitrary<object | boolean> = schema;

const anyValues = fc.oneof(
  fc.constantFrom(
    ...KEYWORD_CASES.flatMap(({ fits, fails }) => [...fits, ...fails.map(({ value }) => value)]),
  ),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom('a', 'b', 'kind', 's_a'), fc.jsonValue({ maxDepth: 1 })),
  fc.array(fc.jsonValue({ maxDepth: 1 })),
);
/** Values that the schemas of the table take or refuse, and others. */
export const randomValues: fc.Arbitrary<unknown> = anyValues
  // ajv cannot compare objects that have keys of these names.
  .filter((value) => !/"(toString|valueOf)"/.test(JSON.stringify(value)));
