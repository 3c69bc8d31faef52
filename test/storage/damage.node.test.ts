import {
  appendFileSync,
  copyFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { PubSubExecutor } from 'dagger-agents';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { fileSystemStorage } from '../../storage-adapters/filesystem.js';
import { seeded } from './support/simulated-disk.js';
import {
  appendEach,
  contents,
  flipBit,
  logFiles,
  readUntilError,
  record,
  records,
  snapshotFiles,
  storedRun,
} from './support/stored-run.js';
import { type TemporaryDirectory, temporaryDirectory } from './support/temporary-directory.js';

/** For a test that opens a store thousands of times, on a machine that is busy with other things. */
const PATIENT = { timeout: 240_000 };

let place: TemporaryDirectory;
beforeEach(() => {
  place = temporaryDirectory({ quick: true });
});
afterEach(() => place.remove());

const store = () => fileSystemStorage({ directory: place.path, segmentBytes: 1_000 });

function last<T>(items: readonly T[]): T {
  const item = items.at(-1);
  if (item === undefined) throw new Error('Expected at least one item');
  return item;
}

/** The only segment of a log that is one file. */
const onlyFile = (): string => last(logFiles(place.path));

/** Opens what is there, and hands back what it says about it. */
async function look(after = 0) {
  const namespace = await store().open('run');
  const { tornTail } = namespace;
  const found = await readUntilError(namespace, after);
  await namespace.close();
  return { ...found, tornTail };
}

async function expectRefused(after = 0): Promise<void> {
  const before = contents(join(place.path, 'n.run', 'log'));
  const namespace = await store().open('run');
  const { error } = await readUntilError(namespace, after);
  expect(error).toMatchObject({
    code: 'DATABASE_ERROR',
    details: { position: expect.any(String), retryable: false },
  });
  const append = namespace.append({ firstSequence: 1_000, records: ['x'] }, { sync: true });
  await expect(append).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  await namespace.close();
  expect(contents(join(place.path, 'n.run', 'log')), 'nothing was changed').toEqual(before);
}

describe('a torn tail', () => {
  test(
    'cut at every byte of the last three records, the log holds exactly what was whole',
    PATIENT,
    async () => {
      await storedRun(place.path, (namespace) => appendEach(namespace, 1, 5), 2 ** 20);
      const ends: number[] = [];
      const whole = readFileSync(onlyFile());
      for (let at = whole.indexOf('fffd', 0, 'hex'); at >= 0; at = whole.indexOf('fffd', at + 1, 'hex'))
        ends.push(at - 8);
      ends.push(whole.length);
      expect(ends).toHaveLength(6);
      for (let length = ends[2] ?? 0; length <= whole.length; length += 1) {
        writeFileSync(onlyFile(), whole.subarray(0, length));
        const kept = ends.filter((end) => end <= length).length - 1;
        const { read, error, tornTail } = await look();
        expect({ read, error }).toEqual({ read: records(1, kept), error: undefined });
        const dropped = length - (ends[kept] ?? 0);
        if (dropped > 0) expect(tornTail).toMatchObject({ position: expect.stringContaining(onlyFile()) });
        else expect(tornTail).toBeUndefined();
      }
    },
  );

  test('what follows a cut is appended behind what was whole', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 3));
    truncateSync(onlyFile(), readFileSync(onlyFile()).length - 3);
    const namespace = await store().open('run');
    expect(namespace.tornTail?.dropped).toBeGreaterThan(3);
    await appendEach(namespace, 3, 2);
    await namespace.close();
    expect((await look()).read).toEqual(records(1, 4));
  });

  test('any bit flipped in the last frame is the same as a torn tail', PATIENT, async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 3));
    const whole = readFileSync(onlyFile());
    const start = whole.lastIndexOf('fffd', undefined, 'hex') - 8;
    for (let bit = start * 8; bit < whole.length * 8; bit += 1) {
      writeFileSync(onlyFile(), whole);
      flipBit(onlyFile(), bit);
      const { read, error, tornTail } = await look();
      expect({ read, error }).toEqual({ read: records(1, 2), error: undefined });
      expect(tornTail?.dropped).toBeGreaterThan(0);
      expect(tornTail?.afterClose).toBe(true);
    }
  });

  test('an end that was damaged after a close in order is not said to hold nothing acknowledged', async () => {
    const killed = temporaryDirectory();
    onTestFinished(killed.remove);
    const executor = await PubSubExecutor.open({ storage: store(), namespace: 'run' });
    await executor.publish('channel', 'acknowledged');
    cpSync(place.path, killed.path, { recursive: true });
    await executor.close();
    const closed = readFileSync(onlyFile());
    const tornSaid = async (directory: string) => {
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message) };
      const storage = fileSystemStorage({ directory });
      await (await PubSubExecutor.open({ storage, namespace: 'run', logger })).close();
      return warnings;
    };
    truncateSync(onlyFile(), closed.length - 1);
    expect(await tornSaid(place.path)).toEqual([expect.stringContaining('acknowledged records may be lost')]);
    // As a kill leaves it; its lock says that we hold it, and we live.
    rmSync(join(killed.path, 'n.run', 'lock-1'));
    truncateSync(last(logFiles(killed.path)), readFileSync(last(logFiles(killed.path))).length - 1);
    expect(await tornSaid(killed.path)).toEqual([expect.stringContaining('nothing acknowledged was in it')]);

    // A repair cuts it off, too, and is asked what was lost.
    writeFileSync(onlyFile(), closed.subarray(0, -1));
    const repair = () => PubSubExecutor.repair({ storage: store(), namespace: 'run' });
    expect(await repair()).toMatchObject({ lost: [[expect.any(Number), Number.POSITIVE_INFINITY]] });
    expect(await repair()).toMatchObject({ lost: [] });
  });

  test('zeros behind the end are ignored', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 3));
    appendFileSync(onlyFile(), Buffer.alloc(5_000));
    expect(await look()).toMatchObject({ read: records(1, 3), error: undefined, tornTail: undefined });
  });

  test('old frames behind the end are ignored, however whole they are', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 5));
    const whole = readFileSync(onlyFile());
    const first = whole.indexOf('fffd', 0, 'hex') - 8;
    appendFileSync(onlyFile(), whole.subarray(first));
    expect(await look()).toMatchObject({ read: records(1, 5), error: undefined });
    const namespace = await store().open('run');
    await appendEach(namespace, 6, 2);
    await namespace.close();
    expect((await look()).read).toEqual(records(1, 7));
  });
});

