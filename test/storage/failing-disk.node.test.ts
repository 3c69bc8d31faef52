import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StorageNamespace } from '../../core/persistence/storage-adapter.js';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { FailingDisk } from './support/failing-disk.js';
import { contents, logFiles, readUntilError, record, records } from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

let place: TemporaryDirectory;
let disk: FailingDisk;
beforeEach(() => {
  place = temporaryDirectory();
  disk = new FailingDisk();
});
afterEach(() => place.remove());

const store = (segmentBytes = 2 ** 20) =>
  fileSystemStorage({ directory: place.path, segmentBytes, fileSystem: disk.fileSystem });

const append = (namespace: StorageNamespace, first: number, count = 1, sync = true) =>
  namespace.append({ firstSequence: first, records: records(first, count) }, { sync });

/** A namespace with records 1 to 3. */
async function opened(segmentBytes?: number): Promise<StorageNamespace> {
  const namespace = await store(segmentBytes).open('run');
  await append(namespace, 1, 3);
  return namespace;
}

/** What is there when the namespace is opened anew, on a disk without faults. */
async function reopened(): Promise<string[]> {
  const namespace = await fileSystemStorage({ directory: place.path }).open('run');
  const { read, error } = await readUntilError(namespace);
  expect(error).toBeUndefined();
  await namespace.close();
  return read;
}

function databaseError(retryable: boolean, systemCode?: string) {
  return { code: 'DATABASE_ERROR', details: { retryable, ...(systemCode && { systemCode }) } };
}

describe('a full disk', () => {
  test.each(['ENOSPC', 'EDQUOT'])(
    '%s refuses the batch, keeps what was there, and goes on with room',
    async (code) => {
      const namespace = await opened();
      disk.fail('write', code);
      await expect(append(namespace, 4, 2)).rejects.toMatchObject(databaseError(true, code));
      await expect(append(namespace, 4, 1, false)).rejects.toMatchObject(databaseError(true, code));
      expect((await readUntilError(namespace)).read).toEqual(records(1, 3));
      disk.heal();
      await append(namespace, 4, 2);
      await namespace.close();
      expect(await reopened()).toEqual(records(1, 5));
    },
  );

  test('in the middle of a frame leaves nothing of it', async () => {
    const namespace = await opened();
    const before = contents(join(place.path, 'n.run', 'log'));
    disk.heal();
    disk.fail('write', 'short', 1);
    disk.fail('write', 'ENOSPC', 1);
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
    expect(disk.calls.get('write')).toBe(2);
    expect(contents(join(place.path, 'n.run', 'log'))).toEqual(before);
    await namespace.close();
  });

  test('when the next segment is to begin, does not harm the one before', async () => {
    const namespace = await opened(100);
    for (const operation of ['open', 'write', 'rename'] as const) {
      disk.fail(operation, 'ENOSPC');
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
      disk.heal();
    }
    await append(namespace, 4, 2);
    await append(namespace, 6, 2);
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 7));
  });

  test('while a snapshot is written, keeps the one before', async () => {
    const namespace = await opened();
    await namespace.writeSnapshot({ sequence: 2, records: ['state of 2'] });
    disk.fail('write', 'ENOSPC');
    const refused = namespace.writeSnapshot({ sequence: 3, records: ['state of 3'] });
    await expect(refused).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
    expect(await namespace.readSnapshot()).toEqual({ sequence: 2, records: ['state of 2'] });
    disk.heal();
    await append(namespace, 4);
    await namespace.writeSnapshot({ sequence: 4, records: ['state of 4'] });
    expect(await namespace.readSnapshot()).toEqual({ sequence: 4, records: ['state of 4'] });
    await namespace.close();
    expect(Object.keys(contents(place.path)).filter((path) => path.endsWith('.tmp'))).toEqual([]);
  });

  test('has room for a lock, where the one before was; without that the epochs go on all the same', async () => {
    await (await opened()).close();
    disk.fail('write', 'ENOSPC', 1);
    const namespace = await store().open('run');
    expect(namespace.epoch).toBe(2);
    expect((await readUntilError(namespace)).read).toEqual(records(1, 3));
    await expect(store().open('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await namespace.close();
    disk.fail('write', 'ENOSPC', 2);
    await expect(store().open('run')).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
    const next = await store().open('run');
    expect(next.epoch).toBe(4);
    expect((await readUntilError(next)).read).toEqual(records(1, 3));
    await next.close();
  });

  test('a real one, of one megabyte', async () => {
    const mounted = mountSmall(place.path);
    if (!mounted) {
      console.warn(
        'NOT PROVEN ON A REAL FULL DISK: this user may not mount one here; the simulated one stands in.',
      );
      const namespace = await opened();
      disk.fail('write', 'short', 1);
      disk.fail('write', 'ENOSPC');
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
      await namespace.close();
      expect(await reopened()).toEqual(records(1, 3));
      return;
    }
    try {
      const namespace = await store(2 ** 17).open('run');
      const ballast = openSync(join(place.path, 'ballast'), 'w');
      writeSync(ballast, Buffer.alloc(300_000));
      let next = 1;
      let refusal: unknown;
      while (refusal === undefined && next < 100_000) {
        refusal = await append(namespace, next, 50).then(
          () => undefined,
          (error: unknown) => error,
        );
        if (refusal === undefined) next += 50;
      }
      expect(refusal).toMatchObject(databaseError(true, 'ENOSPC'));
      expect(statfsSync(place.path).bavail).toBeLessThan(8);
      expect((await readUntilError(namespace)).read).toEqual(records(1, next - 1));
      await expect(append(namespace, next, 50)).rejects.toMatchObject(databaseError(true, 'ENOSPC'));
      closeSync(ballast);
      rmSync(join(place.path, 'ballast'));
      await append(namespace, next, 50);
      await namespace.close();
      expect(await reopened()).toEqual(records(1, next + 49));

      const full = openSync(join(place.path, 'ballast'), 'w');
      for (const size of [4096, 1]) while (hasRoomFor(full, size));
      closeSync(full);
      expect(await reopened()).toEqual(records(1, next + 49));
      await store().remove('run');
      expect(await store().list()).toEqual([]);
    } finally {
      execFileSync('umount', [place.path]);
    }
  });
});

