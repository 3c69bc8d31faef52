import { invalid, messageOf, PubSubError } from '../errors.js';
import { setOwn } from '../json.js';
import { escapePointer } from './json-pointer.js';

/** A JSON Schema that is an object, copied by {@link copySchema}: nobody else holds it, so it may be changed. */
export type SchemaNode = Record<string, unknown>;

/** Deepest nesting of a schema, counted in JSON levels: about half as many levels of described data. */
export const MAX_SCHEMA_DEPTH = 128;
/** Most JSON values (keys' values and array items, `enum` and `const` included) in one schema. */
export const MAX_SCHEMA_VALUES = 50_000;

/**
 * Copies a schema deeply as plain JSON, so that later changes by its owner reach no compiled check, and frozen schemas
 * can be used. Keys whose value is undefined are left out, as are symbol keys (TypeBox has some).
 *
 * @throws PubSubError `VALIDATION_ERROR` for anything that is not JSON, and past {@link MAX_SCHEMA_DEPTH} or
 * {@link MAX_SCHEMA_VALUES}, which also ends cycles.
 */
export function copySchema(schema: unknown): SchemaNode | boolean {
  if (typeof schema !== 'boolean' && !isNode(schema))
    throw invalid('schema', 'an object or a boolean', schema);
  let valuesLeft = MAX_SCHEMA_VALUES;

  const copy = (value: unknown, pointer: string, depth: number): unknown => {
    if (valuesLeft-- <= 0) throw exceeded('schema', `${MAX_SCHEMA_VALUES} JSON values`);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (typeof value !== 'object' || !isPlain(value)) throw invalid(`schema${pointer}`, 'plain JSON', value);
    if (depth >= MAX_SCHEMA_DEPTH) {
      throw exceeded('schema', `${MAX_SCHEMA_DEPTH} levels of nesting (is there a cycle?)`);
    }
    if (Array.isArray(value)) return value.map((item, index) => copy(item, `${pointer}/${index}`, depth + 1));
    const target: SchemaNode = {};
    for (const [key, child] of Object.entries(value)) {
      if (child !== undefined)
        setOwn(target, key, copy(child, `${pointer}/${escapePointer(key)}`, depth + 1));
    }
    return target;
  };

  try {
    const copied = copy(schema, '', 0);
    if (isNode(copied) || typeof copied === 'boolean') return copied;
    throw invalid('schema', 'an object or a boolean', schema);
  } catch (thrown) {
    if (thrown instanceof PubSubError) throw thrown;
    throw new PubSubError('VALIDATION_ERROR', `schema: could not be read: ${messageOf(thrown)}`, {
      cause: thrown,
    });
  }
}

/** A `VALIDATION_ERROR` for a schema that is larger than a limit. */
export function exceeded(field: string, limit: string): PubSubError {
  return new PubSubError('VALIDATION_ERROR', `${field}: has more than ${limit}`, {
    details: { field, expected: `at most ${limit}`, received: 'more' },
  });
}

/** True for what may be a schema of its own: an object that is no array. */
export function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Object literals, JSON.parse results, null-prototype objects and arrays, also those of another frame. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