describe('damage before the end', () => {
  test('a bit flipped in the middle is refused with its file and offset, and nothing is touched', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 20), 2 ** 20);
    const at = readFileSync(onlyFile()).indexOf('"seq":10,');
    flipBit(onlyFile(), at * 8);
    const namespace = await store().open('run');
    const { read, error } = await readUntilError(namespace);
    expect(read).toEqual(records(1, 9));
    const details = {
      file: onlyFile(),
      offset: expect.any(Number),
      position: expect.stringContaining(onlyFile()),
    };
    expect(error).toMatchObject({ code: 'DATABASE_ERROR', details });
    await namespace.close();
    await expectRefused();
  });

  test(
    '2,000 bits flipped by chance, one at a time: each is noticed, and what is before it stays',
    PATIENT,
    async () => {
      await storedRun(place.path, (namespace) => appendEach(namespace, 1, 30));
      const files = logFiles(place.path);
      expect(files).toHaveLength(3);
      const wholes = files.map((file) => readFileSync(file));
      const total = wholes.reduce((sum, whole) => sum + whole.length, 0);
      const random = seeded(4);
      for (let round = 0; round < 2_000; round += 1) {
        let byte = Math.floor(random() * total);
        let index = 0;
        while (byte >= (wholes[index]?.length ?? 0)) byte -= wholes[index++]?.length ?? 0;
        const file = files[index] ?? '';
        flipBit(file, byte * 8 + Math.floor(random() * 8));
        const { read, error, tornTail } = await openAndRead();
        expect(error !== undefined || tornTail !== undefined, `byte ${byte} of ${file}`).toBe(true);
        expect(read, 'what is read is a prefix').toEqual(records(1, read.length));
        const before =
          wholes[index]
            ?.subarray(0, byte)
            .toString('latin1')
            .match(/"seq":(\d+)/g) ?? [];
        const lastBefore = Number(before.at(-1)?.slice(6) ?? firstOf(file)) - 1;
        expect(read.length, `nothing before byte ${byte} of ${file} is lost`).toBeGreaterThanOrEqual(
          lastBefore,
        );
        files.forEach((path, which) => {
          writeFileSync(path, wholes[which] ?? '');
        });
      }
    },
  );

  async function openAndRead() {
    try {
      return await look();
    } catch (error) {
      return { read: records(1, 30), error, tornTail: undefined }; // a format version that does not exist yet
    }
  }

  const firstOf = (path: string): number => Number(/(\d+)\.log$/.exec(path)?.[1]);

  test.each(['first', 'middle', 'last'])('the %s segment missing is refused', async (which) => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const files = logFiles(place.path);
    const index = { first: 0, middle: 1, last: files.length - 1 }[which] ?? 0;
    rmSync(files[index] ?? '');
    await expectRefused();
  });

  test('the only segment missing is refused', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 3));
    rmSync(onlyFile());
    await expectRefused();
  });

  test('the whole log missing beside a snapshot is refused: it holds what the snapshot does not', async () => {
    await storedRun(place.path, async (namespace) => {
      await appendEach(namespace, 1, 3);
      await namespace.writeSnapshot({ sequence: 2, records: ['state of 2'] });
    });
    rmSync(join(place.path, 'n.run', 'log'), { recursive: true });
    const { read, error } = await look(2);
    expect(read).toEqual([]);
    expect(error).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: false } });
  });

  test('a snapshot that was never beside a log needs none', async () => {
    await storedRun(place.path, (namespace) =>
      namespace.writeSnapshot({ sequence: 5, records: ['imported'] }),
    );
    expect(await look(5)).toMatchObject({ read: [], error: undefined });
  });

  test('two segments swapped are refused', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const [, second = '', third = ''] = logFiles(place.path);
    renameSync(second, `${second}.aside`);
    renameSync(third, second);
    renameSync(`${second}.aside`, third);
    await expectRefused();
  });

  test('a segment doubled is refused', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const [first = '', second = ''] = logFiles(place.path);
    copyFileSync(second, join(dirname(first), `${'9'.repeat(16)}.log`));
    await expectRefused();
  });

  test('a segment of another namespace is refused', async () => {
    const storage = await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const other = await storage.open('other');
    await appendEach(other, 1, 60);
    await other.close();
    const [, second = ''] = logFiles(place.path);
    copyFileSync(second.replace('n.run', 'n.other'), second);
    await expectRefused();
  });
});

