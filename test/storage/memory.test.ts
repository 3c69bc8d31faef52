import { describe, test } from 'vitest';
import { memoryStorage } from '../../storage-adapters/memory.js';
import { storageConformance } from '../../storage-adapters/testing/conformance.js';

describe('memoryStorage', () => {
  storageConformance({
    test,
    supports: { sync: false, persistent: false, shared: false },
    factory: () => ({ adapter: memoryStorage() }),
  });
});
