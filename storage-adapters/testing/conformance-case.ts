import type { StorageAdapter, StorageCapabilities } from '../../core/persistence/storage-adapter.js';

/** One case of the suite: a name that reads as a promise, and what must hold. Throws when it does not. */
export interface ConformanceCase {
  readonly name: string;
  /** Runs only for stores that promise this. */
  readonly needs?: keyof StorageCapabilities;
  readonly body: (store: OpenFixture) => Promise<void>;
}

/** A fixture as the cases see it: `reopen` is always there, and what it opened is closed at the end. */
export interface OpenFixture {
  readonly adapter: StorageAdapter;
  readonly supports: StorageCapabilities;
  readonly reopen: () => Promise<StorageAdapter>;
}
