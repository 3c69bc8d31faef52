import { PubSubError } from '../../core/errors.js';
import { Connection, type ConnectionListener, STORE } from './connection.js';
import { databaseError, nameOf } from './faults.js';

/** Ends of a transaction that are certain: it was refused for what it asked. Any other may be the connection's. */
const REFUSALS: ReadonlySet<string> = new Set([
  'ConstraintError',
  'DataCloneError',
  'DataError',
  'NotFoundError',
  'QuotaExceededError',
]);

export type Durability = 'strict' | 'relaxed';

/**
 * Our own transactions on a database of idb-keyval, which asks for no durability and reports an aborted transaction
 * with `null` as its error.
 *
 * Except in `update`, a transaction is issued whole and committed at once, without waiting for the page: nothing
 * can be awaited in the middle, and a page that is frozen or paused never holds the store against other tabs.
 */
export class Database {
  readonly #name: string;
  readonly #connection: Connection;

  constructor(name: string, openTimeout: number) {
    this.#name = name;
    this.#connection = new Connection(name, openTimeout);
  }

  /** Answers a function that stops the listening. */
  onGone(listener: ConnectionListener): () => void {
    return this.#connection.onGone(listener);
  }

  async connect(): Promise<void> {
    await this.#connection.get();
  }

  close(): Promise<void> {
    return this.#connection.close();
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
    const database = await this.#connection.get();
    const transaction =
      begin(database, 'readwrite', durability) ??
      begin(await this.#renewed(database), 'readwrite', durability);
    if (transaction === undefined) throw closedAgain(this.#name);
    try {
      return await this.#settled(transaction, body(transaction.objectStore(STORE)));
    } catch (error) {
      abort(transaction);
      throw error;
    }
  }

  async #transact<Result>(
    mode: IDBTransactionMode,
    durability: Durability,
    issue: (store: IDBObjectStore) => Promise<Result> | Result,
  ): Promise<Result> {
    const database = await this.#connection.get();
    const transaction =
      begin(database, mode, durability) ?? begin(await this.#renewed(database), mode, durability);
    if (transaction === undefined) throw closedAgain(this.#name);
    try {
      const result = Promise.resolve(issue(transaction.objectStore(STORE)));
      const settled = this.#settled(transaction, result);
      transaction.commit();
      return await settled;
    } catch (error) {
      abort(transaction);
      throw databaseError(`database "${this.#name}"`, error);
    }
  }

  #renewed(database: IDBDatabase): Promise<IDBDatabase> {
    this.#connection.replace(database);
    return this.#connection.get();
  }

  /**
   * Resolves with the result when the transaction is committed, rejects with a reason (never null) when it is not,
   * or when nobody knows.
   */
  #settled<Result>(transaction: IDBTransaction, result: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      let failed: DOMException | null = null;
      const fail = (reason: unknown): void => {
        transaction.db.removeEventListener('close', onClose);
        const interrupted = !(reason instanceof PubSubError) && !REFUSALS.has(nameOf(reason));
        if (interrupted) this.#connection.replace(transaction.db);
        reject(databaseError(`database "${this.#name}"`, reason, interrupted ? { interrupted } : {}));
      };
      // A transaction that was being committed when the browser closed its connection never hears of it (Chromium).
      const onClose = (): void => fail(new Error('the browser closed the connection'));
      transaction.db.addEventListener('close', onClose);
      transaction.onerror = (event) => {
        if (event.target instanceof IDBRequest) failed ??= event.target.error;
      };
      transaction.onabort = () => {
        fail(transaction.error ?? failed ?? new Error('the browser ended the transaction without a reason'));
      };
      // Not at once: large values come after the transaction has completed (Chromium).
      transaction.oncomplete = () => {
        void result.then((value) => {
          transaction.db.removeEventListener('close', onClose);
          resolve(value);
        }, fail);
      };
      // A request that dies with its transaction knows less than the transaction does.
      result.catch((error: unknown) => {
        if (nameOf(error) !== 'AbortError') fail(error);
      });
    });
  }
}

/** The connection went while a transaction was under way: what it wrote may or may not be there. */
export function isInterrupted(error: unknown): boolean {
  return error instanceof PubSubError && error.details.interrupted === true;
}

/** Undefined on a connection that was closed without an event that told us. */
function begin(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  durability: Durability,
): IDBTransaction | undefined {
  try {
    return database.transaction(STORE, mode, { durability });
  } catch (error) {
    if (nameOf(error) === 'InvalidStateError') return undefined;
    throw databaseError(`database "${database.name}"`, error);
  }
}

function closedAgain(name: string): PubSubError {
  return databaseError(`database "${name}"`, new Error('the browser closes every connection at once'), {
    interrupted: true,
  });
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort();
  } catch {
    // it has ended already
  }
}
