import { cpSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PubSubError, PubSubExecutor, type RunEvent } from 'dagger-agents';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { createTestRuntime } from 'dagger-agents/testing';
import { expect, onTestFinished, test } from 'vitest';
import { snapshotOf } from '../../core/state/snapshot.js';
import { temporaryDirectory } from '../storage/support/temporary-directory.js';
import { refusal } from '../support/bus.js';
import { Chance } from './simulation/chance.js';

/** A store with a run in it, as a killed process leaves it, and the acknowledged publishes with the log's length then. */
interface Stored {
  readonly directory: string;
  readonly acknowledged: readonly { readonly id: string; readonly bytes: number }[];
}

const quiet = { warn() {}, info() {} };

function newDirectory(): string {
  // Hundreds of opens, and nothing about the device.
  const { path, remove } = temporaryDirectory({ quick: true });
  onTestFinished(remove);
  return path;
}

const logIn = (directory: string): string => {
  const log = join(directory, 'n.default', 'log');
  const [newest = ''] = readdirSync(log).sort().reverse();
  return join(log, newest);
};

async function storedRun(
  options: { readonly segmentBytes?: number; readonly count?: number } = {},
): Promise<Stored> {
  const { count = 12, ...more } = options;
  const living = newDirectory();
  const executor = await PubSubExecutor.open({
    storage: fileSystemStorage({ directory: living, ...more }),
    runtime: createTestRuntime(),
  });
  const acknowledged: { id: string; bytes: number }[] = [];
  for (let number = 0; number < count; number++) {
    executor.cache.insertGlobalValue('numbers', String(number), number);
    const { id } = await executor.publish('in', { number, text: 'x'.repeat(number * 3) });
    acknowledged.push({ id, bytes: readFileSync(logIn(living)).length });
  }
  const directory = newDirectory();
  cpSync(living, directory, { recursive: true });
  for (const name of readdirSync(join(directory, 'n.default')))
    if (name.startsWith('lock-')) rmSync(join(directory, 'n.default', name));
  await executor.close();
  return { directory, acknowledged };
}

/** A copy that may be damaged. */
function copyOf({ directory }: Stored): string {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
}

const opened = (directory: string): Promise<PubSubExecutor> =>
  PubSubExecutor.open({
    storage: fileSystemStorage({ directory }),
    runtime: createTestRuntime({ startAt: Date.UTC(2026, 1, 1) }),
    logger: quiet,
  });

const idsIn = ({ tree, state }: PubSubExecutor): string[] => {
  const ids: string[] = [];
  for (let number = tree.first; number < tree.next; number++) {
    const node = state.tree.get(number);
    if (node?.kind === 'publish') ids.push(node.id);
  }
  return ids;
};

test('a log cut at every byte of its last three records gives exactly what was acknowledged before the cut', async () => {
  const stored = await storedRun();
  const whole = readFileSync(logIn(stored.directory)).length;
  const first = stored.acknowledged.at(-4)?.bytes ?? 0;
  expect(whole - first).toBeGreaterThan(100);
  for (let length = whole; length >= first; length--) {
    const directory = copyOf(stored);
    truncateSync(logIn(directory), length);
    const warnings: string[] = [];
    const executor = await PubSubExecutor.open({
      storage: fileSystemStorage({ directory }),
      logger: { warn: (message) => void warnings.push(message) },
    });
    const kept = stored.acknowledged.filter(({ bytes }) => bytes <= length);
    expect(idsIn(executor)).toEqual(kept.map(({ id }) => id));
    const isTorn = !stored.acknowledged.some(({ bytes }) => bytes === length);
    expect(warnings.length > 0).toBe(isTorn);
    // It goes on: what comes now is kept behind what was.
    await executor.publish('in', 'more');
    await executor.close();
    const again = await opened(directory);
    expect(idsIn(again)).toHaveLength(kept.length + 1);
    await again.close();
    rmSync(directory, { recursive: true });
  }
}, 120_000);

