import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JSONSchema } from 'json-schema-to-ts';

export type { JSONSchema };

/**
 * A JSON Schema (2020-12, or draft-07 where `$schema` says so), or any Standard Schema: zod, valibot, arktype, …
 * Types are inferred from a JSON Schema that is written in place; one kept in a variable needs `as const`.
 */
export type AnySchema = JSONSchema | StandardSchemaV1;

/** A JSON Schema as the compiler sees one in a class, or in a variable without `as const`: its words are any strings. */
export interface WideSchema {
  readonly [keyword: string]: unknown;
}

/** Most issues reported for one value. */
export const MAX_ISSUES = 5;

/** One thing wrong with a value. */
export interface SchemaIssue {
  /** JSON Pointer to the value at fault; `''` is the whole value. */
  readonly path: string;
  /** What was expected, in words: `must be string`. */
  readonly message: string;
  /** A short description of what was there instead. */
  readonly received: string;
}

/**
 * Checks JSON values against one JSON Schema. Returns undefined when the value fits (the hot path, so nothing is
 * built), or the issues, at most five, most useful first. Never throws, and never changes the value. For `required` and
 * `additionalProperties`, the path is that of the object and the message names the property.
 */
export type CompiledSchema = (value: unknown) => readonly SchemaIssue[] | undefined;

/** Who is told what a validator has to say to the developer. */
export interface SchemaLog {
  info(note: string): void;
  warn(note: string): void;
}

/**
 * The port behind which JSON Schema implementations live. `compile` is called once per schema; it is synchronous. An
 * implementation takes only own properties for present, treats `format` as an annotation, and shares nothing between
 * schemas, not even with the same `$id`.
 *
 * @throws PubSubError `VALIDATION_ERROR` from `compile` when the schema is not one, naming what is wrong with it and
 * where.
 */
export interface SchemaValidator {
  /** Shown in logs: `ajv`, `cfworker`, … */
  readonly name: string;
  compile(schema: JSONSchema): CompiledSchema;
}
