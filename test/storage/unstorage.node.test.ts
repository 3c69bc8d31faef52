import { readFileSync } from 'node:fs';
import { createStorage } from 'unstorage';
import files from 'unstorage/drivers/fs-lite';
import { describe, expect, test } from 'vitest';
import { storageConformance } from '../../storage-adapters/testing/conformance.js';
import { temporaryDirectory } from './support/temporary-directory.js';
import { unstorageAdapter } from './unstorage-adapter.js';

describe('the recipe of docs/storage-adapters.md', () => {
  storageConformance({
    test,
    supports: { sync: false, persistent: true, shared: false },
    factory: () => {
      const { path, remove } = temporaryDirectory();
      const open = () => unstorageAdapter(createStorage({ driver: files({ base: path }) }));
      return { adapter: open(), reopen: open, cleanUp: remove };
    },
  });

  test('has fewer than 60 lines', () => {
    const source = readFileSync(new URL('./unstorage-adapter.ts', import.meta.url), 'utf8');
    expect(source.trim().split('\n').length).toBeLessThan(60);
  });
});
