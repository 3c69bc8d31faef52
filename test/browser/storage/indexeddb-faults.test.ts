import { afterEach, expect, test, vi } from 'vitest';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { openStorage } from '../../../storage-adapters/open-storage.browser.js';
import {
  calledWith,
  databaseName,
  deleteStore,
  freshName,
  readRecords,
  rejection,
  underneath,
} from './support.js';

const sync = { sync: true };

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

/** Hands out the connections that are opened from here on: the browser's side of what it does to them. */
function watchConnections(): IDBDatabase[] {
  const connections: IDBDatabase[] = [];
  const { open } = IDBFactory.prototype;
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, name, version) {
    const request = version === undefined ? open.call(this, name) : open.call(this, name, version);
    request.addEventListener('success', () => connections.push(request.result));
    return request;
  });
  return connections;
}

/** Closes a connection as the browser does when it needs to: transactions abort, and there is a `close` event. */
function closeByForce(connection: IDBDatabase | undefined): void {
  if (connection === undefined) throw new Error('there is no connection');
  connection.close();
  connection.dispatchEvent(new Event('close'));
}

test('another tab that deletes the database is not blocked, and the writer is told', async () => {
  const name = freshName();
  const lost = calledWith<Error>();
  const namespace = await indexedDbStorage({ name }).open('run', { onLost: lost.callback });
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  await deleteStore(name); // would never resolve if our connection blocked it
  expect(await lost.called).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: false } });
  const error = await rejection(namespace.append({ firstSequence: 2, records: ['two'] }, sync));
  expect(error).toBe(await lost.called);
  expect(await rejection(readRecords(namespace))).toBe(error);
});

test('a database cleared underneath is reported, never taken for an empty start', async () => {
  const name = freshName();
  const lost = calledWith<Error>();
  const namespace = await indexedDbStorage({ name }).open('run', { onLost: lost.callback });
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  await underneath(name, (values) => values.clear());
  expect(await rejection(readRecords(namespace))).toMatchObject({ details: { lost: true } });
  const error = await rejection(namespace.append({ firstSequence: 2, records: ['two'] }, sync));
  expect(error).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: false, lost: true } });
  expect(await lost.called).toBe(error);
  expect(await underneath(name, (values) => values.count())).toBe(0); // what it wrote in vain is taken back
});

test('data that vanished between two visits is reported when the namespace is opened', async () => {
  const name = freshName();
  const storage = indexedDbStorage({ name });
  const namespace = await storage.open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  await storage.close();
  await deleteStore(name);
  const evicted: string[] = [];
  const later = indexedDbStorage({ name, onEvicted: (which) => evicted.push(which) });
  await later.open('run');
  await later.open('never seen before');
  expect(evicted).toEqual(['run']);
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  await later.close();
  await deleteStore(name);
  await indexedDbStorage({ name }).open('run');
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('"run"'));
});

test('what was removed on purpose is not reported as vanished', async () => {
  const name = freshName();
  const evicted: string[] = [];
  const storage = indexedDbStorage({ name, onEvicted: (which) => evicted.push(which) });
  const namespace = await storage.open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  await namespace.close();
  await storage.remove('run');
  await storage.open('run');
  expect(evicted).toEqual([]);
});

test('a connection closed by the browser is opened again, and nothing is noticed', async () => {
  const name = freshName();
  const connections = watchConnections();
  const namespace = await indexedDbStorage({ name }).open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  closeByForce(connections.at(-1));
  await namespace.append({ firstSequence: 2, records: ['two'] }, sync);
  closeByForce(connections.at(-1));
  expect(await readRecords(namespace)).toEqual(['one', 'two']);
  connections.at(-1)?.close(); // without any event, as some browsers do
  await namespace.append({ firstSequence: 3, records: ['three'] }, sync);
  expect(connections).toHaveLength(4);
  expect(await readRecords(namespace)).toEqual(['one', 'two', 'three']);
});

test('an append whose transaction is cut off is stored once or reported, whatever the moment', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  const { transaction } = IDBDatabase.prototype;
  let next = 1;
  for (const cut of ['before the commit', 'after the commit'] as const) {
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(function (
      this: IDBDatabase,
      names,
      mode,
      options,
    ) {
      const real = transaction.call(this, names, mode, options);
      // The page is told that it was aborted: truly, or although the browser had committed it already.
      if (cut === 'before the commit') real.commit = () => real.abort();
      else {
        real.commit = () => {
          const { oncomplete } = real;
          real.oncomplete = () => real.onabort?.(new Event('abort'));
          IDBTransaction.prototype.commit.call(real);
          expect(oncomplete).not.toBeNull();
        };
      }
      return real;
    });
    await namespace.append({ firstSequence: next, records: [cut] }, sync);
    next += 1;
  }
  expect(await readRecords(namespace)).toEqual(['before the commit', 'after the commit']);
});

test('an aborted transaction leaves nothing, and its error has a reason', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  const { transaction } = IDBDatabase.prototype;
  const spy = vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    names,
    mode,
    options,
  ) {
    const real = transaction.call(this, names, mode, options);
    if (mode === 'readwrite') real.commit = () => real.abort();
    return real;
  });
  const error = await rejection(namespace.append({ firstSequence: 2, records: ['two', 'three'] }, sync));
  expect(error).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: true } });
  expect(error).toHaveProperty('cause', expect.anything());
  spy.mockRestore();
  expect(await readRecords(namespace)).toEqual(['one']);
  await namespace.append({ firstSequence: 2, records: ['two'] }, sync);
  expect(await readRecords(namespace)).toEqual(['one', 'two']);
});

