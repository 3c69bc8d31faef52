import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../storage-adapters/filesystem/file-system.js';
import { type FileSystem, fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

let place: TemporaryDirectory;
beforeEach(() => {
  place = temporaryDirectory();
});
afterEach(() => place.remove());

/** Tries without end are an error instead of memory that runs out. */
function countingDirectories(most: number): FileSystem {
  let made = 0;
  return {
    ...nodeFileSystem,
    makeDirectory(path) {
      made += 1;
      if (made > most) throw new Error(`More than ${most} attempts to make a directory`);
      return nodeFileSystem.makeDirectory(path);
    },
  };
}

describe('a directory that cannot be made', () => {
  const refused = (directory: string) =>
    fileSystemStorage({ directory, fileSystem: countingDirectories(50) }).open('run');

  test.each([
    ['behind a link that leads nowhere', (link: string) => join(link, 'data', 'store')],
    ['that is such a link itself', (link: string) => link],
  ])('%s is refused, with the reason', async (_, directoryOf) => {
    const link = join(place.path, 'link');
    symlinkSync(join(place.path, 'nowhere'), link);
    await expect(refused(directoryOf(link))).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      cause: { code: 'ENOENT' },
      details: { systemCode: 'ENOENT' },
    });
  });

  test.runIf(process.platform === 'linux')('below /proc is refused, with the reason', async () => {
    await expect(refused('/proc/nope/store')).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      cause: { code: 'ENOENT' },
    });
  });
});

test('the directories above are made when they are first needed', async () => {
  const storage = fileSystemStorage({ directory: join(place.path, 'one', 'two', 'three') });
  const namespace = await storage.open('run');
  await namespace.close();
  expect(nodeFileSystem.inode(join(place.path, 'one', 'two', 'three', 'n.run'))).toBeDefined();
});
