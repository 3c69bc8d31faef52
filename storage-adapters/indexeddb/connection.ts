import { createStore, promisifyRequest } from 'idb-keyval';
import { PubSubError } from '../../core/errors.js';
import { databaseError, nameOf, storeLost } from './faults.js';

/** The one object store of each of our databases. */
export const STORE = 'dagger';

/**
 * Milliseconds to wait after an opening that was aborted, before the next: a browser that has just closed all
 * connections of a site, to delete its data, closes for a moment new ones too.
 */
const REOPENING_PAUSES: readonly number[] = [20, 100, 500];

/** Milliseconds for the other transactions of a connection that we have given up to hear how they ended. */
const CLOSING_PAUSE = 1_000;

/** Called when the connection has gone: `lost` says for good, undefined that the browser merely closed it. */
export type ConnectionListener = (lost: PubSubError | undefined) => void;

/** The answer to a request: the only thing that may be awaited inside a transaction. */
export const answer: typeof promisifyRequest = promisifyRequest;

/**
 * The connection to a database that idb-keyval has made; opened when it is needed, and again when the browser has
 * closed it. Lets go of it when another tab wants to delete or change the database, and tells.
 */
export class Connection {
  readonly #name: string;
  readonly #openTimeout: number;
  readonly #listeners = new Set<ConnectionListener>();
  #opening: Promise<IDBDatabase> | undefined;
  /** What `#opening` has come to. */
  #database: IDBDatabase | undefined;

  /** @param openTimeout Milliseconds to wait for it, which another tab can block for as long as it likes. */
  constructor(name: string, openTimeout: number) {
    this.#name = name;
    this.#openTimeout = openTimeout;
  }

  /** Answers a function that stops the listening. */
  onGone(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get(): Promise<IDBDatabase> {
    if (this.#opening === undefined) {
      const opening = this.#open();
      this.#opening = opening;
      opening.catch(() => {
        if (this.#opening === opening) this.#opening = undefined; // the next call tries again
      });
    }
    return this.#opening;
  }

  /** Whatever comes next gets a new connection: this one is closing, or about to, though it may not know yet. */
  replace(database: IDBDatabase): void {
    if (this.#database !== database) return;
    this.#forget(database);
    setTimeout(() => database.close(), CLOSING_PAUSE);
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#database = undefined;
    const database = await opening?.catch(() => undefined); // one that could not be opened needs no closing
    database?.close();
  }

  async #open(attempt = 0): Promise<IDBDatabase> {
    if (!hasIndexedDb()) throw notAvailable();
    try {
      const opening = createStore(this.#name, STORE)('readonly', (store) => store.transaction.db);
      const database = await this.#inTime(opening);
      this.#database = database;
      this.#watch(database);
      return database;
    } catch (error) {
      if (nameOf(error) === 'SecurityError') throw notAvailable(error);
      const pause = REOPENING_PAUSES[attempt];
      if (nameOf(error) !== 'AbortError' || pause === undefined) {
        throw databaseError(`database "${this.#name}" could not be opened`, error);
      }
      await new Promise((resolve) => setTimeout(resolve, pause));
      return this.#open(attempt + 1);
    }
  }

  async #inTime(opening: Promise<IDBDatabase>): Promise<IDBDatabase> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const blocked = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        opening.then(
          (late) => late.close(),
          () => {},
        );
        reject(
          new PubSubError(
            'DATABASE_ERROR',
            `database "${this.#name}" did not open within ${this.#openTimeout} ms: another tab may be blocking it`,
            { details: { retryable: true, blocked: true } },
          ),
        );
      }, this.#openTimeout);
    });
    try {
      return await Promise.race([opening, blocked]);
    } finally {
      clearTimeout(timer);
    }
  }

  #watch(database: IDBDatabase): void {
    database.addEventListener('versionchange', () => {
      database.close(); // or the other tab would be blocked by us
      this.#forget(database);
      this.#tell(
        storeLost(
          `database "${this.#name}" is being deleted or changed by another tab; its data is gone for us`,
        ),
      );
    });
    database.addEventListener('close', () => {
      this.#forget(database);
      this.#tell(undefined);
    });
  }

  #forget(database: IDBDatabase): void {
    if (this.#database !== database) return;
    this.#database = undefined;
    this.#opening = undefined;
  }

  #tell(lost: PubSubError | undefined): void {
    for (const listener of [...this.#listeners]) listener(lost);
  }
}

function notAvailable(cause?: unknown): PubSubError {
  return new PubSubError(
    'DATABASE_ERROR',
    'IndexedDB is not available here: a private window or a sandboxed frame may forbid it, and Node has none. ' +
      'Use another store, or none.',
    { cause, details: { retryable: false } },
  );
}

function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null;
  } catch {
    return false; // a frame without an origin may not even look
  }
}
