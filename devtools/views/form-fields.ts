import type { JsonValue } from '../../core/json.js';

/** What one control of a form asks for. */
export type FormField = {
  readonly title: string;
  readonly description: string;
  /** Where the form begins: at a default, never at an answer that nobody gave. */
  readonly initial: JsonValue | undefined;
  /** Whether null is an answer besides those that its control can give. */
  readonly nullable: boolean;
} & (
  | { readonly kind: 'text' | 'tick' | 'json' | 'lines' }
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

/** Where a field stands in its form. */
interface Place {
  readonly name: string;
  readonly depth: number;
  readonly required: boolean;
}
/** A question that is no member of an object: its answer is needed, but no control says by being empty what it is. */
const BARE: Place = { name: '', depth: 0, required: false };

/** The form for a JSON Schema. What no control fits is asked for as JSON, so that every schema can be answered. */
export function formField(
  schema: JsonValue,
  fallback: JsonValue | undefined,
  place: Place = BARE,
): FormField {
  const rules = recordOf(schema) ?? {};
  const { name, depth } = place;
  // Null may be the default of either.
  const own = rules.default ?? (fallback === undefined ? rules.default : fallback);
  const types = Array.isArray(rules.type) ? rules.type.filter((each: JsonValue) => each !== 'null') : [];
  const nullable = Array.isArray(rules.type) && types.length < rules.type.length && types.length > 0;
  /** The default, if it is what the control can show. */
  const from = (fits: boolean): JsonValue | undefined =>
    fits || (nullable && own === null) ? own : undefined;
  const base = {
    title: typeof rules.title === 'string' ? rules.title : name,
    description: typeof rules.description === 'string' ? rules.description : '',
    nullable,
  };
  const choices = choicesOf(rules);
  if (choices) {
    return {
      ...base,
      nullable: false,
      kind: 'choice',
      choices,
      initial: placeIn(choices, own) < 0 ? undefined : own,
    };
  }
  // No control writes now a number, now a text: one of them would never be sent.
  if (types.length > 1) return { ...base, kind: 'json', initial: own };
  const type = Array.isArray(rules.type) ? types[0] : rules.type;
  switch (type) {
    case 'string':
      return { ...base, kind: 'text', initial: from(typeof own === 'string') };
    case 'boolean': {
      const initial = from(typeof own === 'boolean');
      // A box that is not ticked says no. Who may leave the question open, or say null, needs a third state.
      if (place.required && !nullable) return { ...base, kind: 'tick', initial };
      const either = nullable ? [true, false, null] : [true, false];
      return { ...base, nullable: false, kind: 'choice', choices: either, initial };
    }
    case 'number':
    case 'integer':
      return {
        ...base,
        kind: 'number',
        whole: type === 'integer',
        initial: from(typeof own === 'number'),
        ...(typeof rules.minimum === 'number' && { minimum: rules.minimum }),
        ...(typeof rules.maximum === 'number' && { maximum: rules.maximum }),
      };
    case 'array':
      // Without a schema of its items nobody knows that they are texts, unless those proposed all are.
      if (!isTexts(own) && recordOf(rules.items ?? null)?.type !== 'string') break;
      return { ...base, kind: 'lines', initial: from(isTexts(own)) };
    case 'object': {
      const properties = recordOf(rules.properties ?? null);
      if (!properties || depth >= DEEPEST) break;
      const given = recordOf(own);
      const needed = Array.isArray(rules.required) ? rules.required : [];
      const members = Object.entries(properties).map(([member, inner]) => {
        const required = needed.includes(member);
        const field = formField(inner, given?.[member], { name: member, depth: depth + 1, required });
        return { name: member, required, field };
      });
      const initial = from(false) === null ? null : (initialOf(members) ?? (given && {}));
      return { ...base, kind: 'object', members, initial };
    }
  }
  if (type === undefined && isTexts(own) && own.length > 0) return { ...base, kind: 'lines', initial: own };
  return { ...base, kind: 'json', initial: own };
}

/** A list of texts, none of which has a line of its own inside. */
function isTexts(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && !each.includes('\n'));
}

/** What an object's form begins with: those members that have a default. */
function initialOf(members: readonly FormMember[]): JsonValue | undefined {
  const begun = members.flatMap(({ name, field }) =>
    field.initial === undefined ? [] : [[name, field.initial] as const],
  );
  return begun.length === 0 ? undefined : Object.fromEntries(begun);
}

/** Which of the choices a value is, or -1. */
export function placeIn(choices: readonly JsonValue[], value: JsonValue | undefined): number {
  const wanted = JSON.stringify(value);
  return choices.findIndex((choice) => JSON.stringify(choice) === wanted);
}

function choicesOf(rules: { readonly [key: string]: JsonValue }): readonly JsonValue[] | undefined {
  if (rules.const !== undefined) return [rules.const];
  if (Array.isArray(rules.enum)) return rules.enum;
  const either = rules.oneOf ?? rules.anyOf;
  if (!Array.isArray(either)) return undefined;
  const constants = either.map((each: JsonValue) => recordOf(each)?.const);
  return constants.every((each) => each !== undefined) ? constants : undefined;
}

export function recordOf(value: JsonValue | undefined): { readonly [key: string]: JsonValue } | undefined {
  return typeof value === 'object' && value !== null && !isList(value) ? value : undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
