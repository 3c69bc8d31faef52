import type { StorageNamespace } from '../../../core/persistence/storage-adapter.js';

let count = 0;

/** A store name that no other test uses. */
export function freshName(): string {
  count += 1;
  return `test ${count} ${crypto.randomUUID()}`;
}

/** Name of the database behind a store, for tests that reach underneath. */
export function databaseName(store: string): string {
  return `dagger ${JSON.stringify(store)}`;
}

export function deleteStore(store: string): Promise<void> {
  return done(indexedDB.deleteDatabase(databaseName(store))).then(() => {});
}

/** Works on a store's values from outside, as a fault would. */
export async function underneath<Result>(
  store: string,
  work: (values: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const database = await done(indexedDB.open(databaseName(store)));
  try {
    return await done(work(database.transaction('dagger', 'readwrite').objectStore('dagger')));
  } finally {
    database.close();
  }
}

/** Key of the batch that starts at a sequence number, found without knowing the incarnation. */
export async function batchKeyAt(store: string, firstSequence: number): Promise<IDBValidKey> {
  const keys = await underneath(store, (values) => values.getAllKeys());
  const found = keys.find((key) => Array.isArray(key) && key[0] === 'batch' && key[3] === firstSequence);
  if (found === undefined) throw new Error(`There is no batch at ${firstSequence}`);
  return found;
}

export async function readRecords(namespace: StorageNamespace, after = 0): Promise<string[]> {
  const records: string[] = [];
  for await (const batch of namespace.read(after)) records.push(...batch.records);
  return records;
}

/** Resolves with what a callback is called with. */
export function calledWith<Value>(): {
  readonly callback: (value: Value) => void;
  readonly called: Promise<Value>;
} {
  let callback: (value: Value) => void = () => {};
  const called = new Promise<Value>((resolve) => {
    callback = resolve;
  });
  return { callback, called };
}

/** What a promise rejects with. Fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`Expected a rejection, got ${JSON.stringify(outcome.value)}`);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
