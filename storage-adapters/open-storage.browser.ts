import { requireOptions } from '../core/config.js';
import { type IndexedDbStorage, indexedDbStorage } from './indexeddb.js';

export interface OpenStorageOptions {
  /** Where Node keeps the store. Has no effect in browsers. */
  readonly directory?: string | undefined;
}

/**
 * The store of choice on this platform, which in a browser is IndexedDB, opened and ready.
 *
 * @param name Names the store; two names never share data.
 * @throws PubSubError `VALIDATION_ERROR` for an empty name or an unknown option. `DATABASE_ERROR` when the browser has no IndexedDB or forbids it (some private windows and
 * sandboxed frames): there is no silent second best. Use `memoryStorage()` if losing the data is fine.
 * @example
 * const executor = await PubSubExecutor.open({ storage: await openStorage('my-app') });
 */
export async function openStorage(name: string, options: OpenStorageOptions = {}): Promise<IndexedDbStorage> {
  requireOptions(options, 'options', ['directory']);
  const storage = indexedDbStorage({ name });
  await storage.list(); // fails now, with the reason, rather than in the middle of something
  return storage;
}
