import { expect, test } from 'vitest';
import { SimulatedDisk, seeded } from './support/simulated-disk.js';
import { storeOn } from './support/store-on.js';
import { appendEach, readUntilError } from './support/stored-run.js';

/** For a test that lives through hundreds of crashes, on a machine that is busy with other things. */
const PATIENT = { timeout: 240_000 };

/** Records 1 to 30 on a disk, with one byte of record 8 changed. */
async function damagedDisk(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const namespace = await storeOn(disk, 1).open('run');
  await appendEach(namespace, 1, 30);
  await namespace.writeSnapshot({ sequence: 2, records: ['state of 2'] });
  await namespace.close();
  const log = '/data/n.run/log';
  for (const name of await disk.readDirectory(log)) {
    const descriptor = await disk.open(`${log}/${name}`, 'r+');
    const bytes = Buffer.alloc((await disk.status(`${log}/${name}`))?.size ?? 0);
    await disk.read(descriptor, bytes, 0);
    const at = bytes.indexOf('"seq":8,');
    if (at >= 0) disk.write(descriptor, Buffer.from('#'), at);
    await disk.dataSync(descriptor);
    await disk.close(descriptor);
  }
  disk.restart();
  return disk;
}

test('a repair that is killed at any step, with or without power, can be done again', PATIENT, async () => {
  const measured = await damagedDisk();
  await (await storeOn(measured, 2).open('run')).repair();
  const changes = measured.changes;
  expect(changes).toBeGreaterThan(20);
  const wanted = Array.from({ length: 28 }, (_, index) => index + 3).filter((sequence) => sequence !== 8);
  for (let change = 1; change <= changes; change += 1) {
    for (let seed = 0; seed < 3; seed += 1) {
      const disk = await damagedDisk();
      disk.crashAt(change);
      const crashed = storeOn(disk, 2)
        .open('run')
        .then((namespace) => namespace.repair());
      await expect(crashed).rejects.toBeDefined();
      if (seed === 0) disk.restart();
      else disk.losePower(seeded(seed * 1_009 + change));
      const namespace = await storeOn(disk, 3).open('run');
      await namespace.repair();
      expect((await namespace.readSnapshot())?.sequence).toBe(2);
      expect((await readUntilError(namespace, 2)).sequences).toEqual(wanted);
      await appendEach(namespace, 31, 2);
      await namespace.close();
      disk.losePower(seeded(change));
      const last = await storeOn(disk, 4).open('run');
      expect((await readUntilError(last, 2)).sequences).toEqual([...wanted, 31, 32]);
      await last.close();
    }
  }
});

/** A snapshot at 5, and one at 9 with one byte changed, that no log makes up for. */
async function damagedSnapshot(): Promise<SimulatedDisk> {
  const disk = new SimulatedDisk();
  const namespace = await storeOn(disk, 1).open('run');
  for (const sequence of [5, 9])
    await namespace.writeSnapshot({ sequence, records: [`state of ${sequence}`] });
  await namespace.close();
  const descriptor = await disk.open('/data/n.run/00000002-0000000000000009.snapshot', 'r+');
  disk.write(descriptor, Buffer.from('#'), 60);
  await disk.dataSync(descriptor);
  await disk.close(descriptor);
  disk.restart();
  return disk;
}

test('a repair that is killed before all is done does not hide what a damaged snapshot covered', async () => {
  const measured = await damagedSnapshot();
  await (await storeOn(measured, 2).open('run')).repair();
  let refused = 0;
  for (let change = 1; change <= measured.changes; change += 1) {
    const disk = await damagedSnapshot();
    disk.crashAt(change);
    const crashed = storeOn(disk, 2)
      .open('run')
      .then((namespace) => namespace.repair());
    await expect(crashed).rejects.toBeDefined();
    disk.restart();
    const names = await disk.readDirectory('/data/n.run');
    if (!names.some((name) => name.startsWith('00000002-'))) {
      expect(names, 'what was repaired is in its place before').not.toContain('log.repaired');
      continue;
    }
    const namespace = await storeOn(disk, 3).open('run');
    await expect(namespace.readSnapshot()).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    expect(await namespace.repair()).toEqual({ keptRecords: 0, lost: [[6, expect.any(Number)]] });
    expect((await namespace.readSnapshot())?.sequence).toBe(5);
    await namespace.close();
    refused += 1;
  }
  expect(refused).toBeGreaterThan(10);
});
