import { PubSubError } from '../../core/errors.js';
import type { StoredBatch } from '../../core/persistence/storage-adapter.js';
import { answer } from './connection.js';
import { type Database, isInterrupted } from './database.js';
import { refused } from './faults.js';
import { batchKey, namespaceKey, type Place } from './keys.js';
import { type SealedRecords, sealBatch } from './records.js';

export interface AppendOptions {
  readonly sync: boolean;
  /** Whether a fence lies in its place, which it replaces. */
  readonly overFence: boolean;
  /** Whether a namespace record, as read from the store, is that of this writer. */
  readonly isOurs: (record: unknown) => boolean;
}

/**
 * Stores a batch as one value. Answers the namespace record that lay in the store at that moment: when it is not
 * ours, nothing was stored, and the writer has lost the namespace.
 */
export async function storeBatch(
  database: Database,
  place: Place,
  batch: StoredBatch,
  options: AppendOptions,
): Promise<unknown> {
  const key = batchKey(place, batch.firstSequence);
  let sealed: SealedRecords | undefined;
  const write = (): Promise<unknown> =>
    database.write(options.sync ? 'strict' : 'relaxed', (store) => {
      const record = answer<unknown>(store.get(namespaceKey(place.name)));
      // Sealed here, so that the browser's own process starts on the transaction while we do our sums.
      sealed ??= sealBatch(batch.firstSequence, batch.records);
      if (options.overFence) store.put(sealed, key);
      else store.add(sealed, key); // refused by the database where a fence lies
      return record;
    });
  let record: unknown;
  try {
    record = await write();
  } catch (error) {
    if (!isConflict(error) && !isInterrupted(error)) throw error;
    // Refused: somebody has taken over. Interrupted: it may have been committed or not. The store knows.
    const found = await look(database, place, key);
    if (!options.isOurs(found.record) || (sealed !== undefined && isSame(found.batch, sealed)))
      return found.record;
    if (isConflict(error)) throw refused(`a batch at sequence ${batch.firstSequence} is stored already`);
    record = await write();
  }
  if (!options.isOurs(record)) {
    // The namespace was emptied or changed hands without the database noticing: take back what we have just written.
    await database.write('relaxed', (store) => answer(store.delete(key)));
  }
  return record;
}

async function look(
  database: Database,
  place: Place,
  key: IDBValidKey,
): Promise<{ readonly record: unknown; readonly batch: unknown }> {
  const [record, batch] = await database.read((store) =>
    Promise.all([answer<unknown>(store.get(namespaceKey(place.name))), answer<unknown>(store.get(key))]),
  );
  return { record, batch };
}

function isSame(stored: unknown, sealed: SealedRecords): boolean {
  return typeof stored === 'object' && stored !== null && 'sum' in stored && stored.sum === sealed.sum;
}

function isConflict(error: unknown): boolean {
  return error instanceof PubSubError && error.details.reason === 'ConstraintError';
}
