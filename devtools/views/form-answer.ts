import type { JsonValue } from '../../core/json.js';
import type { FormField } from './form-fields.js';
import { recordOf } from './schema-rules.js';

export interface Answer {
  /** What is sent; undefined: nothing. */
  readonly value: JsonValue | undefined;
  /** False while something that is needed has no answer. */
  readonly complete: boolean;
}

/**
 * What a person who left a form like this has answered. `entered` holds what went into the controls, and the defaults
 * that they began with; a member that nobody touched is not in it, and is not sent unless it is required.
 */
export function answerOf(field: FormField, entered: JsonValue | undefined, required = true): Answer {
  if (!required && !isGiven(field, entered)) return { value: undefined, complete: true };
  if (field.kind !== 'object' || isNull(field, entered, true)) {
    const value = isNull(field, entered, true) ? null : (entered ?? emptyOf(field));
    return { value, complete: value !== undefined };
  }
  const given = recordOf(entered) ?? {};
  const members = field.members.map((member) => ({
    name: member.name,
    ...answerOf(member.field, given[member.name], member.required),
  }));
  const answered = members.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { value: Object.fromEntries(answered), complete: members.every(({ complete }) => complete) };
}

/** Whether a form left like this says null here: where it may, that is what nothing at all comes to. */
export function isNull({ nullable }: FormField, entered: JsonValue | undefined, required: boolean): boolean {
  return entered === null || (nullable && required && entered === undefined);
}

/** Whether a person, or a default, has said anything here. A control that was emptied again is as before. */
export function isGiven(field: FormField, entered: JsonValue | undefined): boolean {
  if (entered === undefined || field.initial !== undefined) return entered !== undefined;
  if (field.kind !== 'object' || entered === null)
    return JSON.stringify(entered) !== JSON.stringify(emptyOf(field));
  const members = recordOf(entered) ?? {};
  return field.members.some((member) => isGiven(member.field, members[member.name]));
}

/** What a control says when it is left empty. The others say nothing: a choice, a number, a piece of JSON. */
export function emptyOf({ kind }: FormField): JsonValue | undefined {
  switch (kind) {
    case 'text':
      return '';
    case 'lines':
    case 'ticks':
      return [];
    case 'tick':
      return false;
    default:
      return undefined;
  }
}