describe('a damaged snapshot', () => {
  /** Two snapshots, at 40 and at 60, of 70 records. */
  const twoSnapshots = () =>
    storedRun(place.path, async (namespace) => {
      await appendEach(namespace, 1, 40);
      await namespace.writeSnapshot({ sequence: 40, records: ['state of 40'] });
      await appendEach(namespace, 41, 20);
      await namespace.writeSnapshot({ sequence: 60, records: ['state of 60'] });
      await appendEach(namespace, 61, 10);
    });

  test('gives way to the generation before, with the log from there on', PATIENT, async () => {
    await twoSnapshots();
    const newest = last(snapshotFiles(place.path));
    const whole = readFileSync(newest);
    for (let bit = 0; bit < whole.length * 8; bit += 3) {
      if (bit >= 64 && bit < 96) continue; // the format version: see formats.node.test.ts
      writeFileSync(newest, whole);
      flipBit(newest, bit);
      const namespace = await store().open('run');
      expect(await namespace.readSnapshot()).toEqual({ sequence: 40, records: ['state of 40'] });
      expect((await readUntilError(namespace, 40)).read).toEqual(records(41, 30));
      await namespace.close();
    }
  });

  test('does not count as the one that the next snapshot may drop records for', async () => {
    await twoSnapshots();
    flipBit(last(snapshotFiles(place.path)), 500);
    const namespace = await store().open('run');
    await appendEach(namespace, 71, 10);
    await namespace.writeSnapshot({ sequence: 80, records: ['state of 80'] });
    await namespace.close();
    flipBit(last(snapshotFiles(place.path)), 500);
    const again = await store().open('run');
    expect((await again.readSnapshot())?.sequence).toBe(40);
    expect((await readUntilError(again, 40)).read).toEqual(records(41, 40));
    await again.close();
  });

  test('both damaged: the log says what it no longer holds, and never starts from nothing', async () => {
    await twoSnapshots();
    for (const path of snapshotFiles(place.path)) flipBit(path, 500);
    const namespace = await store().open('run');
    expect(await namespace.readSnapshot()).toBeUndefined();
    const { read, error } = await readUntilError(namespace);
    expect(read).toEqual([]);
    expect(error).toMatchObject({ code: 'DATABASE_ERROR', message: expect.stringContaining('missing') });
    await namespace.close();
  });
});

