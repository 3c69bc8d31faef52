import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { JSONSchema } from 'json-schema-to-ts';

/** A JSON Schema (draft 2020-12 or draft-07), or any Standard Schema: zod, valibot, arktype, … */
export type AnySchema = JSONSchema | StandardSchemaV1;

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
 * built), or the issues, at most a handful, most useful first.
 */
export type CompiledSchema = (value: unknown) => readonly SchemaIssue[] | undefined;

/**
 * The port behind which JSON Schema implementations live. `compile` is called once per schema; it is synchronous.
 * @throws PubSubError `VALIDATION_ERROR` from `compile` when the schema is not one, naming what is wrong with it.
 */
export interface SchemaValidator {
  /** Shown in logs: `ajv`, `cfworker`, … */
  readonly name: string;
  compile(schema: JSONSchema): CompiledSchema;
}