test('a flipped bit is noticed wherever it is: cut off at the end, refused with its position elsewhere', async () => {
  const stored = await storedRun();
  const bytes = readFileSync(logIn(stored.directory));
  const ids = stored.acknowledged.map(({ id }) => id);
  const chance = new Chance(7);
  let [refused, cut] = [0, 0];
  for (let flip = 0; flip < 250; flip++) {
    const directory = copyOf(stored);
    const bit = chance.whole(0, bytes.length * 8 - 1);
    const damaged = Buffer.from(bytes);
    damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(logIn(directory), damaged);
    try {
      const executor = await opened(directory);
      const found = idsIn(executor);
      expect(found).toEqual(ids.slice(0, found.length));
      // Only the last frame may go, as a write that was torn.
      expect(found.length).toBeGreaterThanOrEqual(ids.length - 1);
      expect(found.length).toBeLessThan(ids.length);
      cut++;
      await executor.close();
    } catch (thrown) {
      if (!(thrown instanceof PubSubError)) throw thrown;
      expect(thrown.code).toBe('DATABASE_ERROR');
      // A flip may make a file of a newer version of it; that one is named.
      expect(thrown.details.position ?? thrown.details.file).toBeDefined();
      expect(readFileSync(logIn(directory)).equals(damaged)).toBe(true);
      refused++;
    }
    rmSync(directory, { recursive: true });
  }
  expect(refused).toBeGreaterThan(50);
  expect(cut).toBeGreaterThan(1);
}, 120_000);

test('repair() keeps everything before the damage, says what it could not keep, and open() works again', async () => {
  const stored = await storedRun();
  const bytes = readFileSync(logIn(stored.directory));
  for (const place of [2, 6, 9]) {
    const directory = copyOf(stored);
    const storage = fileSystemStorage({ directory });
    const at = Math.floor(
      ((stored.acknowledged[place - 1]?.bytes ?? 0) + (stored.acknowledged[place]?.bytes ?? 0)) / 2,
    );
    const damaged = Buffer.from(bytes);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    writeFileSync(logIn(directory), damaged);
    const before = await refusal(() => opened(directory));
    expect(before).toMatchObject({ code: 'DATABASE_ERROR' });

    const report = await PubSubExecutor.repair({ storage });
    expect(report.lost).toHaveLength(1);
    expect(report.unusableRecords).toBeGreaterThan(0);
    const executor = await opened(directory);
    expect(idsIn(executor)).toEqual(stored.acknowledged.slice(0, place).map(({ id }) => id));
    expect(executor.cache.getGlobalInput('numbers', String(place - 1))).toBe(place - 1);
    expect(executor.state.seq).toBe(report.keptEvents + 1);
    expect(readdirSync(join(directory, 'n.default'))).toContain('damaged-1');

    await executor.publish('in', 'goes on');
    const { state } = executor;
    await executor.close();
    const again = await opened(directory);
    expect(idsIn(again)).toHaveLength(place + 1);
    expect(again.state.seq).toBe(state.seq + 1);
    await again.close();
  }
});

test('repair() keeps what is before a record that is whole but does not fit', async () => {
  const storage = memoryStorage();
  const executor = await PubSubExecutor.open({ storage });
  const ids = [];
  for (const number of [1, 2, 3]) ids.push((await executor.publish('in', number)).id);
  await executor.close();
  const namespace = await storage.open('default');
  let last = 0;
  for await (const { firstSequence, records } of namespace.read(0)) last = firstSequence + records.length - 1;
  const misfit = JSON.stringify([2, ['d', 0, 12_345]]);
  await namespace.append({ firstSequence: last + 1, records: [misfit, misfit] }, { sync: true });
  await namespace.close();
  expect(await refusal(() => PubSubExecutor.open({ storage }))).toMatchObject({
    message: expect.stringMatching(/record \d+: .*delivery 12345.*PubSubExecutor.repair/),
  });
  expect(await PubSubExecutor.repair({ storage })).toMatchObject({ lost: [], unusableRecords: 2 });
  const again = await PubSubExecutor.open({ storage });
  expect(idsIn(again)).toEqual(ids);
  await again.publish('in', 4);
  await again.close();
  const last4 = await PubSubExecutor.open({ storage });
  expect(idsIn(last4)).toHaveLength(4);
  await last4.close();
});

