import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, messageOf, PubSubError, toPubSubError } from '../errors.js';
import type { FittingCopy } from './fitting-copy.js';
import { escapePointer, valueAt } from './json-pointer.js';
import {
  type CompiledSchema,
  type JSONSchema,
  MAX_ISSUES,
  type SchemaIssue,
  type SchemaValidator,
} from './schema-validator.js';

/** What a check says: the value to go on with (another one where the schema transforms), or what is wrong with it. */
export type CheckResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly SchemaIssue[] };

/** One schema, ready to check values: the same for JSON Schema and for Standard Schema. */
export interface SchemaCheck {
  /** True where `check` may hand back another value than it was given: any Standard Schema. */
  readonly transforms: boolean;
  /** A promise only where the schema is an asynchronous Standard Schema. Never throws, never rejects. */
  check(value: unknown): CheckResult | Promise<CheckResult>;
  /**
   * The same check without a result object, for the hot path. Only JSON Schema has it, and not before it is compiled:
   * read it anew for each value, and call `check` where there is none.
   */
  readonly fast: CompiledSchema | undefined;
  /**
   * The same check where there is no waiting: every JSON Schema has it, at any time. While the validator is still
   * loading, another one answers, in its own words.
   */
  readonly atOnce: CompiledSchema | undefined;
  /**
   * Copies what plainly fits: what it copies need not be checked, what it does not may fit all the same. Only some schemas
   * have it, and not before they are compiled: read it anew for each value.
   */
  readonly fittingCopy: FittingCopy | undefined;
  /** The JSON Schema to show to people: the schema itself, or what a Standard Schema's library tells of it. */
  readonly json: JSONSchema | undefined;
}

/** A validator that answers before all of it is loaded: its checks change in their lifetime. */
export interface StagedValidator extends SchemaValidator {
  /** @param where names the schema to the logger. @throws PubSubError `VALIDATION_ERROR` when the schema is none. */
  stage(schema: JSONSchema, where: string): SchemaCheck;
}

/** A validator that can also write code which copies what fits. */
export interface CopyingValidator extends SchemaValidator {
  /** Undefined for a schema that leaves open what a value is made of. @throws whatever `compile` throws. */
  fittingCopy(schema: JSONSchema): FittingCopy | undefined;
}

/** How a validator copies what fits a schema that it has compiled, if it can. */
export function fittingCopyOf(validator: SchemaValidator, schema: JSONSchema): FittingCopy | undefined {
  return isCopying(validator) ? validator.fittingCopy(schema) : undefined;
}

function isCopying(validator: SchemaValidator): validator is CopyingValidator {
  return 'fittingCopy' in validator && typeof validator.fittingCopy === 'function';
}

/**
 * Makes one check of either kind of schema. Call it once per schema and keep the result.
 *
 * @param where names the schema in errors: `agent "reader", inputSchema`.
 * @throws PubSubError `VALIDATION_ERROR` when it is no schema, or does not compile.
 */
export function compileSchema(schema: unknown, validator: SchemaValidator, where: string): SchemaCheck {
  if (isStandard(schema, where)) return standardCheck(schema);
  // Whether it is a JSON Schema is just what compiling it finds out.
  const json = schema as JSONSchema;
  return named(where, () =>
    isStaged(validator) ? validator.stage(json, where) : compiledCheck(json, validator),
  );
}

function isStaged(validator: SchemaValidator): validator is StagedValidator {
  return 'stage' in validator && typeof validator.stage === 'function';
}

/** The check of a schema that is compiled for good. */
function compiledCheck(schema: JSONSchema, validator: SchemaValidator): SchemaCheck {
  const compiled = validator.compile(schema);
  return {
    transforms: false,
    check(value) {
      const issues = compiled(value);
      return issues ? { ok: false, issues } : { ok: true, value };
    },
    fast: compiled,
    atOnce: compiled,
    fittingCopy: fittingCopyOf(validator, schema),
    json: schema,
  };
}

function isStandard(schema: unknown, where: string): schema is StandardSchemaV1 {
  try {
    return isStandardSchema(schema);
  } catch (thrown) {
    throw new PubSubError('VALIDATION_ERROR', `${where}: cannot be read: ${messageOf(thrown)}`, {
      cause: thrown,
      details: { where },
    });
  }
}

