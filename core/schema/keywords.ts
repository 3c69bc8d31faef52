import { invalid } from '../errors.js';
import { isNode, type SchemaNode } from './copy-schema.js';
import { escapePointer } from './json-pointer.js';
import { checkPattern } from './pattern-safety.js';

/** The dialects understood: 2020-12 unless `$schema` names draft-07. */
export type Draft = '2020-12' | 'draft-07';

/** What a keyword's value must be. */
type Shape =
  | 'schema'
  | 'schema-or-list'
  | 'list'
  | 'map'
  | 'pattern-map'
  | 'dependencies'
  | 'names'
  | 'names-map'
  | 'count'
  | 'number'
  | 'above-zero'
  | 'boolean'
  | 'string'
  | 'pattern'
  | 'type'
  | 'enum'
  | 'refused';

interface Keyword {
  readonly shape: Shape;
  /** The only draft that knows it; absent for both. */
  readonly draft?: Draft;
  /** Its subschemas look at the same value, not at a part of it: they add to the cost of one check. */
  readonly inPlace?: boolean;
}

const NEW: Pick<Keyword, 'draft'> = { draft: '2020-12' };

/** Every keyword with a meaning. Others are annotations, and left alone. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['type', { shape: 'type' }],
  ['enum', { shape: 'enum' }],
  ['nullable', { shape: 'boolean' }],
  ['format', { shape: 'string' }],
  ['$id', { shape: 'string' }],
  ['$ref', { shape: 'string' }],
  ['$anchor', { shape: 'string', ...NEW }],
  ['$dynamicRef', { shape: 'string', ...NEW }],
  ['$dynamicAnchor', { shape: 'string', ...NEW }],
  ['$defs', { shape: 'map' }],
  ['definitions', { shape: 'map' }],
  ['allOf', { shape: 'list', inPlace: true }],
  ['anyOf', { shape: 'list', inPlace: true }],
  ['oneOf', { shape: 'list', inPlace: true }],
  ['not', { shape: 'schema', inPlace: true }],
  ['if', { shape: 'schema', inPlace: true }],
  ['then', { shape: 'schema', inPlace: true }],
  ['else', { shape: 'schema', inPlace: true }],
  ['dependencies', { shape: 'dependencies', inPlace: true }],
  ['dependentSchemas', { shape: 'map', inPlace: true, ...NEW }],
  ['dependentRequired', { shape: 'names-map', ...NEW }],
  ['properties', { shape: 'map' }],
  ['patternProperties', { shape: 'pattern-map' }],
  ['additionalProperties', { shape: 'schema' }],
  ['unevaluatedProperties', { shape: 'schema', ...NEW }],
  ['propertyNames', { shape: 'schema' }],
  ['required', { shape: 'names' }],
  ['minProperties', { shape: 'count' }],
  ['maxProperties', { shape: 'count' }],
  ['items', { shape: 'schema-or-list' }],
  ['prefixItems', { shape: 'list', ...NEW }],
  ['additionalItems', { shape: 'schema', draft: 'draft-07' }],
  ['unevaluatedItems', { shape: 'schema', ...NEW }],
  ['contains', { shape: 'schema' }],
  ['minContains', { shape: 'count', ...NEW }],
  ['maxContains', { shape: 'count', ...NEW }],
  ['minItems', { shape: 'count' }],
  ['maxItems', { shape: 'count' }],
  ['uniqueItems', { shape: 'boolean' }],
  ['minLength', { shape: 'count' }],
  ['maxLength', { shape: 'count' }],
  ['pattern', { shape: 'pattern' }],
  ['minimum', { shape: 'number' }],
  ['maximum', { shape: 'number' }],
  ['exclusiveMinimum', { shape: 'number' }],
  ['exclusiveMaximum', { shape: 'number' }],
  ['multipleOf', { shape: 'above-zero' }],
  // ajv would answer with a promise, which is truthy whatever it holds.
  ['$async', { shape: 'refused' }],
]);

/** A schema inside a schema. */
export interface Subschema {
  readonly schema: SchemaNode | boolean;
  /** JSON Pointer from the schema that holds it. */
  readonly path: string;
  readonly inPlace: boolean;
}

/**
 * Checks the keywords of one schema object (not those of its subschemas) and lists its subschemas.
 * @throws PubSubError `VALIDATION_ERROR` naming the keyword by its JSON Pointer.
 */
