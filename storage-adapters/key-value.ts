import { requireOptions } from '../core/config.js';
import { invalid, messageOf, PubSubError } from '../core/errors.js';
import type {
  OpenNamespaceOptions,
  StorageAdapter,
  StorageCapabilities,
  StorageNamespace,
} from '../core/persistence/storage-adapter.js';
import { KeyValueNamespace } from './key-value/namespace.js';

/**
 * What {@link keyValueStorage} needs of a store. Keys are made of `a-z`, `0-9` and `/`, at most 100 characters between
 * two slashes. A `set` must be atomic: after a crash the old value is there or the new one.
 */
export interface KeyValueStore {
  /** Resolves with undefined or null when there is no such key. */
  get(key: string): Promise<string | null | undefined>;
  /** Resolves once the value is stored as durably as the store can. */
  set(key: string, value: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** All keys that begin with `prefix`, which is empty or ends with a slash, in any order. */
  keys(prefix: string): Promise<readonly string[]>;
}

export interface KeyValueStorageOptions {
  /** What the store is, for messages: `redis`, `unstorage`, … */
  readonly kind: string;
  readonly store: KeyValueStore;
  /** Whether what was set is still there when the process is gone. True by default. */
  readonly persistent?: boolean | undefined;
  /** Whether what was set survives a power cut. False by default. */
  readonly sync?: boolean | undefined;
}

/**
 * Makes a storage adapter of any key-value store: one value per batch, one for the snapshot. Writers in this process
 * are kept apart; another process is not noticed, so give each process a store of its own.
 *
 * @throws PubSubError `VALIDATION_ERROR` for a bad or unknown option. `DATABASE_ERROR`, from every operation, with what the store
 * threw as its cause.
 *
 * @example
 * const storage = keyValueStorage({ kind: 'map', store: { get, set, delete: remove, keys } });
 */
export function keyValueStorage(options: KeyValueStorageOptions): StorageAdapter {
  requireOptions(options, 'options', ['kind', 'store', 'persistent', 'sync']);
  const { kind, store } = options;
  if (typeof kind !== 'string' || kind === '') throw invalid('options.kind', 'what the store is', kind);
  for (const method of ['get', 'set', 'delete', 'keys'] as const) {
    if (typeof store?.[method] !== 'function')
      throw invalid(`options.store.${method}`, 'a function', store?.[method]);
  }
  return new KeyValueStorage(options);
}

class KeyValueStorage implements StorageAdapter {
  readonly kind: string;
  readonly supports: StorageCapabilities;
  readonly #store: KeyValueStore;
  readonly #owners = new Map<string, string>();
  readonly #open = new Set<KeyValueNamespace>();

  constructor({ kind, store, persistent = true, sync = false }: KeyValueStorageOptions) {
    this.kind = kind;
    this.supports = { sync, persistent, shared: false };
    this.#store = withDatabaseErrors(store);
  }

  async open(name: string, options: OpenNamespaceOptions = {}): Promise<StorageNamespace> {
    if (typeof name !== 'string' || name === '') throw invalid('namespace', 'a non-empty string', name);
    this.#refuseIfHeld(name);
    this.#owners.set(name, options.owner ?? 'an unnamed writer');
    try {
      const namespace = await KeyValueNamespace.open(this.#store, prefixOf(name), () => {
        this.#owners.delete(name);
        this.#open.delete(namespace);
      });
      this.#open.add(namespace);
      return namespace;
    } catch (error) {
      this.#owners.delete(name);
      throw error;
    }
  }

  async list(): Promise<string[]> {
    const holding = (await this.#store.keys('')).filter((key) => !key.endsWith('/epoch'));
    const names = holding.map(nameIn).filter((name) => name !== undefined);
    return [...new Set(names)].sort();
  }

  async remove(name: string): Promise<void> {
    this.#refuseIfHeld(name);
    this.#owners.set(name, 'who removes it'); // a writer that came in between would lose what it wrote
    try {
      for (const key of await this.#store.keys(prefixOf(name))) await this.#store.delete(key);
    } finally {
      this.#owners.delete(name);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((namespace) => namespace.close()));
  }

  #refuseIfHeld(namespace: string): void {
    const owner = this.#owners.get(namespace);
    if (owner === undefined) return;
    throw new PubSubError(
      'LOCK_ERROR',
      `namespace ${JSON.stringify(namespace)} of the store is held by ${owner}`,
      {
        details: { namespace, owner },
      },
    );
  }
}

function withDatabaseErrors(store: KeyValueStore): KeyValueStore {
  const explained = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new PubSubError('DATABASE_ERROR', `${what} failed: ${messageOf(cause)}`, {
        cause,
        details: { retryable: true },
      });
    }
  };
  return {
    get: (key) => explained(`Reading ${key}`, () => store.get(key)),
    set: (key, value) => explained(`Writing ${key}`, () => store.set(key, value)),
    delete: (key) => explained(`Deleting ${key}`, () => store.delete(key)),
    keys: (prefix) => explained('Listing keys', () => store.keys(prefix)),
  };
}

/** The end of a name: a letter that no hexadecimal digit is, so that no name's keys begin with another's. */
const END = '/n/';

/** Hexadecimal, so that any name makes a key, in pieces that a file system takes for names. */
function prefixOf(name: string): string {
  const digits = Array.from({ length: name.length }, (_, index) =>
    name.charCodeAt(index).toString(16).padStart(4, '0'),
  ).join('');
  return digits.replace(/.{100}(?=.)/g, '$&/') + END;
}

function nameIn(key: string): string | undefined {
  const end = key.indexOf(END);
  const units = key
    .slice(0, Math.max(end, 0))
    .replaceAll('/', '')
    .match(/[0-9a-f]{4}/g);
  return units?.map((digits) => String.fromCharCode(Number.parseInt(digits, 16))).join('');
}
