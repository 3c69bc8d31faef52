import { expect, test } from 'vitest';
import type { StorageNamespace } from '../../../core/persistence/storage-adapter.js';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { calledWith, deleteStore, freshName, readRecords, rejection } from './support.js';

test('a listener that throws in onEvicted does not keep the namespace from being opened', async () => {
  const name = freshName();
  const first = indexedDbStorage({ name });
  await (await first.open('run')).append({ firstSequence: 1, records: ['1'] }, { sync: false });
  await first.close();
  await deleteStore(name);
  const thrown = uncaughtError();
  const namespace = await indexedDbStorage({
    name,
    onEvicted: () => {
      throw new Error('a bad listener');
    },
  }).open('run');
  expect(await thrown).toMatchObject({ message: 'a bad listener' });
  expect(await readRecords(namespace)).toEqual([]);
});

test('a listener that throws in onLost harms nobody', async () => {
  const name = freshName();
  const thrown = uncaughtError();
  const namespace: StorageNamespace = await indexedDbStorage({ name }).open('run', {
    onLost: () => {
      throw new Error('a bad listener');
    },
  });
  await deleteStore(name);
  expect(await thrown).toMatchObject({ message: 'a bad listener' });
  expect(await rejection(readRecords(namespace))).toMatchObject({ code: 'DATABASE_ERROR' });
});

/** What the page hears of as thrown by nobody's code; the test runner does not hear of it. */
function uncaughtError(): Promise<unknown> {
  const { callback, called } = calledWith<unknown>();
  const onError = (event: ErrorEvent): void => {
    event.preventDefault();
    event.stopImmediatePropagation();
    window.removeEventListener('error', onError, true);
    callback(event.error);
  };
  window.addEventListener('error', onError, true);
  return called;
}