export function checkKeywords(node: SchemaNode, pointer: string, draft: Draft): Subschema[] {
  if (typeof node.id === 'string' && node.$id === undefined) {
    throw invalid(`schema${pointer}/id`, '"$id" (draft-04 is not supported)', node.id);
  }
  if (node.nullable !== undefined && node.type === undefined) {
    throw invalid(`schema${pointer}/nullable`, 'a "type" beside it', node.type);
  }
  const found: Subschema[] = [];
  for (const [name, value] of Object.entries(node)) {
    const keyword = KEYWORDS.get(name);
    if (!keyword || (keyword.draft && keyword.draft !== draft)) continue;
    const field = `schema${pointer}/${name}`;
    for (const [step, schema] of childrenOf(keyword.shape, value, field, draft)) {
      if (!isNode(schema) && typeof schema !== 'boolean') {
        throw invalid(`${field}${step}`, 'a schema (an object or a boolean)', schema);
      }
      found.push({ schema, path: `/${name}${step}`, inPlace: keyword.inPlace === true });
    }
  }
  return found;
}

/** What a keyword holds that must be a schema, by its place under the keyword; anything else is checked here. */
function childrenOf(
  shape: Shape,
  value: unknown,
  field: string,
  draft: Draft,
): [step: string, child: unknown][] {
  switch (shape) {
    case 'schema':
      return [['', value]];
    case 'schema-or-list':
      if (!Array.isArray(value)) return [['', value]];
      if (draft === 'draft-07') return itemsOf(value, field);
      throw invalid(field, 'a schema (in 2020-12 a list goes into "prefixItems")', value);
    case 'list':
      return itemsOf(value, field);
    case 'map':
      return entriesOf(value, field);
    case 'pattern-map':
      for (const pattern of Object.keys(isNode(value) ? value : {})) {
        checkPattern(pattern, `${field}/${escapePointer(pattern)}`);
      }
      return entriesOf(value, field);
    case 'dependencies': {
      const entries = entriesOf(value, field);
      for (const [step, names] of entries) if (Array.isArray(names)) checkNames(names, `${field}${step}`);
      return entries.filter(([, child]) => !Array.isArray(child));
    }
    case 'names-map':
      for (const [step, names] of entriesOf(value, field)) checkNames(names, `${field}${step}`);
      return [];
    default:
      checkPlain(shape, value, field);
      return [];
  }
}

type PlainShape = Exclude<
  Shape,
  'schema' | 'schema-or-list' | 'list' | 'map' | 'pattern-map' | 'dependencies' | 'names-map'
>;

function checkPlain(shape: PlainShape, value: unknown, field: string): void {
  switch (shape) {
    case 'names':
      checkNames(value, field);
      break;
    case 'type':
      checkType(value, field);
      break;
    case 'pattern':
      if (typeof value !== 'string') throw invalid(field, 'a regular expression', value);
      checkPattern(value, field);
      break;
    case 'count':
      if (!Number.isInteger(value) || Number(value) < 0) throw invalid(field, 'a whole number from 0', value);
      break;
    case 'number':
      if (typeof value !== 'number') throw invalid(field, 'a number', value);
      break;
    case 'above-zero':
      if (typeof value !== 'number' || value <= 0) throw invalid(field, 'a number above 0', value);
      break;
    case 'boolean':
      if (typeof value !== 'boolean') throw invalid(field, 'a boolean', value);
      break;
    case 'string':
      if (typeof value !== 'string') throw invalid(field, 'a string', value);
      break;
    case 'enum':
      if (!Array.isArray(value) || value.length === 0)
        throw invalid(field, 'a list with at least one value', value);
      break;
    case 'refused':
      throw invalid(field, 'to be absent (asynchronous schemas are not supported)', value);
  }
}

function itemsOf(value: unknown, field: string): [step: string, child: unknown][] {
  if (!Array.isArray(value) || value.length === 0) {
    throw invalid(field, 'a list with at least one schema', value);
  }
  return value.map((item, index) => [`/${index}`, item]);
}

function entriesOf(value: unknown, field: string): [step: string, child: unknown][] {
  if (!isNode(value)) throw invalid(field, 'an object', value);
  // ajv skips this name in silence, so a schema that relies on it would check less than it says.
  if (Object.hasOwn(value, '__proto__')) throw invalid(field, 'no key named __proto__', value);
  return Object.entries(value).map(([key, child]) => [`/${escapePointer(key)}`, child]);
}

function checkNames(value: unknown, field: string): void {
  const strings = Array.isArray(value) && value.every((name) => typeof name === 'string');
  if (!strings) throw invalid(field, 'a list of property names', value);
  if (new Set(value).size !== value.length) throw invalid(field, 'each property name once', value);
}

const TYPES: readonly unknown[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

function checkType(value: unknown, field: string): void {
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  const wrong = names.find((name) => !TYPES.includes(name));
  if (names.length === 0) throw invalid(field, 'at least one type', value);
  if (wrong !== undefined) throw invalid(field, `one of ${TYPES.join(', ')}`, wrong);
  if (new Set(names).size !== names.length) {
    throw invalid(field, 'each type once', names.join(', '));
  }
}
