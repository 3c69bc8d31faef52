import { describe, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { storageConformance } from '../../storage-adapters/testing/conformance.js';
import { temporaryDirectory } from './support/temporary-directory.js';

const supports = { sync: true, persistent: true, shared: true };

describe('fileSystemStorage', () => {
  storageConformance({
    test,
    supports,
    factory: () => {
      const { path, remove } = temporaryDirectory();
      const open = () => fileSystemStorage({ directory: path });
      return { adapter: open(), reopen: open, cleanUp: remove };
    },
  });
});

describe('fileSystemStorage with segments of 1 KiB', () => {
  storageConformance({
    test,
    supports,
    factory: () => {
      const { path, remove } = temporaryDirectory();
      const open = () => fileSystemStorage({ directory: path, segmentBytes: 1_024 });
      return { adapter: open(), reopen: open, cleanUp: remove };
    },
  });
});
