import { expect, test } from 'vitest';
import { type FileSystem, fileSystemStorage, type ProcessTable } from '../../storage-adapters/filesystem.js';
import { Crash, SimulatedDisk, seeded } from './support/simulated-disk.js';

/** What the application was promised before it died. */
interface Promised {
  /** The last record whose append was acknowledged, and asked for on the device. */
  synced: number;
  /** The last record whose append was acknowledged. */
  appended: number;
  /** The last record whose append was begun. */
  begun: number;
  snapshot: number;
  snapshotBegun: number;
}

/** For a test that lives through hundreds of crashes, on a machine that is busy with other things. */
const PATIENT = { timeout: 240_000 };

const record = (sequence: number): string => `record ${sequence} ${'.'.repeat(sequence % 50)}`;
const state = (sequence: number): string[] => [`state of ${sequence}`, '-'.repeat(200)];

/** Each start of the machine is another one, and whoever ran before is gone. */
function processes(boot: number): ProcessTable {
  return {
    self: async () => ({ pid: boot, startedAt: '1', machine: 'simulated', boot: String(boot) }),
    find: async () => 'gone',
  };
}

function storeOn(fileSystem: FileSystem, boot: number) {
  return fileSystemStorage({
    directory: '/data/store',
    segmentBytes: 400,
    fileSystem,
    processes: processes(boot),
  });
}

/** A life of a namespace: appends of all kinds, segments that fill up, snapshots that let old ones go. */
async function live(fileSystem: FileSystem, boot: number, promised: Promised, rounds: number): Promise<void> {
  const storage = storeOn(fileSystem, boot);
  const namespace = await storage.open('run');
  let next = promised.begun + 1;
  for (let round = 1; round <= rounds; round += 1) {
    const records = Array.from({ length: 1 + (round % 4) }, (_, index) => record(next + index));
    const sync = round % 3 !== 0;
    promised.begun = next + records.length - 1;
    await namespace.append({ firstSequence: next, records }, { sync });
    next = promised.begun + 1;
    promised.appended = promised.begun;
    if (sync) promised.synced = promised.appended;
    if (round % 5 === 0) {
      promised.snapshotBegun = next - 2;
      await namespace.writeSnapshot({ sequence: next - 2, records: state(next - 2) });
      promised.snapshot = next - 2;
      promised.synced = promised.appended; // a snapshot is durable, and so is what it stands on
    }
  }
  await namespace.close();
  promised.synced = promised.appended;
}

/** Opens what the crash left and compares it with what was promised; returns the last record found. */
async function check(
  fileSystem: FileSystem,
  boot: number,
  promised: Promised,
  kept: number,
): Promise<number> {
  const storage = storeOn(fileSystem, boot);
  const namespace = await storage.open('run');
  const snapshot = await namespace.readSnapshot();
  const covered = snapshot?.sequence ?? 0;
  expect([promised.snapshot, promised.snapshotBegun], 'the old snapshot or the new').toContain(covered);
  if (snapshot !== undefined) expect(snapshot.records).toEqual(state(covered));
  const records: string[] = [];
  for await (const batch of namespace.read(covered)) {
    expect(batch.firstSequence).toBe(covered + records.length + 1);
    records.push(...batch.records);
  }
  const last = covered + records.length;
  expect(records).toEqual(records.map((_, index) => record(covered + 1 + index)));
  expect(last, 'nothing acknowledged is lost').toBeGreaterThanOrEqual(kept);
  expect(last, 'nothing is there that was not appended').toBeLessThanOrEqual(promised.begun);
  await namespace.append({ firstSequence: last + 1, records: [record(last + 1)] }, { sync: true });
  await namespace.close();
  return last + 1;
}

const nothing = (): Promised => ({ synced: 0, appended: 0, begun: 0, snapshot: 0, snapshotBegun: 0 });

async function countChanges(): Promise<number> {
  const disk = new SimulatedDisk();
  await live(disk, 1, nothing(), 20);
  return disk.changes;
}

/** Dies at the given change, restarts as told, checks, lives on and dies once more; `wrap` may break the disk. */
async function dieAt(
  change: number,
  seed: number | undefined,
  wrap = (disk: FileSystem) => disk,
): Promise<void> {
  const disk = new SimulatedDisk();
  const promised = nothing();
  disk.crashAt(change);
  try {
    await live(wrap(disk), 1, promised, 20);
  } catch (error) {
    expect(causeOf(error)).toBeInstanceOf(Crash);
  }
  const random = seeded((seed ?? 0) * 10_007 + change);
  if (seed === undefined) disk.restart();
  else disk.losePower(random);
  const kept = seed === undefined ? promised.appended : promised.synced;
  const last = await check(wrap(disk), 2, promised, kept);
  const found = await checkedSnapshot(disk, promised);
  const second = { synced: last, appended: last, begun: last, snapshot: found, snapshotBegun: found };
  await live(wrap(disk), 3, second, 7);
  disk.losePower(random);
  await check(wrap(disk), 4, second, second.synced);
}

async function checkedSnapshot(disk: FileSystem, promised: Promised): Promise<number> {
  const namespace = await storeOn(disk, 2).open('run');
  const found = (await namespace.readSnapshot())?.sequence ?? 0;
  await namespace.close();
  expect([promised.snapshot, promised.snapshotBegun]).toContain(found);
  return found;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : error;
}

test(
  'a process killed at any step leaves all that was acknowledged, and the old snapshot or the new',
  PATIENT,
  async () => {
    const changes = await countChanges();
    expect(changes).toBeGreaterThan(100);
    for (let change = 1; change <= changes; change += 1) await dieAt(change, undefined);
  },
);

test(
  'a power cut at any step leaves all that was synced, and the old snapshot or the new',
  PATIENT,
  async () => {
    const changes = await countChanges();
    for (let change = 1; change <= changes; change += 1) {
      for (let seed = 0; seed < 4; seed += 1) await dieAt(change, seed);
    }
  },
);

async function violations(wrap: (disk: FileSystem) => FileSystem): Promise<number> {
  const changes = await countChanges();
  let found = 0;
  for (let change = 1; change <= changes; change += 1) {
    await dieAt(change, 1, wrap).catch(() => {
      found += 1;
    });
  }
  return found;
}

/** The same disk with one of its operations replaced. */
function without(operation: 'syncDirectory' | 'dataSync') {
  return (disk: FileSystem): FileSystem =>
    new Proxy(disk, {
      get: (target, key) => {
        if (key === operation) return async () => undefined;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
}

test('these checks notice when directories are not synced', async () => {
  expect(await violations(without('syncDirectory'))).toBeGreaterThan(0);
});

test('these checks notice when files are not synced', async () => {
  expect(await violations(without('dataSync'))).toBeGreaterThan(0);
});
