import { test } from 'vitest';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { storageConformance } from '../../../storage-adapters/testing/conformance.js';
import { deleteStore, freshName } from './support.js';

storageConformance({
  test,
  supports: { sync: true, persistent: true, shared: true },
  factory: () => {
    const name = freshName();
    return {
      adapter: indexedDbStorage({ name }),
      reopen: () => indexedDbStorage({ name }),
      cleanUp: () => deleteStore(name),
    };
  },
});
