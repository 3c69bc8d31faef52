import { messageOf } from '../errors.js';
import { type CheckResult, fittingCopyOf, type SchemaCheck, type StagedValidator } from './compile-schema.js';
import { copySchema, type SchemaNode } from './copy-schema.js';
import type { FittingCopy } from './fitting-copy.js';
import { toIssues } from './issues.js';
import { KeywordNote } from './keyword-note.js';
import { parseSchema } from './parse-schema.js';
import { plainlyFits } from './plain-fit.js';
import type { CompiledSchema, JSONSchema, SchemaLog, SchemaValidator } from './schema-validator.js';

/** Values that the first stage lets through before the second is fetched: a program of few messages never needs it. */
export const CHECKS_BEFORE_LOADING = 1000;
/** And for one schema before it is compiled, which costs as much as hundreds of looks: many are hardly ever used. */
export const CHECKS_BEFORE_COMPILING = 20;

/**
 * A validator that takes tens of milliseconds to load, and one for each schema, behind a stage that lets the first
 * messages through meanwhile.
 *
 * **The first stage can only accept.** What does not plainly fit ({@link plainlyFits}) waits for the full validator,
 * which decides, so that the verdict, and the words of a refusal, never depend on what was loaded when. The full
 * validator is loaded for the first value that has to wait, or after {@link CHECKS_BEFORE_LOADING}. Whatever comes
 * after a value that waits, waits behind it: values are let through in the order they came. Once it is there, a schema
 * is compiled for its first value that does not plainly fit, or after {@link CHECKS_BEFORE_COMPILING}; from then on
 * `SchemaCheck.fast` is that compiled check.
 *
 * Whether a schema is one, `parseSchema` finds out when it is registered, in either stage.
 */
export class StagedSchemas implements StagedValidator {
  /** Answers where there is no waiting, and for good where the full one cannot be loaded. */
  readonly spare: SchemaValidator;
  readonly keywordNote: KeywordNote;
  readonly #load: () => Promise<SchemaValidator>;
  readonly #log: SchemaLog;
  readonly #staged = new WeakMap<object, StagedCheck>();
  #full: SchemaValidator | undefined;
  #loading: Promise<void> | undefined;
  #checks = 0;
  #someWait = false;

  constructor(spare: SchemaValidator, load: () => Promise<SchemaValidator>, log: SchemaLog) {
    this.spare = spare;
    this.#load = load;
    this.#log = log;
    this.keywordNote = new KeywordNote((note) => log.warn(note));
  }

  get name(): string {
    return (this.#full ?? this.spare).name;
  }

  /** The full validator, once it is loaded. */
  get full(): SchemaValidator | undefined {
    return this.#full;
  }

  compile(schema: JSONSchema): CompiledSchema {
    if (this.#full) return this.#full.compile(schema);
    const staged = this.#stage(schema, 'a schema');
    return (value) => staged.atOnce(value);
  }

  stage(schema: JSONSchema, where: string): SchemaCheck {
    return this.#stage(schema, where);
  }

  #stage(schema: JSONSchema, where: string): StagedCheck {
    const known = typeof schema === 'object' ? this.#staged.get(schema) : undefined;
    if (known) return known;
    const staged = new StagedCheck(schema, where, this);
    if (typeof schema === 'object') this.#staged.set(schema, staged);
    return staged;
  }

  /** Whether the first stage may be asked while the full validator is not there; called once for each value. */
  firstStageAnswers(): boolean {
    if (this.#someWait) return false;
    if (++this.#checks > CHECKS_BEFORE_LOADING) void this.#loadFull();
    return true;
  }

  whenFull(): Promise<void> {
    this.#someWait = true;
    return this.#loadFull();
  }

  #loadFull(): Promise<void> {
    this.#loading ??= this.#load().then(
      (full) => {
        this.#full = full;
      },
      // Messages are under way: a file that cannot be fetched (offline, or replaced by a new version) must not end them.
      (thrown: unknown) => {
        this.#log.info(
          `Schemas are checked by the slower validator, as ajv did not load: ${messageOf(thrown)}`,
        );
        this.#full = this.spare;
      },
    );
    return this.#loading;
  }
}

/** One schema: checked by the first stage, until there is the second. */
class StagedCheck implements SchemaCheck {
  readonly transforms = false;
  readonly json: JSONSchema;
  fast: CompiledSchema | undefined = undefined;
  fittingCopy: FittingCopy | undefined = undefined;
  readonly #stages: StagedSchemas;
  #checks = 0;
  /** For the first stage; changed by `parseSchema`. */
  #parsed: SchemaNode | boolean;
  /** For the validators, as the original may be changed by its owner at any time. */
  #copy: JSONSchema;

  constructor(schema: JSONSchema, where: string, stages: StagedSchemas) {
    const copy = copySchema(schema);
    this.json = schema;
    this.#stages = stages;
    const { root, nodes } = parseSchema(copy);
    stages.keywordNote.write(where, nodes);
    this.#parsed = root;
    // It is a JSON Schema: parsing it is what shows that.
    this.#copy = copy as JSONSchema;
  }

  check(value: unknown): CheckResult | Promise<CheckResult> {
    if (!this.fast) {
      const stages = this.#stages;
      const { full } = stages;
      const isAsked = full ? ++this.#checks <= CHECKS_BEFORE_COMPILING : stages.firstStageAnswers();
      if (isAsked && plainlyFits(value, this.#parsed)) return { ok: true, value };
      if (!full) return stages.whenFull().then(() => this.check(value));
    }
    const issues = this.atOnce(value);
    return issues ? { ok: false, issues } : { ok: true, value };
  }

  atOnce(value: unknown): ReturnType<CompiledSchema> {
    if (this.fast) return this.fast(value);
    const { full, spare } = this.#stages;
    const compiled = full ? this.#compile(full) : compileLate(spare, this.#copy);
    return compiled(value);
  }

  #compile(full: SchemaValidator): CompiledSchema {
    this.fast = compileLate(full, this.#copy);
    this.fittingCopy = copyLate(full, this.#copy);
    // Neither is needed any more.
    this.#parsed = true;
    this.#copy = true;
    return this.fast;
  }
}

/** What a validator cannot compile fits nothing, and says why: it is too late to refuse the schema. */
function compileLate(validator: SchemaValidator, schema: JSONSchema): CompiledSchema {
  try {
    return validator.compile(schema);
  } catch (thrown) {
    const reason = messageOf(thrown);
    return (value) => toIssues(value, [{ path: '', keyword: 'uncheckable', parameter: reason }]);
  }
}

/** A schema that cannot be compiled copies nothing. */
function copyLate(validator: SchemaValidator, schema: JSONSchema): FittingCopy | undefined {
  try {
    return fittingCopyOf(validator, schema);
  } catch {
    return undefined;
  }
}
