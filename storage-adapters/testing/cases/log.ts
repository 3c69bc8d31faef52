import { equal, numbered, ok, readAll, rejects } from '../assertions.js';
import type { ConformanceCase } from '../conformance-case.js';

const sync = { sync: true };

/** Appending and reading back. */
export const logCases: readonly ConformanceCase[] = [
  {
    name: 'a new namespace is empty',
    async body({ adapter }) {
      const namespace = await adapter.open('new');
      equal(await readAll(namespace), [], 'records');
      ok((await namespace.readSnapshot()) === undefined, 'there is no snapshot');
      ok(namespace.tornTail === undefined, 'there is no torn tail');
      ok(Number.isInteger(namespace.epoch) && namespace.epoch >= 1, 'the epoch is a positive integer');
      equal(await adapter.list(), [], 'the list, as nothing is stored');
    },
  },
  {
    name: 'batches are read in the order they were appended, from any sequence number',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      await namespace.append(numbered(1, 3), sync);
      await namespace.append(numbered(4, 1), { sync: false });
      await namespace.append(numbered(5, 4), sync);
      const all = numbered(1, 8).records;
      for (let after = 0; after <= 8; after += 1) {
        equal(await readAll(namespace, after), all.slice(after), `records after ${after}`);
      }
    },
  },
  {
    name: 'a batch that does not follow the last record is refused and leaves nothing',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      await rejects(namespace.append(numbered(2, 1), sync), 'DATABASE_ERROR', 'starting at 2');
      await rejects(namespace.append(numbered(0, 1), sync), 'DATABASE_ERROR', 'starting at 0');
      await namespace.append(numbered(1, 3), sync);
      await rejects(namespace.append(numbered(3, 1), sync), 'DATABASE_ERROR', 'the last number again');
      await rejects(namespace.append(numbered(5, 1), sync), 'DATABASE_ERROR', 'leaving one out');
      await namespace.append(numbered(4, 1), sync);
      equal(await readAll(namespace), numbered(1, 4).records, 'records after the refusals');
    },
  },
  {
    name: 'an array that its owner changes later does not change the store',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const records = ['as it was'];
      await namespace.append({ firstSequence: 1, records }, sync);
      records[0] = 'changed';
      records.push('added');
      equal(await readAll(namespace), ['as it was'], 'records');
    },
  },
  {
    name: 'any text comes back as it went in',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const records = [
        '',
        '{"a":"é漢字😀"}',
        'line\nbreak\r\n',
        '\0\u0001\u2028\ufeff\uffff',
        '"\\',
        ' ',
        '\u{10ffff}',
      ];
      await namespace.append({ firstSequence: 1, records }, sync);
      equal(await readAll(namespace), records, 'records');
    },
  },
  {
    name: 'a lone surrogate is kept as it is or refused, never changed',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const records = ['good', 'half a pair: \ud83d', '\ude00 the other half'];
      const refused = await namespace.append({ firstSequence: 1, records }, sync).then(
        () => false,
        () => true,
      );
      equal(await readAll(namespace), refused ? [] : records, 'records');
      await namespace.append(numbered(refused ? 1 : 4, 1), sync);
    },
  },
  {
    name: 'a large batch and a large record are stored whole',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const many = Array.from({ length: 20_000 }, (_, index) => `${index}: ${'x'.repeat(index % 300)}`);
      const large = ['é'.repeat(2_000_000)];
      await namespace.append({ firstSequence: 1, records: many }, sync);
      await namespace.append({ firstSequence: 20_001, records: large }, sync);
      const read = await readAll(namespace);
      equal(read.length, 20_001, 'how many records are read');
      ok(
        many.every((record, index) => record === read[index]),
        'each of 20,000 records in one batch is as it was',
      );
      ok(read[20_000] === large[0], 'a record of two million characters is as it was');
    },
  },
  {
    name: 'many small batches are stored in order',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      for (let sequence = 1; sequence <= 300; sequence += 1) {
        await namespace.append(numbered(sequence, 1), { sync: sequence % 100 === 0 });
      }
      equal(await readAll(namespace), numbered(1, 300).records, 'records');
    },
  },
  {
    name: 'reading can stop early, and start again',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      for (let sequence = 1; sequence <= 20; sequence += 2)
        await namespace.append(numbered(sequence, 2), sync);
      for await (const batch of namespace.read(4)) {
        equal(batch.records[0], 'record 5', 'the first record after 4');
        break;
      }
      await namespace.append(numbered(21, 1), sync);
      equal(
        await readAll(namespace, 18),
        ['record 19', 'record 20', 'record 21'],
        'records of the second reading',
      );
    },
  },
  {
    name: 'repair of a healthy namespace keeps everything',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      await namespace.append(numbered(1, 5), sync);
      equal(await namespace.repair(), { keptRecords: 5, lost: [] }, 'the report');
      await namespace.append(numbered(6, 1), sync);
      equal(await readAll(namespace), numbered(1, 6).records, 'records');
    },
  },
];
