import { describe, messageOf, PubSubError } from './errors.js';

/** What a message, a cache entry or a task may hold: anything that JSON keeps without loss. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export type JsonObject = { readonly [key: string]: JsonValue };

/** Deepest nesting a value may have. Engines overflow their stack at some thousand levels; schemas long before. */
export const MAX_DEPTH = 64;
/** Largest value, in characters of its JSON, about: strings and keys count in full, anything else as 8. */
export const MAX_SIZE: number = 8 * 1024 * 1024;

/** Characters the value being copied may still use. Saved and restored around each copy: a getter may nest one. */
let sizeLeft = MAX_SIZE;

class Unfit extends Error {}
/** Thrown before the path is known; `explain` then walks again and finds it. One instance: a stack costs 5 µs. */
const UNFIT = new Unfit();

/**
 * Checks that `value` is JSON and returns a deep copy that nobody else holds, so that a later change by the caller
 * cannot reach what was published. Nothing is changed in silence: what JSON would drop or alter is refused.
 *
 * @throws PubSubError `SERIALIZATION_ERROR` naming the path: undefined, NaN, Infinity, BigInt, functions, symbols,
 * class instances (Date, Map …), cycles, more than {@link MAX_DEPTH} levels, more than {@link MAX_SIZE} characters.
 * Symbol keys, names on arrays and properties that are not enumerable are no part of a JSON value, for JSON.stringify
 * as for us: looking for them would cost more than the whole copy.
 */
export function copyJson(value: unknown, field: string): JsonValue {
  const outer = sizeLeft;
  sizeLeft = MAX_SIZE;
  try {
    const copied = copy(value, 0);
    sizeLeft = outer;
    return copied;
  } catch (thrown) {
    sizeLeft = outer;
    if (thrown === UNFIT) throw explain(value, field);
    throw new PubSubError('SERIALIZATION_ERROR', `${field}: could not be read: ${messageOf(thrown)}`, {
      cause: thrown,
      details: { field },
    });
  }
}

function spend(characters: number): void {
  sizeLeft -= characters;
  if (sizeLeft < 0) throw UNFIT;
}

function copy(value: unknown, depth: number): JsonValue {
  // One after the other: with `switch (typeof value)` the engine makes the name of the type, and compares texts.
  if (typeof value === 'object') {
    if (value === null) return null;
    if (depth >= MAX_DEPTH) throw UNFIT;
    return Array.isArray(value) ? copyArray(value, depth + 1) : copyObject(value, depth + 1);
  }
  if (typeof value === 'string') {
    spend(value.length + 2);
    return value;
  }
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'boolean') return value;
  throw UNFIT;
}

function copyArray(source: readonly unknown[], depth: number): JsonValue[] {
  const length = source.length;
  spend(2 + 2 * length);
  const target: JsonValue[] = [];
  for (let index = 0; index < length; index++) target.push(copy(source[index], depth));
  return target;
}

function copyObject(source: object, depth: number): JsonValue {
  // Asking for the prototype takes 50 ns, for which the engine leaves its compiled code; this tells nearly as well.
  const seemsPlain = source.constructor === Object;
  if (!seemsPlain && !isPlain(source)) throw UNFIT;
  const enumerable = countUpTo(LARGE, source);
  if (enumerable > LARGE) return copyLarge(source, depth);
  // A spread clones fast and takes `__proto__` as plain data; then only what needs it is replaced.
  const target: Record<string, unknown> = { ...source };
  let own = 0;
  let characters = 0;
  for (const key in target) {
    const value = target[key];
    own++;
    characters += key.length + 4;
    if (typeof value === 'string') {
      characters += value.length + 2;
    } else if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw UNFIT;
    } else if (typeof value === 'object') {
      if (value === null) continue;
      if (key === '__proto__') setOwn(target, key, copy(value, depth));
      else target[key] = copy(value, depth);
    } else if (typeof value !== 'boolean') {
      throw UNFIT;
    }
  }
  // Some of what can be enumerated is inherited, so there is a prototype that says more.
  if (own !== enumerable && !isPlain(source)) throw UNFIT;
  spend(characters);
  // Every value has been checked one by one above.
  return target as JsonObject;
}

/** Properties from which on an object may be a hash table to the engine, whose spread costs 300 ns a property. */
const LARGE = 20;

/** How many properties can be enumerated; anything above `most` where there are more. */
function countUpTo(most: number, source: object): number {
  let count = 0;
  for (const _ in source) if (++count > most) break;
  return count;
}

