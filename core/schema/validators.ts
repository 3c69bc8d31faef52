import type { SchemaLog, SchemaValidator } from './schema-validator.js';

// What checks schemas is loaded when it is first asked for: nobody pays for a validator by importing the core.

/**
 * The default validator: ajv, which turns each schema into code, loaded on the first call. It needs `Function`: under a
 * Content-Security-Policy without `unsafe-eval`, `compile` throws an `EvalError`.
 *
 * @example
 * const validator = await ajvValidator();
 * const check = validator.compile({ type: 'object', properties: { url: { type: 'string' } } });
 * check({ url: 7 }); // [{ path: '/url', message: 'must be string', received: '7' }]
 */
export async function ajvValidator(): Promise<SchemaValidator> {
  const { ajvValidator: load } = await import('./load-validator.js');
  return load();
}

/**
 * What an executor opened without a validator gets.
 *
 * @param log is told once when ajv cannot be used, and why; staged, also of keywords that look mistyped.
 * @param staged `false` waits for ajv, so that nothing that follows depends on how long it takes to load.
 */
export async function defaultValidator(log: SchemaLog, staged: boolean): Promise<SchemaValidator> {
  const { loadValidator, stagedValidator } = await import('./load-validator.js');
  return staged ? stagedValidator(log) : loadValidator(log);
}

/**
 * A validator that generates no code, loaded on the first call: for pages whose Content-Security-Policy forbids
 * `eval`. It takes the same schemas and refuses the same values, more slowly: some thirty times for an object of three
 * properties, hundreds of times for one of twenty.
 *
 * @example const executor = await PubSubExecutor.open({ validator: await evalFreeValidator() });
 */
export async function evalFreeValidator(): Promise<SchemaValidator> {
  const { evalFreeValidator: load } = await import('./load-validator.js');
  return load();
}
