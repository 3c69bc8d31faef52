import { invalid, PubSubError } from '../errors.js';
import { requireId, requireName } from '../identifiers.js';
import { copyJson, encodeJson, encodePrettyJson, type JsonValue } from '../json.js';
import { type CacheEvent, CacheTable } from './cache-table.js';

/** Where a cache reads from and writes to: the live state, a transaction, or a table of its own. */
export interface CacheStore {
  get(namespace: string, key: string): JsonValue | undefined;
  isListOrAbsent(namespace: string, key: string): boolean;
  entries(): Iterable<readonly [namespace: string, key: string, value: JsonValue]>;
  toJSON(): { [namespace: string]: { [key: string]: JsonValue } };
  write(event: CacheEvent): void;
}

/** Namespaces that belong to no node. */
const GLOBAL = 'global:';

/**
 * Data that agents share: values by node id and key, and global ones by namespace and key. Fast in memory; with
 * storage every write is journaled too and is there again after a crash. Values are copied on the way in: treat what
 * you read as read-only.
 *
 * @throws PubSubError from every method: `VALIDATION_ERROR` for an empty name, `SERIALIZATION_ERROR` for a value that
 * is not JSON.
 * @example
 * cache.insertValue('reader', 'facts', ['water boils at 100 °C']);
 * cache.getInput('reader', 'facts'); // ['water boils at 100 °C']
 */
export class Cache {
  readonly #store: CacheStore;

  constructor(store: CacheStore = standaloneStore()) {
    this.#store = store;
  }

  /** Sets a value of a node. */
  insertValue(nodeId: string, key: string, value: unknown): void {
    this.#set('nodeId', nodeId, '', key, value);
  }

  /** A value of a node, or undefined. */
  getInput(nodeId: string, key: string): JsonValue | undefined {
    return this.#get('nodeId', nodeId, '', key);
  }

  /** Sets a value in a global namespace. */
  insertGlobalValue(namespace: string, key: string, value: unknown): void {
    this.#set('namespace', namespace, GLOBAL, key, value);
  }

  /** A value of a global namespace, or undefined. */
  getGlobalInput(namespace: string, key: string): JsonValue | undefined {
    return this.#get('namespace', namespace, GLOBAL, key);
  }

  /**
   * Adds to the end of a list in a global namespace; the first call makes the list.
   *
   * @throws PubSubError `VALIDATION_ERROR` when there is a value already that is not a list.
   */
  appendGlobalValue(namespace: string, key: string, value: unknown): void {
    requireId(namespace, 'namespace');
    requireName(key, 'key');
    const copied = copyJson(value, `cache value ${key}`);
    if (!this.#store.isListOrAbsent(GLOBAL + namespace, key)) {
      throw invalid(`cache value ${key}`, 'a list to append to', this.#store.get(GLOBAL + namespace, key));
    }
    this.#store.write({ type: 'cache.appended', namespace: GLOBAL + namespace, key, value: copied });
  }

  /** Every entry: namespace (a node id, or `global:` and a name), key, value. */
  entries(): Iterable<readonly [namespace: string, key: string, value: JsonValue]> {
    return this.#store.entries();
  }

  /** `{ namespace: { key: value } }`. */
  toJSON(): { [namespace: string]: { [key: string]: JsonValue } } {
    return this.#store.toJSON();
  }

  #get(field: string, name: string, prefix: string, key: string): JsonValue | undefined {
    requireId(name, field);
    requireName(key, 'key');
    return this.#store.get(prefix + name, key);
  }

  #set(field: string, name: string, prefix: string, key: string, value: unknown): void {
    requireId(name, field);
    requireName(key, 'key');
    const copied = copyJson(value, `cache value ${key}`);
    this.#store.write({ type: 'cache.set', namespace: prefix + name, key, value: copied });
  }
}

function standaloneStore(table: CacheTable = new CacheTable()): CacheStore {
  return {
    get: (namespace, key) => table.get(namespace, key),
    isListOrAbsent: (namespace, key) => table.isListOrAbsent(namespace, key),
    entries: () => table.entries(),
    toJSON: () => table.toJSON(),
    write: (event) => table.apply(event),
  };
}

