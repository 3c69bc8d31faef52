import { dereference, type OutputUnit, type Schema, validate } from '@cfworker/json-schema';
import { messageOf, PubSubError } from '../errors.js';
import { isNode, type SchemaNode } from './copy-schema.js';
import { type Finding, toIssues } from './issues.js';
import { unescapePointer, valueAt } from './json-pointer.js';
import { type Draft, KEYWORDS } from './keywords.js';
import { parseSchema } from './parse-schema.js';
import type { CompiledSchema, SchemaValidator } from './schema-validator.js';

/**
 * The validator for pages whose Content-Security-Policy refuses `Function` (`script-src 'self'`): it reads the schema at
 * each check, so it is slower than ajv, some thirty times for three properties and hundreds of times for twenty, and six times
 * smaller. Same drafts, same limits, same words; `$dynamicRef` is refused, as it cannot.
 */
export function evalFreeValidator(): SchemaValidator {
  const cache = new WeakMap<object, CompiledSchema>();

  const compile = (schema: unknown): CompiledSchema => {
    const known = typeof schema === 'object' && schema !== null ? cache.get(schema) : undefined;
    if (known) return known;

    const { draft, root, nodes } = parseSchema(schema);
    for (const node of nodes.keys()) simplify(node, draft);
    const lookup = readReferences(() => dereference(root));
    const cfworkerDraft = draft === 'draft-07' ? '7' : '2020-12';

    const compiled: CompiledSchema = (value) => {
      try {
        const result = validate(value, root, cfworkerDraft, lookup);
        if (result.valid) return undefined;
        return toIssues(value, toFindings(result.errors, root, lookup));
      } catch (thrown) {
        return toIssues(value, [{ path: '', keyword: 'uncheckable', parameter: messageOf(thrown) }]);
      }
    };
    if (typeof schema === 'object' && schema !== null) cache.set(schema, compiled);
    return compiled;
  };
  return { name: 'cfworker', compile };
}

type Lookup = Readonly<Record<string, Schema | boolean>>;

/** Takes away what this validator would take for more than it is: checks of `format`, keywords of other drafts. */
function simplify(node: SchemaNode, draft: Draft): void {
  if (draft === '2020-12' && node.$dynamicRef !== undefined) {
    throw new PubSubError('VALIDATION_ERROR', 'schema: $dynamicRef needs a validator that may use eval', {
      details: { field: 'schema', expected: '$ref', received: '$dynamicRef' },
    });
  }
  delete node.format;
  delete node.$recursiveRef;
  delete node.$recursiveAnchor;
  for (const name of Object.keys(node)) {
    const only = KEYWORDS.get(name)?.draft;
    if (only && only !== draft) delete node[name];
  }
}

function readReferences(read: () => Record<string, Schema | boolean>): Lookup {
  try {
    return read();
  } catch (thrown) {
    throw new PubSubError('VALIDATION_ERROR', `schema: ${messageOf(thrown)}`, { cause: thrown });
  }
}

/** Keywords that are reported because of an error inside them, which is reported as well. */
const PARENTS: ReadonlySet<string> = new Set([
  '$ref',
  'allOf',
  'properties',
  'patternProperties',
  'prefixItems',
  'dependentSchemas',
]);

function toFindings(errors: readonly OutputUnit[], root: unknown, lookup: Lookup): readonly Finding[] {
  const findings: Finding[] = [];
  const propertyNames: OutputUnit[] = [];
  // Items that did not match `contains` are no fault of theirs.
  const insideContains = errors
    .filter(({ keyword }) => CONTAINS.has(keyword))
    .map(({ keywordLocation }) => `${keywordLocation.slice(0, keywordLocation.lastIndexOf('/'))}/contains/`);

  for (const [index, error] of errors.entries()) {
    const { keyword, keywordLocation } = error;
    const path = decodePointer(error.instanceLocation);
    const next = errors[index + 1];
    const closed = next?.keyword === 'false' && next.instanceLocation !== error.instanceLocation;
    if (insideContains.some((location) => keywordLocation.startsWith(location))) continue;

    if (keyword === 'false') {
      if (!isClosing(errors[index - 1])) findings.push({ path, keyword });
    } else if (isClosing(error)) {
      if (closed) findings.push(closingFinding(keyword, path, decodePointer(next.instanceLocation)));
    } else if (keyword === 'propertyNames') {
      propertyNames.push(error);
    } else if (!PARENTS.has(keyword)) {
      const finding = leafFinding(error, path, root, lookup);
      if (finding) findings.push(inPropertyName(finding, error, propertyNames));
    }
  }
  return findings;
}

const CONTAINS: ReadonlySet<string> = new Set(['contains', 'minContains', 'maxContains']);

const CLOSING: ReadonlySet<string> = new Set([
  'additionalProperties',
  'unevaluatedProperties',
  'items',
  'additionalItems',
  'unevaluatedItems',
]);

/** Keywords that forbid what comes on top when their schema is `false`. */
function isClosing(error: OutputUnit | undefined): boolean {
  return error !== undefined && CLOSING.has(error.keyword);
}

function closingFinding(keyword: string, path: string, extraPath: string): Finding {
  const extra = unescapePointer(extraPath.slice(extraPath.lastIndexOf('/') + 1));
  if (keyword.endsWith('Properties')) return { path, keyword, property: extra };
  return { path, keyword: 'maxItems', parameter: Number(extra) };
}

function leafFinding(error: OutputUnit, path: string, root: unknown, lookup: Lookup): Finding | undefined {
  const { keyword } = error;
  const quoted = /"(.*)"/s.exec(error.error)?.[1] ?? '';
  switch (keyword) {
    case 'anyOf':
    case 'if':
      return { path, keyword };
    case 'oneOf':
      return error.error.includes('(0 matches)')
        ? { path, keyword }
        : { path, keyword, parameter: 'several' };
    case 'required':
      return { path, keyword, property: quoted };
    case 'dependencies':
    case 'dependentRequired': {
      const [given, missing] = quoted.split('" but does not have "');
      if (given === undefined || missing === undefined) return undefined;
      return { path, keyword: 'dependentRequired', property: missing, parameter: given };
    }
    case 'contains':
    case 'minContains':
    case 'maxContains':
      return { path, keyword: 'contains' };
    default:
      return { path, keyword, parameter: keywordValue(error.keywordLocation, root, lookup) };
  }
}

/** A finding about the name of a property: its path is the object that has the property. */
function inPropertyName(finding: Finding, error: OutputUnit, propertyNames: readonly OutputUnit[]): Finding {
  const around = propertyNames.findLast(({ keywordLocation }) =>
    error.keywordLocation.startsWith(keywordLocation),
  );
  if (!around) return finding;
  const path = decodePointer(around.instanceLocation);
  return { ...finding, path, propertyName: unescapePointer(finding.path.slice(path.length + 1)) };
}

/** Follows a location such as `#/properties/a/$ref/minLength`, references included, to the keyword's value. */
function keywordValue(location: string, root: unknown, lookup: Lookup): unknown {
  let value = root;
  for (const step of decodePointer(location).split('/').slice(1)) {
    if (step === '$ref' && isNode(value)) value = lookup[String(value.__absolute_ref__)];
    else value = valueAt(value, `/${step}`);
  }
  return value;
}

/** `#/a%20b` → `/a b`. */
function decodePointer(location: string): string {
  return decodeURIComponent(location.slice(1));
}
