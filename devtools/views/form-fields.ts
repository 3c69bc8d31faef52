import type { JsonValue } from '../../core/json.js';
import { hintOf, isList, type Rules, recordOf, rulesOf, skeletonOf } from './schema-rules.js';

/** What one control of a form asks for. */
export type FormField = {
  readonly title: string;
  readonly description: string;
  /** What else the answer has to be, in words. */
  readonly hint: string;
  /** Where the form begins: at a default, never at an answer that nobody gave. */
  readonly initial: JsonValue | undefined;
  /** Whether null is an answer besides those that its control can give. */
  readonly nullable: boolean;
} & (
  | { readonly kind: 'text' | 'tick' | 'lines' }
  /** For what no control fits: the schema to be read, if it says anything, and something of its form to begin with. */
  | { readonly kind: 'json'; readonly schema?: JsonValue; readonly skeleton?: JsonValue }
  | { readonly kind: 'number'; readonly whole: boolean; readonly minimum?: number; readonly maximum?: number }
  /** One of the choices; any of them. Each has its word. */
  | {
      readonly kind: 'choice' | 'ticks';
      readonly choices: readonly JsonValue[];
      readonly words: readonly string[];
    }
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
  /** The whole schema, into which references point. */
  readonly root?: JsonValue;
}
/** A question that is no member of an object: its answer is needed, but no control says by being empty what it is. */
const BARE: Place = { name: '', depth: 0, required: false };

/** The form for a JSON Schema. What no control fits is asked for as JSON, so that every schema can be answered. */
export function formField(
  schema: JsonValue,
  fallback: JsonValue | undefined,
  place: Place = BARE,
): FormField {
  const { name, depth, root = schema } = place;
  const rules = rulesOf(schema, root);
  // Null may be the default of either.
  const own = rules.default ?? (fallback === undefined ? rules.default : fallback);
  const types = isList(rules.type) ? rules.type.filter((each) => each !== 'null') : [];
  const nullable = isList(rules.type) && types.length < rules.type.length && types.length > 0;
  /** The default, if it is what the control can show. */
  const from = (fits: boolean): JsonValue | undefined =>
    fits || (nullable && own === null) ? own : undefined;
  const base = {
    title: typeof rules.title === 'string' ? rules.title : name,
    description: typeof rules.description === 'string' ? rules.description : '',
    hint: hintOf(rules),
    nullable,
  };
  /** Where no control fits. */
  const asJson = (): FormField => {
    const isSaying = Object.keys(rules).some((keyword) => !QUIET.has(keyword));
    return {
      ...base,
      kind: 'json',
      initial: own,
      ...(isSaying && { schema, skeleton: skeletonOf(schema, root) }),
    };
  };
  const choices = choicesOf(rules);
  if (choices) {
    const initial = placeIn(choices.choices, own) < 0 ? undefined : own;
    return { ...base, nullable: false, kind: 'choice', ...choices, initial };
  }
  // No control writes now a number, now a text: one of them would never be sent.
  if (types.length > 1) return asJson();
  const type = isList(rules.type) ? types[0] : (rules.type ?? (rules.properties ? 'object' : undefined));
  switch (type) {
    case 'string':
      return { ...base, kind: 'text', initial: from(typeof own === 'string') };
    case 'boolean': {
      const initial = from(typeof own === 'boolean');
      // A box that is not ticked says no. Who may leave the question open, or say null, needs a third state.
      if (place.required && !nullable) return { ...base, kind: 'tick', initial };
      const either = nullable ? [true, false, null] : [true, false];
      return { ...base, nullable: false, kind: 'choice', ...worded(either), initial };
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
    case 'array': {
      const items = rulesOf(rules.items ?? null, root);
      const some = choicesOf(items);
      if (some) {
        const fits = isList(own) && own.every((each) => placeIn(some.choices, each) >= 0);
        return { ...base, kind: 'ticks', ...some, initial: from(fits) };
      }
      // Without a schema of its items nobody knows that they are texts, unless those proposed all are.
      if (!isTexts(own) && items.type !== 'string') break;
      return { ...base, kind: 'lines', initial: from(isTexts(own)) };
    }
    case 'object': {
      const properties = recordOf(rules.properties);
      if (!properties || depth >= DEEPEST) break;
      const given = recordOf(own);
      const needed = isList(rules.required) ? rules.required : [];
      const members = Object.entries(properties).map(([member, inner]) => {
        const required = needed.includes(member);
        const field = formField(inner, given?.[member], { name: member, depth: depth + 1, required, root });
        return { name: member, required, field };
      });
      const initial = from(false) === null ? null : (initialOf(members) ?? (given && {}));
      return { ...base, kind: 'object', members, initial };
    }
  }
  if (type === undefined && isTexts(own) && own.length > 0) return { ...base, kind: 'lines', initial: own };
  return asJson();
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

/** Keywords that say nothing of what an answer looks like. */
const QUIET: ReadonlySet<string> = new Set([
  'title',
  'description',
  'default',
  '$schema',
  '$id',
  '$defs',
  'definitions',
]);

interface Choices {
  readonly choices: readonly JsonValue[];
  readonly words: readonly string[];
}

function choicesOf(rules: Rules): Choices | undefined {
  if (rules.const !== undefined) return worded([rules.const]);
  if (isList(rules.enum)) return worded(rules.enum);
  const either = rules.oneOf ?? rules.anyOf;
  if (!isList(either)) return undefined;
  const named = either.flatMap((each) => {
    const { const: value, title } = recordOf(each) ?? {};
    return value === undefined ? [] : [{ value, word: typeof title === 'string' ? title : wordFor(value) }];
  });
  if (named.length < either.length) return undefined;
  return { choices: named.map(({ value }) => value), words: named.map(({ word }) => word) };
}

function worded(choices: readonly JsonValue[]): Choices {
  return { choices, words: choices.map(wordFor) };
}

function wordFor(choice: JsonValue): string {
  if (choice === null) return 'no value (null)';
  if (typeof choice === 'boolean') return choice ? 'yes' : 'no';
  return typeof choice === 'string' ? choice : JSON.stringify(choice);
}
