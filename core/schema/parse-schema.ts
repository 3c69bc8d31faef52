import { invalid, PubSubError } from '../errors.js';
import { copySchema, exceeded, isNode, type SchemaNode } from './copy-schema.js';
import { valueAt } from './json-pointer.js';
import { checkKeywords, type Draft } from './keywords.js';

/** Most schemas inside one schema, itself included: past it, generated code overflows the engine's stack. */
export const MAX_SUBSCHEMAS = 1_000;
/**
 * Most schemas that may look at one and the same value, `$ref` followed: what `allOf` of `allOf` of … would double at
 * each step.
 */
export const MAX_EVALUATIONS = 10_000;
/** Longest chain of schemas, each inside or referred to by the one before, that look at one and the same value. */
export const MAX_CHAIN = 100;

/** A schema that has been checked and copied: both validators compile this, so both refuse the same schemas. */
export interface ParsedSchema {
  readonly draft: Draft;
  readonly root: SchemaNode | boolean;
  /** Every schema object in it, the root first, and where it stands (a JSON Pointer). */
  readonly nodes: ReadonlyMap<SchemaNode, string>;
}

interface Reference {
  readonly from: SchemaNode;
  readonly reference: string;
  readonly base: string;
  readonly field: string;
}

/** Any absolute address does: references are looked up in the schema itself, never fetched. */
const BASE = 'schema://document/';

/**
 * Reads a JSON Schema: checks every keyword's value, compiles every pattern, resolves every `$ref`, and refuses what
 * could take unbounded time or memory.
 *
 * Bounded are: JSON values, nesting, number of subschemas, evaluations of one value (a `$ref` that comes back to itself
 * without descending has no end and is refused), length of patterns and patterns that backtrack without bound. Not
 * bounded is what grows with the payload, whose size and depth `core/json.ts` limits: for `uniqueItems` the eval-free
 * validator compares each item with each, and a recursive `anyOf` with several branches into the same property may try
 * each branch at each level.
 *
 * @throws PubSubError `VALIDATION_ERROR` naming the place by its JSON Pointer, what was expected and what came.
 */
export function parseSchema(schema: unknown): ParsedSchema {
  const root = copySchema(schema);
  if (!isNode(root)) return { draft: '2020-12', root, nodes: new Map() };
  const draft = draftOf(root);

  const pointers = new Map<SchemaNode, string>();
  const resources = new Map<string, unknown>([[BASE, root]]);
  const anchors = new Map<string, SchemaNode>();
  const references: Reference[] = [];
  const sameValue = new Map<SchemaNode, SchemaNode[]>();

  const visit = (node: SchemaNode, pointer: string, outerBase: string): void => {
    if (pointers.has(node)) return;
    pointers.set(node, pointer);
    if (pointers.size > MAX_SUBSCHEMAS) throw exceeded('schema', `${MAX_SUBSCHEMAS} subschemas`);

    const base = enterResource(node, pointer, outerBase);
    const inPlace: SchemaNode[] = [];
    sameValue.set(node, inPlace);
    for (const subschema of checkKeywords(node, pointer, draft)) {
      if (typeof subschema.schema === 'boolean') continue;
      if (subschema.inPlace) inPlace.push(subschema.schema);
      visit(subschema.schema, `${pointer}${subschema.path}`, base);
    }
    expandNullable(node);
    sayNonEmpty(node, draft);
    for (const name of ['$ref', '$dynamicRef']) {
      const reference = node[name];
      if (typeof reference !== 'string' || (name === '$dynamicRef' && draft === 'draft-07')) continue;
      references.push({ from: node, reference, base, field: `schema${pointer}/${name}` });
    }
  };

  /** Notes the addresses under which a node can be referred to, and returns the base for what is inside it. */
  const enterResource = (node: SchemaNode, pointer: string, outerBase: string): string => {
    let base = outerBase;
    const id = node.$id;
    if (typeof id === 'string') {
      const address = resolveAddress(id, outerBase, `schema${pointer}/$id`);
      if (draft === 'draft-07' && id.startsWith('#')) {
        register(anchors, address.resource + address.fragment, node, `schema${pointer}/$id`);
      } else {
        base = address.resource;
        if (pointer !== '') register(resources, base, node, `schema${pointer}/$id`);
        else resources.set(base, node);
      }
    }
    for (const name of ['$anchor', '$dynamicAnchor']) {
      const anchor = node[name];
      if (typeof anchor !== 'string' || draft === 'draft-07') continue;
      register(anchors, `${base}#${anchor}`, node, `schema${pointer}/${name}`);
    }
    return base;
  };

  const resolve = ({ reference, base, field }: Reference): unknown => {
    const { resource, fragment } = resolveAddress(reference, base, field);
    if (fragment === '' || fragment === '#') return resources.get(resource);
    if (!fragment.startsWith('#/')) return anchors.get(resource + fragment);
    return resources.has(resource) ? valueAt(resources.get(resource), decode(fragment.slice(1))) : undefined;
  };

  visit(root, '', BASE);
  // A reference may lead to a place that no keyword leads to (`#/components/schemas/x`), with references of its own.
  for (const entry of references) {
    const target = resolve(entry);
    if (typeof target === 'boolean') continue;
    if (!isNode(target))
      throw invalid(entry.field, 'a reference to a place inside this schema', entry.reference);
    const fragment = entry.reference.slice(entry.reference.indexOf('#') + 1);
    visit(target, decode(fragment), resolveAddress(entry.reference, entry.base, entry.field).resource);
    sameValue.get(entry.from)?.push(target);
  }
  boundEvaluations(sameValue, pointers);
  return { draft, root, nodes: pointers };
}