/** Writes so many bytes; false where there is no room. */
function hasRoomFor(descriptor: number, bytes: number): boolean {
  try {
    return writeSync(descriptor, Buffer.alloc(bytes)) > 0;
  } catch {
    return false;
  }
}

/** Puts a file system of one megabyte there; false where that is not allowed. */
function mountSmall(path: string): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

test('a short write is completed', async () => {
  const namespace = await opened();
  disk.fail('write', 'short', 3);
  await append(namespace, 4, 5);
  expect(disk.calls.get('write')).toBeGreaterThan(3);
  await namespace.close();
  expect(await reopened()).toEqual(records(1, 8));
});

describe('a failing device', () => {
  test('EIO on a write ends the namespace: nothing is acknowledged any more', async () => {
    const namespace = await opened();
    disk.fail('write', 'EIO', 1);
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false, 'EIO'));
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
    const snapshot = namespace.writeSnapshot({ sequence: 3, records: [] });
    await expect(snapshot).rejects.toMatchObject(databaseError(false));
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 3));
  });

  test.each(['EIO', 'ENOSPC'])(
    '%s on a sync ends the namespace, and the sync is never tried again',
    async (code) => {
      const namespace = await opened();
      disk.heal();
      disk.fail('dataSync', code, 1);
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false, code));
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
      await namespace.close();
      expect(disk.calls.get('dataSync')).toBe(1);
      expect(await reopened()).toEqual(records(1, 3));
    },
  );

  test('EIO on the sync of a directory ends it, too', async () => {
    const namespace = await opened();
    disk.fail('syncDirectory', 'EIO', 1);
    const snapshot = namespace.writeSnapshot({ sequence: 3, records: ['state'] });
    await expect(snapshot).rejects.toMatchObject(databaseError(false, 'EIO'));
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
    await namespace.close();
  });

  test('EIO on a write that cannot be cut back leaves no half of a batch', async () => {
    const namespace = await opened();
    disk.fail('write', 'ENOSPC', 1);
    disk.fail('truncate', 'EIO', 1);
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 3));
  });

  test('a close that cannot sync says so', async () => {
    const namespace = await opened();
    await append(namespace, 4, 1, false);
    disk.fail('dataSync', 'EIO', 1);
    await expect(namespace.close()).rejects.toMatchObject(databaseError(false, 'EIO'));
  });
});

