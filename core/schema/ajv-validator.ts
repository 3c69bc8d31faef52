import { messageOf, PubSubError } from '../errors.js';
import type { ErrorObject, KeywordDefinition, Options, ValidateFunction } from './ajv-library.js';
import type { CopyingValidator } from './compile-schema.js';
import type { SchemaNode } from './copy-schema.js';
import { evalFreeValidator } from './eval-free-validator.js';
import { compileFittingCopy, type FittingCopy } from './fitting-copy.js';
import { type Finding, toIssues } from './issues.js';
import type { Draft } from './keywords.js';
import { parseSchema } from './parse-schema.js';
import { type SchemaTraits, traitsOf } from './schema-traits.js';
import type { CompiledSchema, JSONSchema } from './schema-validator.js';
import { areUnique } from './unique-items.js';

/**
 * No defaults filled in, no types coerced: a check never changes a value. The meta-schema is left out, as `parseSchema` does its work at a tenth of the time.
 */
const OPTIONS: Options = {
  strict: false,
  allErrors: false,
  meta: false,
  validateSchema: false,
  validateFormats: false,
  messages: false,
  logger: false,
  // Without it, 0.3 is no multiple of 0.1: the quotient may be off by this power of ten.
  multipleOfPrecision: 8,
  // Draft-07: what stands beside a `$ref` does not count.
  ignoreKeywordsWithRef: true,
  // ajv's clean-up of the code it generates doubles the time to compile, and the engine does the same again.
  code: { optimize: false },
};

/** An ajv instance keeps what it compiled for ever, so it is exchanged for a new one after this many schemas. */
const COMPILATIONS_PER_INSTANCE = 256;

/**
 * The default validator: ajv, which turns each schema into code. It is loaded on the first call (a dynamic import), and
 * needs `Function`: under a Content-Security-Policy without `unsafe-eval`, `compile` throws an `EvalError`;
 * `loadValidator` then takes the eval-free validator instead.
 *
 * Schemas are JSON Schema 2020-12, or draft-07 if `$schema` says so; `format` is an annotation. Each schema
 * object is compiled once: change it afterwards and nothing happens. `parseSchema` has the limits; what is within them
 * and still too deep for the stack that this engine gives to generated code is checked by the eval-free validator. A
 * value with a property named `toString` or `valueOf` fails where `const` or `enum` compare it with an object.
 *
 * @example
 * const validator = await ajvValidator();
 * const check = validator.compile({ type: 'object', properties: { url: { type: 'string' } } });
 * check({ url: 7 }); // [{ path: '/url', message: 'must be string', received: '7' }]
 */
export async function ajvValidator(): Promise<CopyingValidator> {
  const { Ajv, Ajv2020 } = await import('./ajv-library.js');
  const evalFree = evalFreeValidator();
  const compilers = (ownProperties: boolean): Readonly<Record<Draft, Compiler>> => ({
    '2020-12': compiler(() => new Ajv2020({ ...OPTIONS, ownProperties, ignoreKeywordsWithRef: false })),
    'draft-07': compiler(() => new Ajv({ ...OPTIONS, ownProperties })),
  });
  // Telling own properties costs more than all else about a small schema: 85 ns for three properties, against 32.
  const telling = compilers(true);
  const trusting = compilers(false);
  const cache = new WeakMap<object, CompiledSchema>();

  const compile = (schema: JSONSchema): CompiledSchema => {
    const known = typeof schema === 'object' && schema !== null ? cache.get(schema) : undefined;
    if (known) return known;
    const { draft, root } = parseSchema(schema);
    const traits = traitsOf(root);
    const compiler = (traits.tellsOwnProperties ? telling : trusting)[draft];
    const compiled = compiler(root, traits) ?? evalFree.compile(schema);
    if (typeof schema === 'object' && schema !== null) cache.set(schema, compiled);
    return compiled;
  };
  const copies = new WeakMap<object, { readonly copy: FittingCopy | undefined }>();
  const fittingCopy = (schema: JSONSchema): FittingCopy | undefined => {
    if (typeof schema !== 'object') return undefined;
    const known = copies.get(schema) ?? {
      copy: compileFittingCopy(parseSchema(schema).root, compile(schema)),
    };
    copies.set(schema, known);
    return known.copy;
  };
  return { name: 'ajv', compile, fittingCopy };
}

