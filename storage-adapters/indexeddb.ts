import { requireOptions } from '../core/config.js';
import { invalid, type PubSubError } from '../core/errors.js';
import type {
  FollowableStorage,
  FollowedNamespace,
  OpenWhenFreeOptions,
} from '../core/persistence/follow.js';
import type {
  OpenNamespaceOptions,
  StorageCapabilities,
  StorageNamespace,
} from '../core/persistence/storage-adapter.js';
import { LONGEST_TIMER } from '../core/runtime.js';
import { answer } from './indexeddb/connection.js';
import { Database, isInterrupted } from './indexeddb/database.js';
import { EvictionMarks } from './indexeddb/eviction.js';
import { lockError } from './indexeddb/faults.js';
import { FollowedIndexedDb } from './indexeddb/following.js';
import { batchKey, batchRange, contentsOf, everyNamespace, namespaceKey } from './indexeddb/keys.js';
import { IndexedDbNamespace } from './indexeddb/namespace.js';
import { type OpenedNamespace, startEpoch } from './indexeddb/opening.js';
import {
  lockName,
  type NamespaceChannel,
  type Ownership,
  takeIfFree,
  takeWhenFree,
} from './indexeddb/ownership.js';
import { type BrowserPersistence, PersistenceRequest } from './indexeddb/persistence.js';
import { positionOf, Reader } from './indexeddb/reading.js';
import { isFence, type NamespaceRecord, parseNamespace } from './indexeddb/records.js';

export type { BrowserPersistence } from './indexeddb/persistence.js';

export interface IndexedDbOptions {
  /** Name of the store: one database of the site. Two names never share data. */
  readonly name: string;
  /**
   * Whether to ask the browser, once and at the first `open`, to keep the data when the disk gets full. Some
   * browsers ask the user in turn. Default true.
   */
  readonly askToPersist?: boolean | undefined;
  /**
   * Milliseconds for which a writer may be silent before a tab that waits in `openWhenFree` takes over. A writer
   * whose page is busy for longer loses the store. Default 600.
   */
  readonly takeOverAfter?: number | undefined;
  /** Milliseconds to wait for the database, which another tab may be blocking, before it is an error. Default 10,000. */
  readonly openTimeout?: number | undefined;
  /**
   * Called when a namespace that held data in this browser is found empty: the browser or the user has deleted it.
   * It is then opened empty. Default: a warning on the console.
   */
  readonly onEvicted?: ((namespace: string) => void) | undefined;
}

const OPTIONS = ['name', 'askToPersist', 'takeOverAfter', 'openTimeout', 'onEvicted'];

/** A store in the browser's IndexedDB. Tabs of one site share it, one writes at a time, and others can follow. */
export interface IndexedDbStorage extends FollowableStorage {
  /** What the browser promises about the data, and how much room there is. Asks it to keep the data, once. */
  persistence(): Promise<BrowserPersistence>;
}

/**
 * Keeps runs in the browser's IndexedDB: one value per batch, synced to the device where `sync` asks for it.
 * Needs a page served from https or localhost, as Web Locks do. Nothing is opened before the first call.
 *
 * @throws PubSubError `VALIDATION_ERROR` for options that make no sense or are unknown. The methods throw `DATABASE_ERROR` when
 * IndexedDB is missing, forbidden or failing, and `LOCK_ERROR` when another tab writes the namespace.
 * @example
 * const storage = indexedDbStorage({ name: 'my-app' });
 * const executor = await PubSubExecutor.open({ storage });
 * console.log((await storage.persistence()).explanation);
 */
export function indexedDbStorage(options: IndexedDbOptions): IndexedDbStorage {
  requireOptions(options, 'options', OPTIONS);
  return new IndexedDb(options);
}

class IndexedDb implements IndexedDbStorage {
  readonly kind = 'indexeddb';
  readonly supports: StorageCapabilities = { sync: true, persistent: true, shared: true };
  readonly #name: string;
  readonly #database: Database;
  readonly #marks: EvictionMarks;
  readonly #onEvicted: (namespace: string) => void;
  readonly #askToPersist: boolean;
  readonly #patience: number;
  readonly #persistence = new PersistenceRequest();
  readonly #open = new Set<StorageNamespace>();
  readonly #followed = new Set<FollowedNamespace>();