/** OpenAPI's `nullable`, which some generators still write: one way to say it is enough for the validators. */
function expandNullable(node: SchemaNode): void {
  const { nullable, type } = node;
  delete node.nullable;
  if (nullable !== true) return;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (!types.includes('null')) node.type = [...types, 'null'];
}

/**
 * `contains` asks for an item, so it asks for a list that is not empty. Saying so keeps ajv 8 from judging an empty
 * list by the one before it (its generated code does not reset the answer between the rounds of a loop).
 */
function sayNonEmpty(node: SchemaNode, draft: Draft): void {
  const { contains, minContains, minItems } = node;
  if (contains === undefined || (draft === '2020-12' && minContains === 0)) return;
  if (typeof minItems !== 'number' || minItems < 1) node.minItems = 1;
}

function draftOf(root: SchemaNode): Draft {
  const name = root.$schema;
  if (name === undefined) return '2020-12';
  if (typeof name === 'string') {
    if (/^https?:\/\/json-schema\.org\/draft\/2020-12\/schema#?$/.test(name)) return '2020-12';
    if (/^https?:\/\/json-schema\.org\/draft-07\/schema#?$/.test(name)) return 'draft-07';
  }
  throw invalid('schema/$schema', 'JSON Schema 2020-12 or draft-07', name);
}

function resolveAddress(
  reference: string,
  base: string,
  field: string,
): { resource: string; fragment: string } {
  try {
    const url = new URL(reference, base);
    const fragment = reference.includes('#') ? reference.slice(reference.indexOf('#')) : '';
    url.hash = '';
    return { resource: url.href, fragment };
  } catch {
    throw invalid(field, 'a URI reference', reference);
  }
}

function register<Value>(map: Map<string, Value>, key: string, node: Value, field: string): void {
  const present = map.get(key);
  if (present !== undefined && present !== node) throw invalid(field, 'a name used once in the schema', key);
  map.set(key, node);
}

function decode(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

/** Counts how many schemas look at one value, and refuses endless loops, explosions and long chains. */
function boundEvaluations(
  sameValue: ReadonlyMap<SchemaNode, readonly SchemaNode[]>,
  pointers: ReadonlyMap<SchemaNode, string>,
): void {
  const costs = new Map<SchemaNode, { readonly schemas: number; readonly chain: number }>();
  const open = new Set<SchemaNode>();

  const costOf = (node: SchemaNode): { readonly schemas: number; readonly chain: number } => {
    const known = costs.get(node);
    if (known) return known;
    const field = `schema${pointers.get(node) ?? ''}`;
    if (open.has(node)) throw endless(field);
    open.add(node);
    const parts = (sameValue.get(node) ?? []).map(costOf);
    open.delete(node);
    const cost = {
      schemas: parts.reduce((total, part) => total + part.schemas, 1),
      chain: 1 + Math.max(0, ...parts.map((part) => part.chain)),
    };
    if (cost.schemas > MAX_EVALUATIONS) {
      throw exceeded(field, `${MAX_EVALUATIONS} schemas that look at one value`);
    }
    if (cost.chain > MAX_CHAIN)
      throw exceeded(field, `${MAX_CHAIN} schemas in a chain that look at one value`);
    costs.set(node, cost);
    return cost;
  };
  for (const node of pointers.keys()) costOf(node);
}

function endless(field: string): PubSubError {
  const expected = 'references that descend into the value before they come back';
  const received = 'a schema that refers to itself for the same value';
  return new PubSubError('VALIDATION_ERROR', `${field}: expected ${expected}, got ${received}`, {
    details: { field, expected, received },
  });
}
