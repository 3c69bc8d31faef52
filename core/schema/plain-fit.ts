import { isNode } from './copy-schema.js';
import { KEYWORDS } from './keywords.js';

/**
 * Whether a value plainly fits a schema that `parseSchema` has taken: true is certain, false means only that this cannot
 * tell. It knows the keywords of everyday schemas and gives up at any other, needs no preparation and loads nothing:
 * just what the first messages of a program need, until a real validator is there. It is no validator itself.
 */
export function plainlyFits(value: unknown, schema: unknown): boolean {
  if (!isNode(schema)) return schema === true;
  for (const keyword in schema) {
    if (!holds(keyword, schema[keyword], value, schema)) return false;
  }
  return true;
}

function holds(
  keyword: string,
  wanted: unknown,
  value: unknown,
  schema: Readonly<Record<string, unknown>>,
): boolean {
  switch (keyword) {
    case 'type':
      return Array.isArray(wanted) ? wanted.some((type) => isOfType(value, type)) : isOfType(value, wanted);
    case 'enum':
      return Array.isArray(wanted) && wanted.includes(value);
    case 'const':
      return wanted === value;
    case 'properties':
      return !isNode(value) || propertiesFit(value, wanted);
    case 'required':
      return !isNode(value) || (Array.isArray(wanted) && wanted.every((name) => Object.hasOwn(value, name)));
    case 'additionalProperties':
      return !isNode(value) || othersFit(value, wanted, schema);
    case 'items':
      if (schema.prefixItems !== undefined) return false;
      return !Array.isArray(value) || value.every((item) => plainlyFits(item, wanted));
    case 'minItems':
      return !Array.isArray(value) || value.length >= Number(wanted);
    case 'maxItems':
      return !Array.isArray(value) || value.length <= Number(wanted);
    case 'minLength':
      // Characters are counted, not their halves.
      return typeof value !== 'string' || (value.length >= Number(wanted) && !HALF.test(value));
    case 'maxLength':
      return typeof value !== 'string' || value.length <= Number(wanted);
    case 'pattern':
      return typeof value !== 'string' || new RegExp(String(wanted), 'u').test(value);
    case 'minimum':
      return typeof value !== 'number' || value >= Number(wanted);
    case 'maximum':
      return typeof value !== 'number' || value <= Number(wanted);
    case 'anyOf':
      return Array.isArray(wanted) && wanted.some((branch) => plainlyFits(value, branch));
    case 'allOf':
      return Array.isArray(wanted) && wanted.every((branch) => plainlyFits(value, branch));
    case '$defs':
    case 'definitions':
    case 'format':
      return true;
    default:
      return !KEYWORDS.has(keyword);
  }
}

const HALF = /[\uD800-\uDFFF]/;

function isOfType(value: unknown, type: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isNode(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function propertiesFit(value: Readonly<Record<string, unknown>>, schemas: unknown): boolean {
  if (!isNode(schemas)) return false;
  for (const name of Object.keys(schemas)) {
    if (Object.hasOwn(value, name) && !plainlyFits(value[name], schemas[name])) return false;
  }
  return true;
}

/** The properties that `properties` does not name. */
function othersFit(
  value: Readonly<Record<string, unknown>>,
  wanted: unknown,
  { properties, patternProperties }: Readonly<Record<string, unknown>>,
): boolean {
  if (patternProperties !== undefined) return false;
  return Object.keys(value).every(
    (name) => (isNode(properties) && Object.hasOwn(properties, name)) || plainlyFits(value[name], wanted),
  );
}