test('repair() of a state that is whole changes nothing', async () => {
  const stored = await storedRun({ segmentBytes: 1000 });
  const directory = copyOf(stored);
  const before = await opened(copyOf(stored));
  const report = await PubSubExecutor.repair({ storage: fileSystemStorage({ directory }) });
  expect(report).toMatchObject({ lost: [], unusableRecords: 0 });
  const after = await opened(directory);
  expect(snapshotOf(after.state)).toEqual(snapshotOf(before.state));
  await before.close();
  await after.close();
});

function flipBitInNewestSnapshot(directory: string): string {
  const home = join(directory, 'n.default');
  const [newest = ''] = readdirSync(home)
    .filter((name) => name.endsWith('.snapshot'))
    .sort()
    .reverse();
  const path = join(home, newest);
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  return path;
}

test('a damaged snapshot is passed over for the one before it, and the log makes up for it', async () => {
  const directory = newDirectory();
  const storage = (): ReturnType<typeof fileSystemStorage> => fileSystemStorage({ directory });
  const executor = await PubSubExecutor.open({ storage: storage(), logger: quiet });
  const events: RunEvent[] = [];
  executor.subscribe((event) => events.push(event));
  await executor.publish('in', 1);
  await executor.saveState();
  await executor.publish('in', 2);
  await executor.saveState();
  await executor.publish('in', 3);
  const ids = idsIn(executor);
  await executor.close();
  flipBitInNewestSnapshot(directory);
  const found = await opened(directory);
  expect(idsIn(found)).toEqual(ids);
  await found.close();
});

test.each([1, 3])(
  "the newest of %s snapshots written with 'exit', damaged, is refused: there is no log that makes up for it",
  async (saves) => {
    const directory = newDirectory();
    const storage = fileSystemStorage({ directory });
    const executor = await PubSubExecutor.open({ storage, durability: 'exit', logger: quiet });
    for (let number = 1; number < saves; number++) {
      await executor.publish('in', number);
      await executor.saveState();
    }
    await executor.publish('in', saves);
    await executor.close();
    const damaged = flipBitInNewestSnapshot(directory);
    for (const durability of ['exit', 'sync'] as const) {
      const refused = await refusal(() => PubSubExecutor.open({ storage, durability, logger: quiet }));
      expect(refused).toMatchObject({ code: 'DATABASE_ERROR', details: { file: damaged } });
    }
    const { lost } = await PubSubExecutor.repair({ storage });
    expect(lost).toEqual([[saves, saves]]);
    const found = await opened(directory);
    expect(idsIn(found)).toHaveLength(saves - 1);
    await found.publish('in', 'goes on');
    await found.close();
  },
);

test("what a damaged snapshot held between two stretches of the log, written with 'exit' between two with 'sync', is missed", async () => {
  const directory = newDirectory();
  const storage = fileSystemStorage({ directory });
  for (const durability of ['sync', 'exit', 'sync'] as const) {
    const executor = await PubSubExecutor.open({ storage, durability, logger: quiet });
    await executor.publish('in', durability);
    await executor.close();
  }
  flipBitInNewestSnapshot(directory);
  expect((await refusal(() => opened(directory))).code).toBe('DATABASE_ERROR');
  const { lost } = await PubSubExecutor.repair({ storage });
  expect(lost).not.toEqual([]);
  const found = await opened(directory);
  expect(idsIn(found)).toHaveLength(1);
  await found.close();
});

test('repair() refuses what is in use, and bad options', async () => {
  const directory = newDirectory();
  const executor = await opened(directory);
  const storage = fileSystemStorage({ directory });
  expect(await refusal(() => PubSubExecutor.repair({ storage }))).toMatchObject({ code: 'LOCK_ERROR' });
  expect(await refusal(() => PubSubExecutor.repair({ storage, namespace: '' }))).toMatchObject({
    code: 'VALIDATION_ERROR',
  });
  await executor.close();
});
