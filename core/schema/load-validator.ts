import { ajvValidator } from './ajv-validator.js';
import { evalFreeValidator } from './eval-free-validator.js';
import type { SchemaLog, SchemaValidator } from './schema-validator.js';
import { StagedSchemas } from './staged-schemas.js';

// All that checks schemas, ajv's own files apart, is reached through this module: so bundlers make it one file.
export { ajvValidator, evalFreeValidator };

/**
 * The validator for this place: ajv where code may be generated, the eval-free one where a Content-Security-Policy, or
 * Node's `--disallow-code-generation-from-strings`, refuses. Found by compiling one trivial schema, once per call, so
 * that no policy reports more than that one violation.
 *
 * @param log is told once when the slower validator was taken, and why.
 */
export async function loadValidator(log: SchemaLog): Promise<SchemaValidator> {
  const validator = await ajvValidator();
  try {
    validator.compile({ type: 'null' });
    return validator;
  } catch (thrown) {
    if (!(thrown instanceof EvalError)) throw thrown;
  }
  log.info(
    'Schemas are checked by the eval-free validator, which is slower: this place refuses generated code ' +
      "(a Content-Security-Policy without 'unsafe-eval', or a flag of Node). Pass `validator: await " +
      'evalFreeValidator()` to use it without trying ajv first.',
  );
  return evalFreeValidator();
}

/** The same validator in two stages, for a quick start: see {@link StagedSchemas}. */
export function stagedValidator(log: SchemaLog): SchemaValidator {
  return new StagedSchemas(evalFreeValidator(), () => loadValidator(log), log);
}