describe('what passes', () => {
  test.each(['EMFILE', 'EACCES'])('%s is a typed error, and the log goes on afterwards', async (code) => {
    const namespace = await opened(100);
    disk.fail('open', code);
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true, code));
    await expect(store().open('another')).rejects.toMatchObject(databaseError(true, code));
    expect((await readUntilError(namespace)).error).toMatchObject(databaseError(true, code));
    disk.heal();
    await append(namespace, 4);
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 4));
    await (await store().open('another')).close();
  });

  test.each([
    ['open', 3],
    ['makeDirectory', 1],
    ['syncDirectory', 2],
  ] as const)('a log that cannot begin, as %s fails at any step, begins later', async (operation, steps) => {
    let failures = 0;
    for (let spared = 0; spared <= steps; spared += 1) {
      const name = `run-${spared}`;
      const namespace = await store().open(name);
      disk.fail(operation, 'EACCES', Number.POSITIVE_INFINITY, spared);
      const failed = await append(namespace, 1, 2).then(
        () => false,
        () => true,
      );
      failures += Number(failed);
      disk.heal();
      if (failed) await append(namespace, 1, 2);
      await namespace.close();
      const again = await store().open(name);
      expect(await readUntilError(again)).toMatchObject({ read: records(1, 2), error: undefined });
      await again.close();
    }
    expect(failures, 'steps that can fail').toBe(steps);
  });

  test('the directory removed: a typed error until it is back', async () => {
    const namespace = await opened();
    renameSync(place.path, `${place.path}.away`);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true));
    }
    renameSync(`${place.path}.away`, place.path);
    await append(namespace, 4);
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 4));
  });

  test('the directory removed for good: opening anew starts a new one', async () => {
    const namespace = await opened();
    rmSync(place.path, { recursive: true });
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true));
    await namespace.close();
    expect(await reopened()).toEqual([]);
    mkdirSync(place.path, { recursive: true });
  });

  test('the log removed from under an open store: a typed error until it is back, and nothing is acknowledged', async () => {
    const namespace = await opened();
    const log = join(place.path, 'n.run', 'log');
    renameSync(log, `${log}.away`);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(true));
    }
    renameSync(`${log}.away`, log);
    await append(namespace, 4);
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 4));
  });

  test('the log removed under a store that does not sync is noticed, too, from one millisecond to the next', async () => {
    const namespace = await opened();
    const log = join(place.path, 'n.run', 'log');
    renameSync(log, `${log}.away`);
    const removed = Date.now();
    while (Date.now() === removed);
    await expect(append(namespace, 4, 1, false)).rejects.toMatchObject(databaseError(true));
    renameSync(`${log}.away`, log);
    await append(namespace, 4, 1, false);
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 4));
  });

  test('a segment replaced under an open store ends it: what was written is not in there', async () => {
    const namespace = await opened();
    const [file = ''] = logFiles(place.path);
    copyFileSync(file, `${file}.copy`);
    renameSync(`${file}.copy`, file);
    await expect(append(namespace, 4)).rejects.toMatchObject(databaseError(false));
    await namespace.close();
    expect(await reopened()).toEqual(records(1, 3));
  });

  test.each(['EPERM', 'EBUSY'])(
    '%s on a rename is tried again a few times, as Windows needs it',
    async (code) => {
      const namespace = await opened();
      disk.heal();
      disk.fail('rename', code, 3);
      await namespace.writeSnapshot({ sequence: 3, records: ['state'] });
      expect(disk.calls.get('rename')).toBe(4);
      disk.heal();
      disk.fail('rename', code);
      const refused = namespace.writeSnapshot({ sequence: 3, records: ['never'] });
      await expect(refused).rejects.toMatchObject(databaseError(true, code));
      expect(disk.calls.get('rename')).toBeLessThan(20);
      disk.heal();
      await append(namespace, 4);
      await namespace.close();
      expect(await reopened()).toEqual(records(1, 4));
    },
  );
});

test('a batch that is too long for one frame is refused, named with its limit, and harms nothing', async () => {
  const namespace = await opened();
  const long = 'x'.repeat(2 ** 27);
  const refused = namespace.append({ firstSequence: 4, records: [long, long, '!'] }, { sync: true });
  await expect(refused).rejects.toMatchObject({ code: 'DATABASE_ERROR', details: { limit: 2 ** 28 } });
  await append(namespace, 4);
  await namespace.close();
  expect(readFileSync(logFiles(place.path)[0] ?? '', 'latin1')).toContain(record(4));
});
