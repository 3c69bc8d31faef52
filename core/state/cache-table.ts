import { type JsonValue, setOwn } from '../json.js';
import type { NewEvent } from './run-event.js';

/** What a cache changes the state by. */
export type CacheEvent = Extract<NewEvent, { readonly type: 'cache.set' | 'cache.appended' }>;

/** A list that values are appended to; kept apart from plain values so that appending does not copy it. */
class AppendedList {
  readonly items: JsonValue[];

  constructor(items: readonly JsonValue[]) {
    this.items = [...items];
  }
}

/** The entries of a cache: namespace, key, value. */
export class CacheTable {
  readonly #namespaces = new Map<string, Map<string, JsonValue | AppendedList>>();

  get(namespace: string, key: string): JsonValue | undefined {
    const value = this.#namespaces.get(namespace)?.get(key);
    return value instanceof AppendedList ? [...value.items] : value;
  }

  has(namespace: string, key: string): boolean {
    return this.#namespaces.get(namespace)?.has(key) ?? false;
  }

  /** Whether something can be appended here: there is a list, or nothing yet. */
  isListOrAbsent(namespace: string, key: string): boolean {
    const value = this.#namespaces.get(namespace)?.get(key);
    return value === undefined || value instanceof AppendedList || Array.isArray(value);
  }

  apply(event: CacheEvent): void {
    let entries = this.#namespaces.get(event.namespace);
    if (!entries) {
      entries = new Map();
      this.#namespaces.set(event.namespace, entries);
    }
    if (event.type === 'cache.set') {
      entries.set(event.key, event.value);
      return;
    }
    const present = entries.get(event.key);
    if (present instanceof AppendedList) present.items.push(event.value);
    else entries.set(event.key, new AppendedList([...(Array.isArray(present) ? present : []), event.value]));
  }

  *entries(): Generator<readonly [namespace: string, key: string, value: JsonValue]> {
    for (const [namespace, entries] of this.#namespaces) {
      for (const [key, value] of entries) {
        yield [namespace, key, value instanceof AppendedList ? [...value.items] : value];
      }
    }
  }

  /** `{ namespace: { key: value } }`. */
  toJSON(): { [namespace: string]: { [key: string]: JsonValue } } {
    const all = {};
    for (const [namespace, entries] of this.#namespaces) {
      const members = {};
      for (const [key, value] of entries)
        setOwn(members, key, value instanceof AppendedList ? [...value.items] : value);
      setOwn(all, namespace, members);
    }
    return all;
  }
}
