import { expect, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { indexedDbStorage } from '../../storage-adapters/indexeddb.js';
import { keyValueStorage } from '../../storage-adapters/key-value.js';
import { memoryStorage } from '../../storage-adapters/memory.js';
import { openStorage as openInBrowser } from '../../storage-adapters/open-storage.browser.js';
import { openStorage as openInNode } from '../../storage-adapters/open-storage.node.js';

const store = {
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
  keys: async () => [],
};

/** Each with options that it takes, and one that it does not. */
const factories: readonly (readonly [string, (options: unknown) => unknown, object, string])[] = [
  ['memoryStorage', (options) => Reflect.apply(memoryStorage, undefined, [options]), {}, 'directory'],
  [
    'fileSystemStorage',
    (options) => Reflect.apply(fileSystemStorage, undefined, [options]),
    { directory: 'data', segmentBytes: undefined, staleAfterSeconds: undefined, fileSystem: undefined },
    'segmentSize',
  ],
  [
    'indexedDbStorage',
    (options) => Reflect.apply(indexedDbStorage, undefined, [options]),
    {
      name: 'a',
      askToPersist: undefined,
      takeOverAfter: undefined,
      openTimeout: undefined,
      onEvicted: undefined,
    },
    'openTimeoutSeconds',
  ],
  [
    'keyValueStorage',
    (options) => Reflect.apply(keyValueStorage, undefined, [options]),
    { kind: 'map', store, persistent: undefined, sync: undefined },
    'durable',
  ],
];

test.each(factories)('%s refuses an option that it does not know', (_, make, good, unknown) => {
  expect(() => make({ ...good, [unknown]: undefined })).toThrow(
    expect.objectContaining({
      code: 'VALIDATION_ERROR',
      details: expect.objectContaining({ field: `options.${unknown}` }),
    }),
  );
  expect(() => make(null)).toThrow(expect.objectContaining({ code: 'VALIDATION_ERROR' }));
});

test.each(factories)('%s takes undefined for what is left out', (_, make, good) => {
  expect(make(good)).toHaveProperty('kind');
});

test.each([
  ['in Node', openInNode],
  ['in a browser', openInBrowser],
])('openStorage %s refuses an option that it does not know', async (_, open) => {
  const refused = Reflect.apply(open, undefined, ['my-app', { dir: './data' }]);
  await expect(refused).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: { field: 'options.dir', expected: 'one of the options directory' },
  });
});

test('a store that takes no options says so', () => {
  const open = () => Reflect.apply(memoryStorage, undefined, [{ directory: './data' }]);
  expect(open).toThrow('options.directory: expected no options at all, got "directory"');
});
