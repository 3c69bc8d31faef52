import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { SimulatedDisk, seeded } from './support/simulated-disk.js';
import { storeOn } from './support/store-on.js';
import { appendEach, readUntilError, records } from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

/** A namespace whose log no longer reaches back to its first record. */
async function compacted(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const namespace = await storeOn(disk, 1).open('run');
  await appendEach(namespace, 1, 30);
  for (const sequence of [20, 25])
    await namespace.writeSnapshot({ sequence, records: [`state of ${sequence}`] });
  await namespace.close();
  disk.restart();
  return disk;
}

/** A namespace that never had a log. */
async function onlySnapshots(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const namespace = await storeOn(disk, 1).open('run');
  for (const sequence of [20, 25])
    await namespace.writeSnapshot({ sequence, records: [`state of ${sequence}`] });
  await namespace.close();
  disk.restart();
  return disk;
}

test.each([
  ['with a log', compacted],
  ['without one', onlySnapshots],
])(
  'a namespace %s whose removal is killed at any step, with or without power, is all there or gone',
  async (_, make) => {
    const measured = await make();
    await storeOn(measured, 2).remove('run');
    expect(measured.changes).toBeGreaterThan(10);
    const found = new Set<number>();
    for (let change = 1; change <= measured.changes; change += 1) {
      for (let seed = 0; seed < 3; seed += 1) {
        const disk = await make();
        disk.crashAt(change);
        await expect(storeOn(disk, 2).remove('run')).rejects.toBeDefined();
        if (seed === 0) disk.restart();
        else disk.losePower(seeded(seed * 1_009 + change));
        const listed = await storeOn(disk, 3).list();
        const namespace = await storeOn(disk, 3).open('run');
        const snapshot = (await namespace.readSnapshot())?.sequence ?? 0;
        const { sequences, error } = await readUntilError(namespace, snapshot);
        expect(error).toBeUndefined();
        expect(listed).toEqual(snapshot === 0 ? [] : ['run']);
        if (snapshot === 0) expect(sequences).toEqual([]);
        found.add(snapshot);
        await namespace.close();
      }
    }
    expect([...found].sort()).toEqual([0, 25]);
  },
);

describe('what others have put into the directories', () => {
  let place: TemporaryDirectory;
  beforeEach(() => {
    place = temporaryDirectory();
  });
  afterEach(() => place.remove());

  test('is left alone, until all that a namespace holds is removed', async () => {
    const storage = fileSystemStorage({ directory: place.path });
    const writing = await storage.open('run');
    await writing.append({ firstSequence: 1, records: records(1, 3) }, { sync: true });
    await writing.close();
    writeFileSync(join(place.path, 'n.file'), '');
    for (const within of ['n.run', 'n.run/log']) {
      mkdirSync(join(place.path, within, '@index', 'of'), { recursive: true });
      mkdirSync(join(place.path, within, 'directory.tmp'));
      writeFileSync(join(place.path, within, 'notes.tmp'), 'mine');
    }
    expect(await storage.list()).toEqual(['run']);
    const namespace = await storage.open('run');
    expect((await readUntilError(namespace)).read).toEqual(records(1, 3));
    await namespace.close();
    expect(existsSync(join(place.path, 'n.run/notes.tmp'))).toBe(true);
    await storage.remove('run');
    expect(existsSync(join(place.path, 'n.run'))).toBe(false);
    expect(await storage.list()).toEqual([]);
  });
});