/** Property by property: a third of what a spread costs for a hash table, half as much again for any other object. */
function copyLarge(source: object, depth: number): JsonValue {
  if (!isPlain(source)) throw UNFIT;
  const target: Record<string, JsonValue> = {};
  for (const key of Object.keys(source)) {
    spend(key.length + 4);
    const value = copy(Reflect.get(source, key), depth);
    if (key === '__proto__') setOwn(target, key, value);
    else target[key] = value;
  }
  return target;
}

/** Sets an own property, also one named `__proto__`. */
export function setOwn(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    Reflect.set(target, key, value);
  }
}

/** True for `{}` literals, JSON.parse results and null-prototype objects, also those of another frame. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  if (typeof prototype !== 'object') return false;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** Walks slowly, with the path, to say what is wrong. */
function explain(value: unknown, field: string): PubSubError {
  let size = 0;
  const ancestors = new Set<object>();
  const refuse = (path: string, expected: string, received: string): PubSubError =>
    new PubSubError('SERIALIZATION_ERROR', `${path}: expected ${expected}, got ${received}`, {
      details: { field: path, expected, received },
    });

  const find = (current: unknown, path: string): PubSubError | undefined => {
    if (typeof current === 'string') size += current.length + 2;
    if (size > MAX_SIZE) return refuse(field, `at most ${MAX_SIZE} characters of JSON`, 'more than that');
    if (typeof current === 'number' && !Number.isFinite(current)) {
      return refuse(path, 'a finite number', describe(current));
    }
    if (current === undefined) {
      const instead = path === field ? 'null will do' : 'leave the key out, or use null';
      return refuse(path, `a JSON value (${instead})`, 'undefined');
    }
    if (typeof current === 'bigint' || typeof current === 'function' || typeof current === 'symbol') {
      return refuse(path, 'a JSON value', describe(current));
    }
    if (typeof current !== 'object' || current === null) return undefined;
    if (ancestors.has(current)) return refuse(path, 'a JSON value', 'a circular reference');
    if (ancestors.size >= MAX_DEPTH)
      return refuse(path, `at most ${MAX_DEPTH} levels of nesting`, 'more than that');
    if (!Array.isArray(current) && !isPlain(current)) {
      return refuse(
        path,
        'a plain object, an array, a string, a number, a boolean or null',
        describe(current),
      );
    }
    ancestors.add(current);
    const entries = Array.isArray(current) ? Array.from(current).entries() : Object.entries(current);
    for (const [key, child] of entries) {
      size += typeof key === 'string' ? key.length + 4 : 2;
      const found = find(child, typeof key === 'number' ? `${path}[${key}]` : `${path}.${key}`);
      if (found) return found;
    }
    ancestors.delete(current);
    return undefined;
  };

  try {
    const found = find(value, field);
    if (found) return found;
  } catch {
    // A getter or a Proxy that answered otherwise this time: fall through to the general refusal.
  }
  return refuse(field, 'a JSON value', describe(value));
}

/** JSON text of a checked value. Unlike JSON.stringify it keeps -0. */
export function encodeJson(value: unknown): string {
  return hasNegativeZero(value) ? encodeSlowly(value) : JSON.stringify(value);
}

/** The same, with every member and item on a line of its own. */
export function encodePrettyJson(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return encodeJson(value);
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => deeper + encodePrettyJson(item, deeper))
    : Object.entries(value).map(
        ([key, member]) => `${deeper}${JSON.stringify(key)}: ${encodePrettyJson(member, deeper)}`,
      );
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function hasNegativeZero(value: unknown): boolean {
  if (typeof value === 'number') return value === 0 && Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNegativeZero);
  for (const key in value) if (hasNegativeZero(Reflect.get(value, key))) return true;
  return false;
}

function encodeSlowly(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(encodeSlowly).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${encodeSlowly(member)}`).join(',')}}`;
}

/** Parses JSON text. @throws PubSubError `SERIALIZATION_ERROR` naming `field` when it is not JSON. */
export function decodeJson(text: string, field: string): JsonValue {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PubSubError('SERIALIZATION_ERROR', `${field}: expected JSON text, got ${describe(text)}`, {
      cause,
      details: { field },
    });
  }
}

/** Whether two JSON values are the same; the order of keys does not matter. */
export function equalJson(left: JsonValue, right: JsonValue): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => equalJson(item, right[index] ?? null));
  }
  if (Array.isArray(right)) return false;
  const [leftEntries, rightKeys] = [Object.entries(left), Object.keys(right)];
  if (leftEntries.length !== rightKeys.length) return false;
  return leftEntries.every(([key, value]) => {
    if (!Object.hasOwn(right, key)) return false;
    const other: unknown = Reflect.get(right, key);
    return other !== undefined && equalJson(value, other as JsonValue);
  });
}
