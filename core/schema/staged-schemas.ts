import { messageOf } from '../errors.js';
import { type CheckResult, compiledCheck, type SchemaCheck, type StagedValidator } from './compile-schema.js';
import { copySchema, isNode, type SchemaNode } from './copy-schema.js';
import { toIssues } from './issues.js';
import { parseSchema } from './parse-schema.js';
import type { CompiledSchema, JSONSchema, SchemaValidator } from './schema-validator.js';

/** Checks that the first stage answers before the second is fetched: a program of few messages never needs it. */
const FIRST_STAGE_CHECKS = 200;
/** Largest value that the first stage looks at, in JSON values: some two milliseconds of its time. */
const FIRST_STAGE_VALUES = 500;

/**
 * Two validators as one: a small one that is there at once, and the full one, which takes tens of milliseconds to load
 * and to compile its first schema, and is some eighty times faster from then on.
 *
 * The first stage can only accept. A value that it does not plainly accept waits for the full validator, which decides,
 * so that the verdict, and the words of a refusal, never depend on what was loaded when. The first stage is not asked at
 * all about a schema with a keyword on which the two are known to differ, nor about a large value. The full validator is
 * loaded at the first value that has to wait, or after {@link FIRST_STAGE_CHECKS}; whatever comes after a value that
 * waits, waits behind it, so that values are let through in the order they came. From then on each schema is compiled
 * at its next check, and `SchemaCheck.fast` is that compiled check.
 *
 * Whether a schema is one is found out when it is registered, by `parseSchema`, in either stage.
 */
export class StagedSchemas implements StagedValidator {
  readonly #first: SchemaValidator;
  readonly #load: () => Promise<SchemaValidator>;
  readonly #cache = new WeakMap<object, StagedCheck>();
  #full: SchemaValidator | undefined;
  #loading: Promise<void> | undefined;
  #checks = 0;
  #someWait = false;

  /** @param load must not reject. */
  constructor(first: SchemaValidator, load: () => Promise<SchemaValidator>) {
    this.#first = first;
    this.#load = load;
  }

  get name(): string {
    return (this.#full ?? this.#first).name;
  }

  /** The full validator, once it is loaded. */
  get full(): SchemaValidator | undefined {
    return this.#full;
  }

  compile(schema: JSONSchema): CompiledSchema {
    if (this.#full) return this.#full.compile(schema);
    const staged = this.#stage(schema);
    return (value) => staged.atOnce(value);
  }

  stage(schema: JSONSchema): SchemaCheck {
    return this.#full ? compiledCheck(schema, this.#full.compile(schema)) : this.#stage(schema);
  }

  #stage(schema: JSONSchema): StagedCheck {
    const known = typeof schema === 'object' ? this.#cache.get(schema) : undefined;
    if (known) return known;
    const staged = new StagedCheck(schema, this, this.#first);
    if (typeof schema === 'object') this.#cache.set(schema, staged);
    return staged;
  }

  /** Whether the first stage may still be asked; called once for each value. */
  firstStageAnswers(): boolean {
    if (this.#someWait) return false;
    if (++this.#checks > FIRST_STAGE_CHECKS) void this.#loadFull();
    return true;
  }

  whenFull(): Promise<void> {
    this.#someWait = true;
    return this.#loadFull();
  }

  #loadFull(): Promise<void> {
    this.#loading ??= this.#load().then((full) => {
      this.#full = full;
    });
    return this.#loading;
  }
}

/** One schema: checked by the first stage, until there is the second. */
class StagedCheck implements SchemaCheck {
  readonly transforms = false;
  readonly json: JSONSchema;
  fast: CompiledSchema | undefined = undefined;
  readonly #stages: StagedSchemas;
  readonly #first: SchemaValidator;
  /** Undefined once it is compiled for good. The original may be changed by its owner at any time. */
  #copy: JSONSchema | undefined;
  readonly #isPlain: boolean;

  constructor(schema: JSONSchema, stages: StagedSchemas, first: SchemaValidator) {
    const copy = copySchema(schema);
    this.json = schema;
    this.#stages = stages;
    this.#first = first;
    // It is a schema: `parseSchema` says so, or throws.
    this.#copy = copy as JSONSchema;
    this.#isPlain = parseSchema(copy).nodes.every(isPlain);
  }

  check(value: unknown): CheckResult | Promise<CheckResult> {
    const compiled = this.#compiled();
    if (compiled) {
      const issues = compiled(value);
      return issues ? { ok: false, issues } : { ok: true, value };
    }
    const stages = this.#stages;
    if (stages.firstStageAnswers() && this.#isPlain && isSmall(value) && this.atOnce(value) === undefined) {
      return { ok: true, value };
    }
    return stages.whenFull().then(() => this.check(value));
  }

  atOnce(value: unknown): ReturnType<CompiledSchema> {
    const compiled = this.#compiled() ?? compileOr(this.#first, this.#copy);
    return compiled(value);
  }

  #compiled(): CompiledSchema | undefined {
    if (this.fast) return this.fast;
    const { full } = this.#stages;
    if (!full) return undefined;
    this.fast = compileOr(full, this.#copy);
    this.#copy = undefined;
    return this.fast;
  }
}

/** What a validator cannot compile fits nothing, and says why: its schema was registered long ago. */
function compileOr(validator: SchemaValidator, schema: JSONSchema | undefined): CompiledSchema {
  try {
    if (schema !== undefined) return validator.compile(schema);
    throw new Error('there is no schema');
  } catch (thrown) {
    const reason = messageOf(thrown);
    return (value) => toIssues(value, [{ path: '', keyword: 'uncheckable', parameter: reason }]);
  }
}

/**
 * Keywords on which the two validators are known to differ in some case, however rare (rounding, references by name,
 * what counts as evaluated, objects with a property named `valueOf`).
 */
const UNEQUAL: readonly string[] = [
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  'multipleOf',
  'unevaluatedItems',
  'unevaluatedProperties',
  'uniqueItems',
];

function isPlain(node: SchemaNode): boolean {
  if (UNEQUAL.some((keyword) => Object.hasOwn(node, keyword))) return false;
  const values: readonly unknown[] = Array.isArray(node.enum) ? [node.const, ...node.enum] : [node.const];
  return values.every((value) => typeof value !== 'object' || value === null);
}

/** True for at most {@link FIRST_STAGE_VALUES} JSON values; looks at no more of them. */
function isSmall(value: unknown): boolean {
  let left = FIRST_STAGE_VALUES;
  const fits = (part: unknown): boolean => {
    if (--left < 0) return false;
    if (Array.isArray(part)) return part.length <= left && part.every(fits);
    if (!isNode(part)) return true;
    for (const key in part) if (!fits(part[key])) return false;
    return true;
  };
  return fits(value);
}
