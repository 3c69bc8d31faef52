import { createStore, promisifyRequest } from 'idb-keyval';
import { PubSubError } from '../../core/errors.js';
import { databaseError, nameOf, storeLost } from './faults.js';

/** The one object store of each of our databases. */
const STORE = 'dagger';

/**
 * Milliseconds to wait after an opening that was aborted, before the next: a browser that has just closed all
 * connections of a site, to delete its data, closes for a moment new ones too.
 */
const REOPENING_PAUSES: readonly number[] = [20, 100, 500];

export type Durability = 'strict' | 'relaxed';

/** Called when the connection has gone: `lost` says for good, undefined that the browser merely closed it. */
export type ConnectionListener = (lost: PubSubError | undefined) => void;

/** The answer to a request: the only thing that may be awaited inside a transaction. */
export const answer: typeof promisifyRequest = promisifyRequest;

/**
 * A database with one object store, made by idb-keyval, and our own transactions on it: idb-keyval asks for no
 * durability, does not notice another tab that wants to delete the database, and reports an aborted transaction
 * with `null` as its error.
 *
 * Except in `update`, a transaction is issued whole and committed at once, without waiting for the page: nothing
 * can be awaited in the middle, and a page that is frozen or paused never holds the store against other tabs.
 */
export class Database {
  readonly #name: string;
  readonly #openTimeout: number;
  readonly #listeners = new Set<ConnectionListener>();
  #connection: Promise<IDBDatabase> | undefined;
  /** What `#connection` has come to. */
  #database: IDBDatabase | undefined;

  /** @param openTimeout Milliseconds to wait for a connection, which another tab can block for as long as it likes. */
  constructor(name: string, openTimeout: number) {
    this.#name = name;
    this.#openTimeout = openTimeout;
  }

  /** Answers a function that stops the listening. */
  onGone(listener: ConnectionListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async connect(): Promise<void> {
    await this.#connected();
  }

  /**
   * Reads. `issue` makes its requests at once, in the same turn, and answers what they will answer; after that the
   * transaction takes no more.
   */
  async read<Result>(issue: (store: IDBObjectStore) => Promise<Result>): Promise<Result> {
    try {
      return await this.#transact('readonly', 'relaxed', issue);
    } catch (error) {
      if (!isInterrupted(error)) throw error;
      return this.#transact('readonly', 'relaxed', issue); // on a new connection
    }
  }

  /** Writes: all that `issue` asks for, at once as in `read`, or nothing of it. */
  async write<Result>(
    durability: Durability,
    issue: (store: IDBObjectStore) => Promise<Result> | Result,
  ): Promise<Result> {
    return this.#transact('readwrite', durability, issue);
  }

  /** Reads, decides and writes in one transaction. Whatever `body` throws undoes it and comes out of here. */
  async update<Result>(
    durability: Durability,
    body: (store: IDBObjectStore) => Promise<Result>,
  ): Promise<Result> {
    const transaction =
      begin(await this.#connected(), 'readwrite', durability) ??
      begin(await this.#reconnected(), 'readwrite', durability, true);
    const ended = this.#ended(transaction);
    try {
      const result = await body(transaction.objectStore(STORE));
      await ended;
      return result;
    } catch (error) {
      abort(transaction);
      // A request that died with its transaction knows less than the transaction does.
      if (nameOf(error) === 'AbortError') await ended;
      ended.catch(() => {}); // it ends by our own abort; `error` says why
      throw databaseError(`database "${this.#name}"`, error);
    }
  }

  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#database = undefined;
    const database = await connection?.catch(() => undefined); // one that could not be opened needs no closing
    database?.close();
  }

  async #transact<Result>(
    mode: IDBTransactionMode,
    durability: Durability,
    issue: (store: IDBObjectStore) => Promise<Result> | Result,
  ): Promise<Result> {
    const transaction =
      begin(await this.#connected(), mode, durability) ??
      begin(await this.#reconnected(), mode, durability, true);
    const ended = this.#ended(transaction);
    try {
      const result = Promise.resolve(issue(transaction.objectStore(STORE)));
      result.catch(() => {}); // where a request fails, the transaction does, and says why
      transaction.commit();
      await ended;
      // Not before: large values come after the transaction has completed (Chromium).
      return await result;
    } catch (error) {
      abort(transaction);
      ended.catch(() => {}); // it ends by our own abort; `error` says why
      throw databaseError(`database "${this.#name}"`, error);
    }
  }

  /** Once more, for a connection that was closed without an event that told us. */
  #reconnected(): Promise<IDBDatabase> {
    if (this.#database !== undefined) this.#forget(this.#database);
    return this.#connected();
  }

  /** Resolves when it is committed, rejects with a reason (never null) when it is not. */
  #ended(transaction: IDBTransaction): Promise<void> {
    return new Promise((resolve, reject) => {
      let failed: DOMException | null = null;
      transaction.oncomplete = () => resolve();
      transaction.onerror = (event) => {
        if (event.target instanceof IDBRequest) failed ??= event.target.error;
      };
      transaction.onabort = () => {
        const reason = transaction.error ?? failed;
        const interrupted = reason === null || reason.name === 'AbortError';
        reject(
          databaseError(
            `database "${this.#name}"`,
            reason ?? new Error('the browser ended the transaction without a reason'),
            interrupted ? { interrupted } : {},
          ),
        );
      };
    });
  }

  #connected(): Promise<IDBDatabase> {
    if (this.#connection === undefined) {
      const connection = this.#open();
      this.#connection = connection;
      connection.catch(() => {
        if (this.#connection === connection) this.#connection = undefined; // the next call tries again
      });
    }
    return this.#connection;
  }

  async #open(attempt = 0): Promise<IDBDatabase> {
    if (!hasIndexedDb()) {
      throw new PubSubError(
        'DATABASE_ERROR',
        'IndexedDB is not available here: a private window or a sandboxed frame may forbid it, and Node has none. ' +
          'Use another store, or none.',
        { details: { retryable: false } },
      );
    }
    try {
      const opening = createStore(this.#name, STORE)('readonly', (store) => store.transaction.db);
      const database = await this.#inTime(opening);
      this.#database = database;
      this.#watch(database);
      return database;
    } catch (error) {
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
    this.#connection = undefined;
  }

  #tell(lost: PubSubError | undefined): void {
    for (const listener of [...this.#listeners]) listener(lost);
  }
}

/** The connection went while a transaction was under way: what it wrote may or may not be there. */
export function isInterrupted(error: unknown): boolean {
  return error instanceof PubSubError && error.details.interrupted === true;
}

function begin(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  durability: Durability,
): IDBTransaction | undefined;
function begin(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  durability: Durability,
  last: true,
): IDBTransaction;
/** Undefined on a connection that is closed, unless it is the last try. */
function begin(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  durability: Durability,
  last = false,
): IDBTransaction | undefined {
  try {
    return database.transaction(STORE, mode, { durability });
  } catch (error) {
    if (!last && nameOf(error) === 'InvalidStateError') return undefined;
    throw databaseError(`database "${database.name}"`, error);
  }
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // it has ended already
  }
}

function hasIndexedDb(): boolean {
  try {
    return typeof indexedDB === 'object' && indexedDB !== null;
  } catch {
    return false; // a frame without an origin may not even look
  }
}