/** True for schemas of zod, valibot, arktype and all that follow the Standard Schema specification. */
export function isStandardSchema(schema: unknown): schema is StandardSchemaV1 {
  if ((typeof schema !== 'object' && typeof schema !== 'function') || schema === null) return false;
  const standard: unknown = Reflect.get(schema, '~standard');
  return (
    typeof standard === 'object' &&
    standard !== null &&
    'validate' in standard &&
    typeof standard.validate === 'function'
  );
}

/** One line: `channel "facts", payload/url: must be string, got 7; payload: …`. */
export function formatIssues(where: string, issues: readonly SchemaIssue[]): string {
  const lines = issues.map(({ path, message, received }) => `payload${path}: ${message}, got ${received}`);
  return `${where}, ${lines.join('; ')}`;
}

/** The `VALIDATION_ERROR` for a value that does not fit; `details` has `where` and `issues`. */
export function validationError(where: string, issues: readonly SchemaIssue[]): PubSubError {
  return new PubSubError('VALIDATION_ERROR', formatIssues(where, issues), { details: { where, issues } });
}

/** Errors of `compile` say what the schema belongs to. */
function named<Result>(where: string, compile: () => Result): Result {
  try {
    return compile();
  } catch (thrown) {
    const error = toPubSubError(thrown, 'VALIDATION_ERROR');
    throw new PubSubError('VALIDATION_ERROR', `${where}: ${error.message}`, {
      cause: thrown,
      details: { where, ...error.details },
    });
  }
}

function standardCheck(schema: StandardSchemaV1): SchemaCheck {
  return {
    transforms: true,
    check(value) {
      try {
        const result = schema['~standard'].validate(value);
        if (!isPromiseLike(result)) return toCheckResult(value, result);
        return Promise.resolve(result)
          .then((settled) => toCheckResult(value, settled))
          .catch((thrown: unknown) => failure(value, thrown));
      } catch (thrown) {
        return failure(value, thrown);
      }
    },
    fast: undefined,
    atOnce: undefined,
    fittingCopy: undefined,
    json: jsonSchemaOf(schema, 'input'),
  };
}

function isPromiseLike(result: object): result is PromiseLike<StandardSchemaV1.Result<unknown>> {
  return 'then' in result && typeof result.then === 'function';
}

function toCheckResult(root: unknown, result: StandardSchemaV1.Result<unknown>): CheckResult {
  if (!result.issues) return { ok: true, value: result.value };
  // To a Standard Schema that is a failure all the same, and an error has to say something.
  if (result.issues.length === 0) return { ok: false, issues: [withoutReason(root)] };
  const issues = result.issues.slice(0, MAX_ISSUES).map(({ message, path = [] }) => {
    const keys = path.map((step) => (typeof step === 'object' ? step.key : step));
    const pointer = keys.map((key) => `/${escapePointer(String(key))}`).join('');
    return { path: pointer, message, received: describe(valueAt(root, pointer)) };
  });
  return { ok: false, issues };
}

function withoutReason(value: unknown): SchemaIssue {
  return { path: '', message: 'was refused by its schema, which gives no reason', received: describe(value) };
}

/** A schema that throws (a bug in a refinement) fails the value, not the run. */
function failure(value: unknown, thrown: unknown): CheckResult {
  const message = `could not be checked: ${messageOf(thrown)}`;
  return { ok: false, issues: [{ path: '', message, received: describe(value) }] };
}

/** What a value must be before it is transformed, or is then, if the library can tell (the Standard JSON Schema extension). */
export function jsonSchemaOf(schema: StandardSchemaV1, side: 'input' | 'output'): JSONSchema | undefined {
  const standard: object = schema['~standard'];
  try {
    const converter: unknown = Reflect.get(standard, 'jsonSchema');
    if (typeof converter !== 'object' || converter === null) return undefined;
    const convert: unknown = Reflect.get(converter, side);
    if (typeof convert !== 'function') return undefined;
    const json: unknown = convert.call(converter, { target: 'draft-2020-12' });
    // The specification promises a JSON Schema; it is shown, or compiled, which finds out.
    return typeof json === 'object' && json !== null ? (json as JSONSchema) : undefined;
  } catch {
    return undefined; // transforms and the like have no JSON Schema
  }
}
