import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataDirectory } from '../../storage-adapters/filesystem/data-directory.js';
import { openStorage } from '../../storage-adapters/open-storage.node.js';
import { temporaryDirectory } from './support/temporary-directory.js';

test('the directory can be chosen', async () => {
  const { path, remove } = temporaryDirectory();
  try {
    const storage = await openStorage('my app', { directory: join(path, 'here') });
    const namespace = await storage.open('run');
    await namespace.append({ firstSequence: 1, records: ['x'] }, { sync: true });
    await storage.close();
    const again = await openStorage('another name', { directory: join(path, 'here') });
    expect(await again.list()).toEqual(['run']);
  } finally {
    remove();
  }
});

test('each platform keeps it where programs keep data of their user', () => {
  expect(dataDirectory('linux', {}, '/home/ann')).toBe('/home/ann/.local/share');
  expect(dataDirectory('linux', { XDG_DATA_HOME: '/data' }, '/home/ann')).toBe('/data');
  expect(dataDirectory('linux', { XDG_DATA_HOME: 'not/absolute' }, '/home/ann')).toBe(
    '/home/ann/.local/share',
  );
  expect(dataDirectory('darwin', {}, '/Users/ann')).toBe('/Users/ann/Library/Application Support');
  expect(dataDirectory('win32', { LOCALAPPDATA: 'C:\\Users\\ann\\Local' }, 'C:\\')).toBe(
    'C:\\Users\\ann\\Local',
  );
});

test('an empty name is refused', async () => {
  await expect(openStorage('')).rejects.toMatchObject({
    code: 'VALIDATION_ERROR',
    details: { field: 'name' },
  });
});