/** One input of a node, by name: where to find its value. */
export interface InputReference {
  readonly name: string;
  /** `'<node id>.<key>'`. */
  readonly reference: string;
}

/**
 * The value that an input name stands for. The name is looked up in `inputs` first; one that is not there is itself a
 * reference, `'<node id>.<key>'` (or `'global:<namespace>.<key>'`). Undefined when the cache has no such value.
 *
 * @throws PubSubError `VALIDATION_ERROR` when the name is in no input and is no reference.
 * @example
 * parseInputFromName(cache, 'node1.output');
 * parseInputFromName(cache, 'text', [{ name: 'text', reference: 'node1.output' }]);
 */
export function parseInputFromName(
  cache: Cache,
  inputName: string,
  inputs: readonly InputReference[] | Readonly<Record<string, string>> = [],
): JsonValue | undefined {
  requireName(inputName, 'inputName');
  const reference = referenceOf(inputName, inputs) ?? inputName;
  const parts = reference.split('.');
  if (parts.length < 2) {
    throw invalid('inputName', "the name of an input, or a reference like 'node1.output'", reference);
  }
  // Node ids and keys may hold dots themselves: the first split that finds a value is meant.
  for (let cut = 1; cut < parts.length; cut++) {
    const [nodeId, key] = [parts.slice(0, cut).join('.'), parts.slice(cut).join('.')];
    const value = nodeId === '' || key === '' ? undefined : requireCache(cache).getInput(nodeId, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function referenceOf(
  name: string,
  inputs: readonly InputReference[] | Readonly<Record<string, string>>,
): string | undefined {
  if (typeof inputs !== 'object' || inputs === null)
    throw invalid('inputs', 'a list or an object of references', inputs);
  const listed = isList(inputs)
    ? inputs.find((input) => Reflect.get(Object(input), 'name') === name)
    : undefined;
  if (isList(inputs) ? !listed : !Object.hasOwn(inputs, name)) return undefined;
  const reference: unknown = isList(inputs) ? listed?.reference : inputs[name];
  if (typeof reference !== 'string')
    throw invalid(`inputs.${name}`, "a reference like 'node1.output'", reference);
  return reference;
}

function isList(inputs: object): inputs is readonly InputReference[] {
  return Array.isArray(inputs);
}

/** The whole cache as JSON text. @throws PubSubError `VALIDATION_ERROR` when `cache` is none. */
export function serializeCacheToJson(cache: Cache): string {
  return encodeJson(requireCache(cache).toJSON());
}

/** The whole cache as indented JSON text. */
export function serializeCacheToPrettyJson(cache: Cache): string {
  return encodePrettyJson(requireCache(cache).toJSON());
}

function requireCache(cache: unknown): Cache {
  if (!(cache instanceof Cache)) throw invalid('cache', 'a Cache', cache);
  return cache;
}

/**
 * A cache of its own from what {@link serializeCacheToJson} wrote; give it to `PubSubExecutor.open({ cache })`.
 *
 * @throws PubSubError `SERIALIZATION_ERROR` when the text is not JSON or not of that form.
 */
export function loadCacheFromJson(json: string): Cache {
  const table = new CacheTable();
  for (const [namespace, entries] of membersOf(parse(json), 'cache')) {
    for (const [key, value] of membersOf(entries, `cache.${namespace}`)) {
      table.apply({ type: 'cache.set', namespace, key, value: copyJson(value, `cache.${namespace}.${key}`) });
    }
  }
  return new Cache(standaloneStore(table));
}

function parse(json: unknown): unknown {
  if (typeof json !== 'string') throw invalid('json', 'JSON text', json);
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new PubSubError('SERIALIZATION_ERROR', 'json: expected the JSON text of a cache', { cause });
  }
}

function membersOf(value: unknown, field: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PubSubError('SERIALIZATION_ERROR', `${field}: expected an object`, { details: { field } });
  }
  return Object.entries(value);
}