  constructor(options: IndexedDbOptions) {
    const { name } = options;
    if (typeof name !== 'string' || name === '') throw invalid('name', 'a non-empty string', name);
    this.#name = name;
    // JSON escapes lone surrogates, which the names of databases cannot hold, and never maps two names to one.
    this.#database = new Database(
      `dagger ${JSON.stringify(name)}`,
      positive('openTimeout', options.openTimeout ?? 10_000),
    );
    this.#marks = new EvictionMarks(name);
    this.#onEvicted = options.onEvicted ?? ((namespace) => warnEvicted(name, namespace));
    this.#askToPersist = options.askToPersist ?? true;
    this.#patience = positive('takeOverAfter', options.takeOverAfter ?? 600);
  }

  async open(namespace: string, options: OpenNamespaceOptions = {}): Promise<StorageNamespace> {
    await this.#connect(namespace);
    const ownership = await takeIfFree(this.#channel(namespace));
    if (ownership === undefined) throw await this.#refused(namespace);
    return this.#start(namespace, ownership, options);
  }

  async openWhenFree(namespace: string, options: OpenWhenFreeOptions = {}): Promise<StorageNamespace> {
    await this.#connect(namespace);
    const ownership = await takeWhenFree(this.#channel(namespace), options.signal);
    return this.#start(namespace, ownership, options);
  }

  follow(namespace: string): FollowedNamespace {
    checkNamespace(namespace);
    const { lock } = this.#channel(namespace);
    const followed: FollowedNamespace = new FollowedIndexedDb(
      this.#database,
      this.#name,
      namespace,
      lock,
      () => this.#followed.delete(followed),
    );
    this.#followed.add(followed);
    return followed;
  }

  async list(): Promise<string[]> {
    const [names, values] = await this.#database.read((store) =>
      Promise.all([
        answer(store.getAllKeys(everyNamespace())),
        answer<unknown[]>(store.getAll(everyNamespace())),
      ]),
    );
    const found: { name: string; record: NamespaceRecord }[] = [];
    const unreadable: string[] = [];
    for (const [index, key] of names.entries()) {
      const name: unknown = Array.isArray(key) ? key[1] : undefined;
      if (typeof name !== 'string') continue;
      try {
        const record = parseNamespace(values[index], this.#position(name));
        if (record !== undefined) found.push({ name, record });
      } catch {
        unreadable.push(name); // there it is; what is wrong with it is for who opens it, and the others are in order
      }
    }
    const contents = await this.#database.read((store) =>
      Promise.all(
        found.map(({ name, record: { incarnation } }) =>
          Promise.all([
            answer(store.getAllKeys(batchRange({ name, incarnation }), 2)),
            answer<unknown>(store.get(batchKey({ name, incarnation }, 1))),
          ]),
        ),
      ),
    );
    // A namespace that was opened and never written to holds nothing, or a mere fence where its first batch would be.
    const holds = found.filter(({ record }, index) => {
      const [keys = [], first] = contents[index] ?? [];
      return record.snapshots.length > 0 || keys.length - (isFence(first) ? 1 : 0) > 0;
    });
    return [...holds.map(({ name }) => name), ...unreadable].sort();
  }

  async remove(namespace: string): Promise<void> {
    await this.#connect(namespace);
    const ownership = await takeIfFree(this.#channel(namespace));
    if (ownership === undefined) throw await this.#refused(namespace);
    try {
      await this.#database.write('strict', (store) => {
        store.delete(namespaceKey(namespace));
        for (const range of contentsOf(namespace)) store.delete(range);
      });
      this.#marks.clear(namespace);
      ownership.announceStored(); // those who follow find out that it is gone
    } finally {
      await ownership.release();
    }
  }

  async close(): Promise<void> {
    for (const followed of [...this.#followed]) followed.close();
    await Promise.all([...this.#open].map((namespace) => namespace.close()));
    await this.#database.close();
  }

  persistence(): Promise<BrowserPersistence> {
    return this.#persistence.report();
  }

  async #connect(namespace: string): Promise<void> {
    checkNamespace(namespace);
    await this.#database.connect();
    if (this.#askToPersist) void this.#persistence.ask();
  }

  async #start(
    name: string,
    ownership: Ownership,
    { owner = defaultOwner(), onLost, repairing = false }: OpenNamespaceOptions,
  ): Promise<StorageNamespace> {
    try {
      const start = (): Promise<OpenedNamespace> =>
        startEpoch(this.#database, name, owner, this.#position(name), repairing);
      const opened = await start().catch((error: unknown) => {
        if (!isInterrupted(error)) throw error;
        return start(); // if the first has happened after all, there is one more epoch
      });
      // What it throws is not our caller's business.
      if (opened.isNew && this.#marks.has(name)) queueMicrotask(() => this.#onEvicted(name));
      this.#marks.set(name);
      const reader = new Reader(this.#database, this.#name, opened.place);
      const namespace: StorageNamespace = new IndexedDbNamespace({
        database: this.#database,
        reader,
        ownership,
        opened,
        onLost,
        onEnd: () => this.#open.delete(namespace),
      });
      this.#open.add(namespace);
      return namespace;
    } catch (error) {
      await ownership.release();
      throw error;
    }
  }

  async #refused(namespace: string): Promise<PubSubError> {
    const found = await this.#database.read((store) => answer<unknown>(store.get(namespaceKey(namespace))));
    const owner = parseNamespace(found, this.#position(namespace))?.owner;
    const who = owner ?? 'another tab';
    return lockError(
      `namespace ${JSON.stringify(namespace)} of store "${this.#name}" is written by ${who}`,
      owner,
    );
  }

  #channel(namespace: string): NamespaceChannel {
    return { lock: lockName(this.#name, namespace), patience: this.#patience };
  }

  #position(name: string): string {
    return positionOf(this.#name, { name, incarnation: '' }, 'its record');
  }
}

function checkNamespace(namespace: unknown): void {
  if (typeof namespace !== 'string' || namespace === '')
    throw invalid('namespace', 'a non-empty string', namespace);
}

function positive(field: string, value: number): number {
  if (!(value > 0 && value <= LONGEST_TIMER)) {
    throw invalid(field, `a number of milliseconds above 0, at most ${LONGEST_TIMER}`, value);
  }
  return value;
}

/** Who writes, for those who did not say: enough to find the tab by. */
function defaultOwner(): string {
  const title = typeof document === 'object' ? document.title : '';
  const place = typeof location === 'object' ? location.pathname : '';
  return `the tab "${title || place}" opened at ${new Date().toISOString()}`;
}

function warnEvicted(store: string, namespace: string): void {
  console.warn(
    `dagger: namespace ${JSON.stringify(namespace)} of store "${store}" held data in this browser and is empty now: ` +
      'the browser or the user has deleted it.',
  );
}
