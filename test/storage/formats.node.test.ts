import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFileSystem } from '../../storage-adapters/filesystem/file-system.js';
import { type Migration, migrate } from '../../storage-adapters/filesystem/formats.js';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { appendEach, contents, logFiles, snapshotFiles, storedRun } from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

let place: TemporaryDirectory;
beforeEach(() => {
  place = temporaryDirectory();
});
afterEach(() => place.remove());

/** Writes a version into the header of a file, as a later library might. */
function setVersion(path: string, version: number): void {
  const bytes = readFileSync(path);
  bytes.writeUInt32LE(version, 8);
  writeFileSync(path, bytes);
}

const stored = () =>
  storedRun(place.path, async (namespace) => {
    await appendEach(namespace, 1, 60);
    await namespace.writeSnapshot({ sequence: 50, records: ['state of 50'] });
  });

/** Everything that can be seen from outside: names, bytes, and directories. */
const everything = () => [contents(place.path), readdirSync(place.path, { recursive: true }).sort()];

describe('a newer format', () => {
  async function expectRefusedUntouched(): Promise<void> {
    const before = everything();
    const refused = fileSystemStorage({ directory: place.path }).open('run');
    await expect(refused).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      message: expect.stringContaining('format version 2'),
      details: { format: 2, known: 1, file: expect.any(String), retryable: false },
    });
    expect(everything()).toEqual(before);
  }

  test.each([0, 1, -1])('in a segment of the log (%i) is refused without writing a byte', async (index) => {
    await stored();
    setVersion(logFiles(place.path).at(index) ?? '', 2);
    await expectRefusedUntouched();
  });

  test('in a snapshot is refused without writing a byte', async () => {
    await stored();
    setVersion(snapshotFiles(place.path)[0] ?? '', 2);
    await expectRefusedUntouched();
  });

  test('in a lock is refused without writing a byte', async () => {
    mkdirSync(join(place.path, 'n.run'));
    writeFileSync(join(place.path, 'n.run', 'lock-1'), JSON.stringify({ format: 2, holder: 'who knows' }));
    await expectRefusedUntouched();
  });
});

test('every file says its format version', async () => {
  const storage = await stored();
  for (const path of [...logFiles(place.path), ...snapshotFiles(place.path)]) {
    expect(readFileSync(path).readUInt32LE(8)).toBe(1);
  }
  const namespace = await storage.open('run');
  expect(JSON.parse(readFileSync(join(place.path, 'n.run', 'lock-2'), 'utf8'))).toMatchObject({ format: 1 });
  await namespace.close();
});

describe('migrate', () => {
  const bump =
    (version: number): Migration =>
    async (_, directory) => {
      for (const path of [...logFiles(join(directory, '..')), ...snapshotFiles(join(directory, '..'))]) {
        if (readFileSync(path).readUInt32LE(8) < version) setVersion(path, version);
      }
    };

  test('takes the steps from the oldest version found, in order, and again after an interruption', async () => {
    await stored();
    const directory = join(place.path, 'n.run');
    const taken: number[] = [];
    let interrupted = false;
    const steps = new Map<number, Migration>([
      [
        1,
        async (fileSystem, path) => {
          taken.push(1);
          if (!interrupted) {
            interrupted = true;
            setVersion(logFiles(place.path)[0] ?? '', 2);
            throw new Error('interrupted');
          }
          await bump(2)(fileSystem, path);
        },
      ],
      [
        2,
        async (fileSystem, path) => {
          taken.push(2);
          await bump(3)(fileSystem, path);
        },
      ],
    ]);
    await expect(migrate(nodeFileSystem, directory, steps, 3)).rejects.toThrow('interrupted');
    await migrate(nodeFileSystem, directory, steps, 3);
    expect(taken).toEqual([1, 1, 2]);
    await migrate(nodeFileSystem, directory, steps, 3);
    expect(taken).toHaveLength(3);
  });

  test('refuses a version from which no step leads on', async () => {
    await stored();
    const refused = migrate(nodeFileSystem, join(place.path, 'n.run'), new Map(), 2);
    await expect(refused).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  });
});
