import type { JsonValue } from '../../core/json.js';

/** The keywords of one schema. */
export interface Rules {
  readonly [keyword: string]: JsonValue;
}

/** Schemas looked at for one field: references may go in circles, and lists of them may branch without end. */
const MOST_LOOKS = 64;
const DEEPEST_SKELETON = 4;

/**
 * What a schema asks for, as far as a form needs it: references within the schema are followed, the parts of an `allOf`
 * joined, and "this or null" is this, which may be null. The validator has the last word on what is sent.
 */
export function rulesOf(schema: JsonValue, root: JsonValue): Rules {
  return resolved(schema, root, { left: MOST_LOOKS });
}

function resolved(schema: JsonValue, root: JsonValue, looks: { left: number }): Rules {
  let rules: Rules = recordOf(schema) ?? {};
  if (--looks.left < 0) return rules;
  const { $ref, allOf, ...others } = rules;
  const target = typeof $ref === 'string' ? pointedAt(root, $ref) : undefined;
  if (target !== undefined || isList(allOf)) {
    const parts = [...(target === undefined ? [] : [target]), ...(isList(allOf) ? allOf : [])];
    rules = [...parts.map((part) => resolved(part, root, looks)), others].reduce(joined, {});
  }
  const either = rules.anyOf ?? rules.oneOf;
  if (!isList(either)) return rules;
  const something = either.filter((each) => !isNullOnly(recordOf(each) ?? {}));
  const [only] = something;
  if (something.length !== 1 || something.length === either.length || only === undefined) return rules;
  const { anyOf: _any, oneOf: _one, ...beside } = rules;
  return orNull(joined(resolved(only, root, looks), beside));
}

function joined(left: Rules, right: Rules): Rules {
  const properties = { ...recordOf(left.properties), ...recordOf(right.properties) };
  const required = [left.required, right.required].flatMap((each) => (isList(each) ? each : []));
  return {
    ...left,
    ...right,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
  };
}

function isNullOnly(rules: Rules): boolean {
  return rules.type === 'null' || rules.const === null;
}

function orNull(rules: Rules): Rules {
  if (isList(rules.enum)) return { ...rules, enum: [...rules.enum, null] };
  const types = isList(rules.type) ? rules.type : [rules.type ?? []].flat();
  return types.length === 0 ? rules : { ...rules, type: [...types, 'null'] };
}

/** What stands at a reference like `#/$defs/page`. */
function pointedAt(root: JsonValue, reference: string): JsonValue | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let at: JsonValue | undefined = root;
  for (const step of reference.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isList(at) ? at[Number(key)] : recordOf(at)?.[key];
  }
  return at;
}

/** Something of the form that a schema asks for, to be filled in: never an answer by itself. */
export function skeletonOf(schema: JsonValue, root: JsonValue, depth = 0): JsonValue {
  const rules = rulesOf(schema, root);
  if (rules.default !== undefined) return rules.default;
  if (rules.const !== undefined) return rules.const;
  const [first] = [rules.enum, rules.oneOf, rules.anyOf].flatMap((each) =>
    isList(each) ? each.slice(0, 1) : [],
  );
  if (first !== undefined) return isList(rules.enum) ? first : skeletonOf(first, root, depth + 1);
  const [type] = isList(rules.type) ? rules.type : [rules.type ?? (rules.properties ? 'object' : null)];
  if (depth >= DEEPEST_SKELETON) return null;
  switch (type) {
    case 'object': {
      const all = Object.entries(recordOf(rules.properties) ?? {});
      const needed = isList(rules.required) ? rules.required : [];
      const shown = needed.length > 0 ? all.filter(([name]) => needed.includes(name)) : all;
      return Object.fromEntries(shown.map(([name, inner]) => [name, skeletonOf(inner, root, depth + 1)]));
    }
    case 'array':
      return rules.items === undefined ? [] : [skeletonOf(rules.items, root, depth + 1)];
    case 'string':
      return '';
    case 'number':
    case 'integer':
      return 0;
    case 'boolean':
      return false;
    default:
      return null;
  }
}

/** What no control shows by itself, in words. */
export function hintOf(rules: Rules): string {
  const said = ([keyword, words]: readonly [string, (value: string) => string]): string[] => {
    const value = rules[keyword];
    return typeof value === 'number' || typeof value === 'string' ? [words(String(value))] : [];
  };
  const text = HINTS.flatMap(said).join(', ');
  return text === '' ? '' : `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

const HINTS: readonly (readonly [string, (value: string) => string])[] = [
  ['minimum', (value) => `at least ${value}`],
  ['exclusiveMinimum', (value) => `more than ${value}`],
  ['maximum', (value) => `at most ${value}`],
  ['exclusiveMaximum', (value) => `less than ${value}`],
  ['multipleOf', (value) => `a multiple of ${value}`],
  ['minLength', (value) => `at least ${value} ${value === '1' ? 'character' : 'characters'}`],
  ['maxLength', (value) => `at most ${value} ${value === '1' ? 'character' : 'characters'}`],
  ['minItems', (value) => `at least ${value} of them`],
  ['maxItems', (value) => `at most ${value} of them`],
  ['pattern', (value) => `matching ${value}`],
  ['format', (value) => `in the format ${value}`],
];

export function recordOf(value: JsonValue | undefined): Rules | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
