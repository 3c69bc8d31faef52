import { equal, numbered, readAll, rejects } from '../assertions.js';
import type { ConformanceCase } from '../conformance-case.js';

const sync = { sync: true };

/** Putting a snapshot, and going on after it. */
export const snapshotCases: readonly ConformanceCase[] = [
  {
    name: 'a snapshot is read back, and what follows it stays readable',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      await namespace.append(numbered(1, 10), sync);
      await namespace.writeSnapshot({ sequence: 7, records: ['state', '', 'of 7 😀'] });
      equal(
        await namespace.readSnapshot(),
        { sequence: 7, records: ['state', '', 'of 7 😀'] },
        'the snapshot',
      );
      equal(await readAll(namespace, 7), ['record 8', 'record 9', 'record 10'], 'records after it');
      await namespace.append(numbered(11, 1), sync);
      equal(await readAll(namespace, 9), ['record 10', 'record 11'], 'records after a later append');
    },
  },
  {
    name: 'the newest snapshot replaces the one before',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      for (let round = 1; round <= 5; round += 1) {
        await namespace.append(numbered(round * 10 - 9, 10), sync);
        await namespace.writeSnapshot({ sequence: round * 10, records: [`state of ${round * 10}`] });
        equal(
          await namespace.readSnapshot(),
          { sequence: round * 10, records: [`state of ${round * 10}`] },
          'it',
        );
        equal(await readAll(namespace, round * 10), [], 'records after it');
      }
      await namespace.append(numbered(51, 1), sync);
      await namespace.close();
      const again = await adapter.open('run');
      equal((await again.readSnapshot())?.sequence, 50, 'its sequence number after opening again');
      equal(await readAll(again, 50), ['record 51'], 'the record after it');
    },
  },
  {
    name: 'reading from before a snapshot gives every record or is refused, never a part of them',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const all = numbered(1, 12).records;
      const look = async (when: string): Promise<void> => {
        for (const after of [0, 3, 8]) {
          const what = `records after ${after}, ${when}`;
          const reading = readAll(namespace, after);
          await reading.then(
            (records) => equal(records, all.slice(after), what),
            () => rejects(reading, 'DATABASE_ERROR', what),
          );
        }
      };
      await namespace.append(numbered(1, 10), sync);
      await namespace.writeSnapshot({ sequence: 7, records: ['state of 7'] });
      await namespace.append(numbered(11, 2), sync);
      await look('with a snapshot among them');
      await namespace.writeSnapshot({ sequence: 10, records: ['state of 10'] });
      await namespace.writeSnapshot({ sequence: 12, records: ['state of 12'] });
      await look('with a snapshot behind them');
      equal(await readAll(namespace, 12), [], 'records after the snapshot');
    },
  },
  {
    name: 'a snapshot ahead of the log moves the next sequence number',
    async body({ adapter }) {
      const namespace = await adapter.open('imported');
      await namespace.writeSnapshot({ sequence: 41, records: ['from elsewhere'] });
      await rejects(namespace.append(numbered(1, 1), sync), 'DATABASE_ERROR', 'starting at 1');
      await namespace.append(numbered(42, 2), sync);
      equal(await readAll(namespace, 41), ['record 42', 'record 43'], 'records after the snapshot');
      equal(await adapter.list(), ['imported'], 'the list');
      await namespace.close();
      const again = await adapter.open('imported');
      equal(await readAll(again, 41), ['record 42', 'record 43'], 'records after opening again');
      await again.append(numbered(44, 1), sync);
    },
  },
  {
    name: 'a snapshot may be empty, or large',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      await namespace.append(numbered(1, 1), sync);
      await namespace.writeSnapshot({ sequence: 1, records: [] });
      equal(await namespace.readSnapshot(), { sequence: 1, records: [] }, 'the empty snapshot');
      const records = Array.from({ length: 3_000 }, (_, index) => `${index} ${'state '.repeat(300)}`);
      await namespace.writeSnapshot({ sequence: 1, records });
      equal(await namespace.readSnapshot(), { sequence: 1, records }, 'the large snapshot');
    },
  },
];
