import type { JsonValue } from '../../core/json.js';

/** What one control of a form asks for. */
export type FormField = {
  readonly title: string;
  readonly description: string;
  readonly initial: JsonValue;
} & (
  | { readonly kind: 'text' | 'boolean' | 'json' | 'lines' }
  | { readonly kind: 'number'; readonly whole: boolean; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'choice'; readonly choices: readonly JsonValue[] }
  | { readonly kind: 'object'; readonly members: readonly FormMember[] }
);

export interface FormMember {
  readonly name: string;
  readonly required: boolean;
  readonly field: FormField;
}

/** Objects inside of objects that get controls of their own; deeper ones are written as JSON. */
const DEEPEST = 3;

/** The form for a JSON Schema. What no control fits is asked for as JSON, so that every schema can be answered. */
export function formField(schema: JsonValue, fallback: JsonValue, title = '', depth = 0): FormField {
  const rules = recordOf(schema) ?? {};
  const own = rules.default ?? fallback;
  const base = {
    title: typeof rules.title === 'string' ? rules.title : title,
    description: typeof rules.description === 'string' ? rules.description : '',
  };
  const choices = choicesOf(rules);
  if (choices) return { ...base, kind: 'choice', choices, initial: own ?? choices[0] ?? null };
  const type = Array.isArray(rules.type) ? rules.type.find((each) => each !== 'null') : rules.type;
  switch (type) {
    case 'string':
      return { ...base, kind: 'text', initial: typeof own === 'string' ? own : '' };
    case 'boolean':
      return { ...base, kind: 'boolean', initial: own === true };
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        whole: type === 'integer',
        initial: typeof own === 'number' ? own : null,
        ...(typeof rules.minimum === 'number' && { minimum: rules.minimum }),
        ...(typeof rules.maximum === 'number' && { maximum: rules.maximum }),
      };
    case 'array':
      // Without a schema of its items nobody knows that they are texts, unless those proposed all are.
      if (!isTexts(own) && recordOf(rules.items ?? null)?.type !== 'string') break;
      return { ...base, kind: 'lines', initial: isTexts(own) ? own : [] };
    case 'object': {
      const properties = recordOf(rules.properties ?? null);
      if (!properties || depth >= DEEPEST) break;
      const given = recordOf(own) ?? {};
      const required = Array.isArray(rules.required) ? rules.required : [];
      const members = Object.entries(properties).map(([name, inner]) => ({
        name,
        required: required.includes(name),
        field: formField(inner, given[name] ?? null, name, depth + 1),
      }));
      return { ...base, kind: 'object', members, initial: initialOf(members) };
    }
  }
  if (type === undefined && isTexts(own) && own.length > 0) return { ...base, kind: 'lines', initial: own };
  return { ...base, kind: 'json', initial: own };
}

/** A list of texts, none of which has a line of its own inside. */
function isTexts(value: JsonValue): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes('\n'));
}

/** What an object's form begins with: its required members, and those that have a default. */
function initialOf(members: readonly FormMember[]): JsonValue {
  return Object.fromEntries(
    members
      .filter(({ required, field }) => required || (field.initial !== null && field.initial !== ''))
      .map(({ name, field }) => [name, field.initial]),
  );
}

function choicesOf(rules: { readonly [key: string]: JsonValue }): readonly JsonValue[] | undefined {
  if (rules.const !== undefined) return [rules.const];
  if (Array.isArray(rules.enum)) return rules.enum;
  const either = rules.oneOf ?? rules.anyOf;
  if (!Array.isArray(either)) return undefined;
  const constants = either.map((each: JsonValue) => recordOf(each)?.const);
  return constants.every((each) => each !== undefined) ? constants : undefined;
}

export function recordOf(value: JsonValue): { readonly [key: string]: JsonValue } | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
