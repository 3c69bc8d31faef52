import { describe, expect, test } from 'vitest';
import { readBytes } from '../../storage-adapters/filesystem/durable-files.js';
import { type FileSystem, nodeFileSystem } from '../../storage-adapters/filesystem/file-system.js';
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

test.each([0, 1.5, Number.NaN, 2 ** 30 + 1])(
  'segments of %d bytes are refused: they could be written and not be read again',
  (segmentBytes) => {
    expect(() => fileSystemStorage({ directory: 'data', segmentBytes })).toThrow(
      expect.objectContaining({
        code: 'VALIDATION_ERROR',
        message: expect.stringContaining('at most 1073741824'),
      }),
    );
  },
);

test('a file that is longer than a system reads at once is read in pieces', async () => {
  const size = 2.5 * 2 ** 30;
  const pieces: number[] = [];
  const large: FileSystem = {
    ...nodeFileSystem,
    open: async () => 1,
    close: async () => undefined,
    status: async () => ({ size, changedAt: 0 }),
    read: async (_, { length }, position) => {
      pieces.push(position, length);
      return length;
    },
  };
  expect(await readBytes(large, 'a snapshot')).toHaveLength(size);
  expect(pieces).toEqual([0, 2 ** 30, 2 ** 30, 2 ** 30, 2 ** 31, 2 ** 29]);
});