/** Undefined: the schema is too large for generated code. */
type Compiler = (root: SchemaNode | boolean, traits: SchemaTraits) => CompiledSchema | undefined;

/**
 * What generated code makes anew for each value when it is not given: a fifth of the cost of a small check. Nothing
 * reads the data in it, as `$data` and coercion are off; anchors are only written where a schema has dynamic ones.
 */
const CONTEXT: Parameters<ValidateFunction>[1] = {
  instancePath: '',
  parentData: {},
  parentDataProperty: '',
  rootData: {},
  dynamicAnchors: Object.freeze({}),
};

/** What is used of ajv's two classes. */
interface AjvInstance {
  compile(schema: SchemaNode | boolean): ValidateFunction;
  removeSchema(): unknown;
  removeKeyword(name: string): unknown;
  addKeyword(definition: KeywordDefinition): unknown;
}

const UNIQUE_ITEMS: KeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  errors: false,
  validate: (isWanted: boolean, items: readonly unknown[]) => !isWanted || areUnique(items),
};

/** Compiles with one shared instance, which costs a tenth of an instance per schema. */
function compiler(create: () => AjvInstance): Compiler {
  let instance: AjvInstance | undefined;
  let compilations = 0;

  return (root, { hasDynamicAnchors }) => {
    if (!instance || compilations++ >= COMPILATIONS_PER_INSTANCE) {
      instance = create();
      instance.removeKeyword('uniqueItems');
      instance.addKeyword(UNIQUE_ITEMS);
      compilations = 1;
    }
    try {
      const validate = instance.compile(root);
      // The engine parses generated code at its first call: what is nested too deep for it shows here, not in a run.
      validate(null);
      const context = hasDynamicAnchors ? undefined : CONTEXT;
      return (value) => {
        try {
          if (validate(value, context)) return undefined;
        } catch (thrown) {
          return toIssues(value, [{ path: '', keyword: 'uncheckable', parameter: messageOf(thrown) }]);
        }
        return toIssues(value, toFindings(validate.errors ?? []));
      };
    } catch (thrown) {
      if (thrown instanceof EvalError) throw thrown;
      if (thrown instanceof RangeError) return undefined;
      throw new PubSubError('VALIDATION_ERROR', `schema: ${messageOf(thrown)}`, { cause: thrown });
    } finally {
      // Two agents may each have a schema with the same `$id`: nothing of this one may meet the next.
      instance.removeSchema();
    }
  };
}

function toFindings(errors: readonly ErrorObject[]): readonly Finding[] {
  const findings = errors.map(toFinding);
  // Items that did not match `contains` are no fault of theirs.
  return findings.filter(({ path }, index) => {
    const isInside = (other: Finding): boolean =>
      other.keyword === 'contains' && path.startsWith(`${other.path}/`);
    return errors[index]?.keyword !== 'propertyNames' && !findings.slice(index + 1).some(isInside);
  });
}

function toFinding({ keyword, instancePath: path, params, propertyName }: ErrorObject): Finding {
  const name = propertyName === undefined ? {} : { propertyName };
  switch (keyword) {
    case 'required':
      return { path, keyword, property: params.missingProperty, ...name };
    case 'dependencies':
    case 'dependentRequired':
      return {
        path,
        keyword: 'dependentRequired',
        property: params.missingProperty,
        parameter: params.property,
      };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return { path, keyword, property: params.additionalProperty ?? params.unevaluatedProperty };
    case 'items':
    case 'additionalItems':
    case 'unevaluatedItems':
      return { path, keyword: 'maxItems', parameter: params.limit };
    case 'contains':
      return { path, keyword: 'contains' };
    case 'oneOf':
      return {
        path,
        keyword,
        ...(Array.isArray(params.passingSchemas) && { parameter: params.passingSchemas }),
      };
    case 'false schema':
      return { path, keyword: 'false' };
    default:
      return { path, keyword, parameter: parameterOf(params), ...name };
  }
}

const PARAMETERS = ['type', 'limit', 'pattern', 'allowedValues', 'allowedValue', 'multipleOf'] as const;

function parameterOf(params: ErrorObject['params']): unknown {
  const name = PARAMETERS.find((parameter) => Object.hasOwn(params, parameter));
  return name && params[name];
}