test('every append, snapshot and read is committed in the task that began it: nothing is awaited inside', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  const { transaction } = IDBDatabase.prototype;
  const begun = new Set<IDBTransaction>();
  const durabilities: string[] = [];
  let late = 0;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
    this: IDBDatabase,
    names,
    mode,
    options,
  ) {
    const real = transaction.call(this, names, mode, options);
    begun.add(real);
    if (mode === 'readwrite') durabilities.push(real.durability);
    queueMicrotask(() => {
      late += begun.has(real) ? 1 : 0;
    });
    real.commit = () => {
      begun.delete(real);
      IDBTransaction.prototype.commit.call(real);
    };
    return real;
  });
  await namespace.append({ firstSequence: 1, records: ['one'] }, { sync: true });
  await namespace.append({ firstSequence: 2, records: ['two'] }, { sync: false });
  await readRecords(namespace);
  await namespace.readSnapshot();
  expect(durabilities).toEqual(['strict', 'relaxed']);
  expect(late).toBe(0);
  expect(begun.size).toBe(0);
});

test('a database that another tab blocks is an error that says so, and works when it is free', async () => {
  const name = freshName();
  await (await indexedDbStorage({ name }).open('run')).close();
  // A tab of some other making: it ignores the wish to delete, so the deletion waits, and everybody behind it.
  const stubborn = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open(databaseName(name));
    request.onsuccess = () => resolve(request.result);
  });
  const deleting = new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(databaseName(name));
    request.onblocked = () => resolve();
  });
  await deleting;
  const storage = indexedDbStorage({ name, openTimeout: 200 });
  expect(await rejection(storage.open('run'))).toMatchObject({
    code: 'DATABASE_ERROR',
    details: { retryable: true, blocked: true },
  });
  stubborn.close();
  const patient = indexedDbStorage({ name, onEvicted: () => {} });
  await (await patient.open('run')).append({ firstSequence: 1, records: ['one'] }, sync);
});

test.each([
  ['missing', () => vi.stubGlobal('indexedDB', undefined)],
  [
    'forbidden',
    () => {
      vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
        throw new DOMException('access to the Indexed Database API is denied', 'SecurityError');
      });
    },
  ],
])('where IndexedDB is %s, there is a clear error and no silent second best', async (_, take) => {
  take();
  const error = await rejection(openStorage(freshName()));
  expect(error).toMatchObject({
    code: 'DATABASE_ERROR',
    message: expect.stringContaining('IndexedDB is not available here'),
    details: { retryable: false },
  });
  expect(await rejection(indexedDbStorage({ name: 'x' }).open('run'))).toMatchObject({
    code: 'DATABASE_ERROR',
  });
});

test('where Web Locks are missing, two tabs could not be kept apart: a clear error', async () => {
  vi.spyOn(Navigator.prototype, 'locks', 'get').mockReturnValue(undefined as unknown as LockManager);
  expect(
    await rejection(indexedDbStorage({ name: freshName(), askToPersist: false }).open('run')),
  ).toMatchObject({
    code: 'DATABASE_ERROR',
    message: expect.stringContaining('https'),
  });
});

test('a Web Lock that the browser refuses to give is a typed error, for who waits for it, too', async () => {
  const refusal = new DOMException('access to the Web Locks API is denied', 'SecurityError');
  vi.spyOn(LockManager.prototype, 'request').mockRejectedValue(refusal);
  const storage = indexedDbStorage({ name: freshName(), askToPersist: false });
  const expected = { code: 'DATABASE_ERROR', cause: refusal, details: { retryable: false } };
  expect(await rejection(storage.open('run'))).toMatchObject(expected);
  expect(await rejection(storage.openWhenFree('run'))).toMatchObject(expected);
  await storage.close();
});

test('bad options are refused by name', () => {
  expect(() => indexedDbStorage({ name: '' })).toThrow(/^name: expected a non-empty string/);
  expect(() => indexedDbStorage({ name: 'x', takeOverAfter: 0 })).toThrow(/^takeOverAfter: /);
  expect(() => indexedDbStorage({ name: 'x', openTimeout: Number.NaN })).toThrow(/^openTimeout: /);
  // A timer that is asked to wait for ever does not wait.
  for (const tooLong of [Number.POSITIVE_INFINITY, 2 ** 31]) {
    expect(() => indexedDbStorage({ name: 'x', takeOverAfter: tooLong })).toThrow(/at most 2147483647/);
    expect(() => indexedDbStorage({ name: 'x', openTimeout: tooLong })).toThrow(/at most 2147483647/);
  }
});

test('the browser is asked once to keep the data, and its answer can be shown', async () => {
  const persist = vi.spyOn(StorageManager.prototype, 'persist');
  const storage = indexedDbStorage({ name: freshName() });
  await storage.open('one');
  await storage.open('two');
  const report = await storage.persistence();
  expect(await storage.persistence()).toEqual(report);
  expect(persist).toHaveBeenCalledTimes(1);
  expect(report.persisted).toBe(await navigator.storage.persisted());
  expect(report.quota).toBeGreaterThan(0);
  expect(report.explanation).toMatch(/browser/);
  persist.mockClear();
  await indexedDbStorage({ name: freshName(), askToPersist: false }).open('run');
  expect(persist).not.toHaveBeenCalled();
});