describe('repair', () => {
  async function repaired(after = 0) {
    const namespace = await store().open('run');
    const report = await namespace.repair();
    const found = await readUntilError(namespace, after);
    await namespace.close();
    return { report, ...found };
  }

  test('keeps everything but the damaged record, and the log goes on', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const [, second = ''] = logFiles(place.path);
    const damaged = Number(/"seq":(\d+)/.exec(readFileSync(second, 'latin1').slice(300))?.[1]);
    flipBit(second, (300 + readFileSync(second, 'latin1').slice(300).indexOf(`"seq":${damaged}`)) * 8);
    const before = contents(join(place.path, 'n.run', 'log'));
    const { report, sequences, error } = await repaired();
    expect(report).toEqual({ keptRecords: 59, lost: [[damaged, damaged]] });
    expect(error).toBeUndefined();
    expect(sequences).toEqual(
      [...records(1, 60).keys()].map((key) => key + 1).filter((key) => key !== damaged),
    );
    const aside = contents(join(place.path, 'n.run', 'damaged-1', 'log'));
    expect(Object.values(aside)).toEqual(Object.values(before));
    const again = await store().open('run');
    await appendEach(again, 61, 30);
    await again.close();
    expect((await look()).sequences).toHaveLength(89);
  });

  test('says which records went with a missing segment', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const [, second = '', third = ''] = logFiles(place.path);
    const [from, to] = [second, third].map((path) => Number(/(\d+)\.log$/.exec(path)?.[1]));
    rmSync(second);
    const { report, sequences, error } = await repaired();
    expect(report.lost).toEqual([[from, (to ?? 0) - 1]]);
    expect(report.keptRecords).toBe(sequences.length);
    expect(error).toBeUndefined();
    expect(sequences.at(-1)).toBe(60);
  });

  test('says that the end is unknown when the last segment is missing', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const gone = last(logFiles(place.path));
    const first = Number(/(\d+)\.log$/.exec(gone)?.[1]);
    rmSync(gone);
    const { report, error } = await repaired();
    expect(report).toEqual({ keptRecords: first - 1, lost: [[first, Number.POSITIVE_INFINITY]] });
    expect(error).toBeUndefined();
  });

  test('says that all after the snapshot is unknown when the whole log is missing, and the log goes on', async () => {
    await storedRun(place.path, async (namespace) => {
      await appendEach(namespace, 1, 3);
      await namespace.writeSnapshot({ sequence: 2, records: ['state of 2'] });
    });
    rmSync(onlyFile());
    const { report, error } = await repaired(2);
    expect(report).toEqual({ keptRecords: 0, lost: [[3, Number.POSITIVE_INFINITY]] });
    expect(error).toBeUndefined();
    const again = await store().open('run');
    await appendEach(again, 3, 2);
    await again.close();
    expect((await look(2)).read).toEqual(records(3, 2));
  });

  test('loses nothing to a damaged header', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    flipBit(last(logFiles(place.path)), 16 * 8);
    await expectRefused();
    expect(await repaired()).toMatchObject({ report: { keptRecords: 60, lost: [] }, read: records(1, 60) });
  });

  test('does not count as lost what a snapshot holds, and moves a damaged snapshot aside', async () => {
    await storedRun(place.path, async (namespace) => {
      await appendEach(namespace, 1, 40);
      await namespace.writeSnapshot({ sequence: 30, records: ['state of 30'] });
      await namespace.writeSnapshot({ sequence: 40, records: ['state of 40'] });
    });
    flipBit(logFiles(place.path)[0] ?? '', 100 * 8);
    flipBit(last(snapshotFiles(place.path)), 500);
    const { report, error } = await repaired(30);
    expect(error).toBeUndefined();
    expect(report.lost).toEqual([]);
    expect(snapshotFiles(place.path)).toHaveLength(1);
  });

  test('of a whole namespace changes nothing', async () => {
    await storedRun(place.path, (namespace) => appendEach(namespace, 1, 60));
    const before = contents(join(place.path, 'n.run', 'log'));
    expect((await repaired()).report).toEqual({ keptRecords: 60, lost: [] });
    expect(contents(join(place.path, 'n.run', 'log'))).toEqual(before);
  });
});

test('record() differs from number to number, so that a wrong one cannot pass', () => {
  expect(new Set(records(1, 100)).size).toBe(100);
  expect(record(7)).toBe('{"seq":7,"text":""}');
});
