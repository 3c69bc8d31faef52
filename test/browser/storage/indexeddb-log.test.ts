import { PubSubExecutor } from 'dagger-agents';
import { expect, test } from 'vitest';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { batchKeyAt, freshName, readRecords, rejection, underneath } from './support.js';

const sync = { sync: true };

/** Three batches: 1 to 3, 4 to 5, 6 to 8. */
async function filledStore(): Promise<string> {
  const name = freshName();
  const storage = indexedDbStorage({ name });
  const namespace = await storage.open('run');
  await namespace.append({ firstSequence: 1, records: ['one', 'two', 'three'] }, sync);
  await namespace.append({ firstSequence: 4, records: ['four', 'five'] }, { sync: false });
  await namespace.append({ firstSequence: 6, records: ['six', 'seven', 'eight'] }, sync);
  await storage.close();
  return name;
}

test('a batch is one value, however many records it holds', async () => {
  const name = await filledStore();
  const keys = await underneath(name, (values) => values.getAllKeys());
  expect(keys.filter((key) => Array.isArray(key) && key[0] === 'batch')).toHaveLength(3);
  expect(keys).toHaveLength(4); // and the namespace record
});

test('a changed character in the middle is refused with its position, and nothing is deleted', async () => {
  const name = await filledStore();
  const key = await batchKeyAt(name, 4);
  const stored = await underneath(name, (values) => values.get(key));
  await underneath(name, (values) => values.put({ ...stored, records: ['four', 'fivf'] }, key));
  const namespace = await indexedDbStorage({ name }).open('run');
  const seen: string[] = [];
  const error = await rejection(
    (async () => {
      for await (const batch of namespace.read(0)) seen.push(...batch.records);
    })(),
  );
  expect(error).toMatchObject({ code: 'DATABASE_ERROR', details: { retryable: false } });
  expect(error).toHaveProperty('details.position', expect.stringContaining('batch 4'));
  expect(seen).toEqual(['one', 'two', 'three']);
  expect(await underneath(name, (values) => values.count())).toBe(4);
});

test('every changed character is noticed', async () => {
  const name = await filledStore();
  const key = await batchKeyAt(name, 1);
  const stored: { records: string[] } = await underneath(name, (values) => values.get(key));
  const namespace = await indexedDbStorage({ name }).open('run');
  const text = stored.records.join('\n');
  for (let at = 0; at < text.length; at += 1) {
    for (const bit of [1, 64]) {
      const flipped = String.fromCharCode(text.charCodeAt(at) ^ bit);
      const records = (text.slice(0, at) + flipped + text.slice(at + 1)).split('\n');
      await underneath(name, (values) => values.put({ ...stored, records }, key));
      expect(await rejection(readRecords(namespace))).toHaveProperty('details.position');
    }
  }
  await underneath(name, (values) => values.put(stored, key));
  expect(await readRecords(namespace)).toHaveLength(8);
});

test.each([
  ['missing in the middle', 4, 'record 4'],
  ['missing at the end', 6, 'record 6'],
  ['missing at the start', 1, 'record 1'],
])('a batch %s is refused with its position', async (_, first, position) => {
  const name = await filledStore();
  const key = await batchKeyAt(name, first);
  await underneath(name, (values) => values.delete(key));
  const namespace = await indexedDbStorage({ name }).open('run');
  const error = await rejection(readRecords(namespace));
  expect(error).toHaveProperty('details.position', expect.stringContaining(position));
});

test('two batches that changed places, and one stored twice, are refused', async () => {
  const name = await filledStore();
  const [one, two] = [await batchKeyAt(name, 1), await batchKeyAt(name, 6)];
  const [first, last] = [
    await underneath(name, (values) => values.get(one)),
    await underneath(name, (values) => values.get(two)),
  ];
  await underneath(name, (values) => values.put(last, one));
  await underneath(name, (values) => values.put(first, two));
  const storage = indexedDbStorage({ name });
  const swapped = await storage.open('run');
  expect(await rejection(readRecords(swapped))).toHaveProperty(
    'details.position',
    expect.stringContaining('batch 1'),
  );
  await storage.close();
  await underneath(name, (values) => values.put(first, one));
  const doubled = await indexedDbStorage({ name }).open('run');
  expect(await rejection(readRecords(doubled))).toHaveProperty(
    'details.position',
    expect.stringContaining('batch 6'),
  );
});

test('repair keeps what is whole on both sides of the damage, and says what is lost', async () => {
  const name = await filledStore();
  const key = await batchKeyAt(name, 4);
  await underneath(name, (values) => values.put('rubbish', key));
  const storage = indexedDbStorage({ name });
  const namespace = await storage.open('run');
  expect(await namespace.repair()).toEqual({ keptRecords: 6, lost: [[4, 5]] });
  expect(await readRecords(namespace)).toEqual(['one', 'two', 'three', 'six', 'seven', 'eight']);
  await namespace.append({ firstSequence: 9, records: ['nine'] }, sync);
  await storage.close();
  const keys = await underneath(name, (values) => values.getAllKeys());
  expect(keys.filter((kept) => Array.isArray(kept) && kept[0] === 'damaged')).toHaveLength(1);
  const again = await indexedDbStorage({ name }).open('run');
  expect(await readRecords(again, 3)).toEqual(['six', 'seven', 'eight', 'nine']);
  expect(await again.repair()).toEqual({ keptRecords: 7, lost: [] });
});

test('a damaged last batch stops appends until repair has said what is lost', async () => {
  const name = await filledStore();
  const key = await batchKeyAt(name, 6);
  await underneath(name, (values) => values.put({ sum: 1, records: ['six', 'seven', 'eight'] }, key));
  const namespace = await indexedDbStorage({ name }).open('run');
  const error = await rejection(namespace.append({ firstSequence: 9, records: ['nine'] }, sync));
  expect(error).toHaveProperty('details.position', expect.stringContaining('last batch'));
  expect(await rejection(readRecords(namespace, 3))).toHaveProperty('details.position');
  expect(await namespace.repair()).toEqual({ keptRecords: 5, lost: [[6, 8]] });
  await namespace.append({ firstSequence: 9, records: ['nine'] }, sync);
  expect(await readRecords(namespace)).toEqual(['one', 'two', 'three', 'four', 'five', 'nine']);
});

test('where nothing tells how long a damaged last batch was, repair says that the end is unknown', async () => {
  const name = await filledStore();
  const key = await batchKeyAt(name, 6);
  await underneath(name, (values) => values.put('rubbish', key));
  const record = await underneath(name, (values) => values.get(['namespace', 'run']));
  await underneath(name, (values) => values.put({ ...record, next: 1 }, ['namespace', 'run']));
  const namespace = await indexedDbStorage({ name }).open('run');
  expect(await namespace.repair()).toEqual({ keptRecords: 5, lost: [[6, Infinity]] });
  await namespace.append({ firstSequence: 7, records: ['seven'] }, sync);
  expect(await readRecords(namespace, 4)).toEqual(['five', 'seven']);
});

test('a damaged snapshot is passed over for the one before, whose records are still there', async () => {
  const name = await filledStore();
  const storage = indexedDbStorage({ name });
  const namespace = await storage.open('run');
  await namespace.writeSnapshot({ sequence: 3, records: ['three'] });
  await namespace.writeSnapshot({ sequence: 7, records: ['seven', 'and more'] });
  const keys = await underneath(name, (values) => values.getAllKeys());
  const chunk = keys.find((key) => Array.isArray(key) && key[0] === 'snapshot' && key[3] === 2);
  if (chunk === undefined) throw new Error('the second snapshot has no chunk');
  await underneath(name, (values) => values.put({ sum: 0, records: ['seven', 'and less'] }, chunk));
  expect(await namespace.readSnapshot()).toEqual({ sequence: 3, records: ['three'] });
  expect(await readRecords(namespace, 3)).toEqual(['four', 'five', 'six', 'seven', 'eight']);
  // The next one replaces the damaged one, and still has a whole one behind it.
  await namespace.writeSnapshot({ sequence: 8, records: ['eight'] });
  expect(await namespace.readSnapshot()).toEqual({ sequence: 8, records: ['eight'] });
  expect(await readRecords(namespace, 3)).toHaveLength(5);
});

test('snapshots and what they cover do not pile up', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  for (let round = 1; round <= 20; round += 1) {
    await namespace.append({ firstSequence: round * 2 - 1, records: ['a', 'b'] }, { sync: false });
    await namespace.writeSnapshot({ sequence: round * 2, records: [`state ${round}`] });
  }
  expect(await underneath(name, (values) => values.count())).toBeLessThan(7);
  expect(await rejection(readRecords(namespace))).toHaveProperty('details.position');
  expect(await readRecords(namespace, 40)).toEqual([]);
});

test('a namespace record that is damaged or gone is never taken for an empty namespace', async () => {
  const name = await filledStore();
  const record = await underneath(name, (values) => values.get(['namespace', 'run']));
  const storage = indexedDbStorage({ name });
  await underneath(name, (values) => values.put({ ...record, snapshots: 'none' }, ['namespace', 'run']));
  expect(await rejection(storage.open('run'))).toHaveProperty('details.position');
  await underneath(name, (values) => values.delete(['namespace', 'run']));
  expect(await rejection(storage.open('run'))).toMatchObject({ code: 'DATABASE_ERROR' });
  await underneath(name, (values) => values.put(record, ['namespace', 'run']));
  expect(await readRecords(await storage.open('run'))).toHaveLength(8);
});

test.each([
  ['damaged', (record: object) => ({ ...record, snapshots: 'none' })],
  ['gone', () => undefined],
])('of a namespace record that is %s, a repair makes a new one: what is whole is kept', async (_, damage) => {
  const name = freshName();
  const storage = indexedDbStorage({ name });
  const key = ['namespace', 'default'];
  const damageRecord = async (): Promise<void> => {
    const damaged = damage(await underneath(name, (values) => values.get(key)));
    await underneath(name, (values) => values.delete(key));
    if (damaged !== undefined) await underneath(name, (values) => values.put(damaged, key));
  };
  const executor = await PubSubExecutor.open({ storage });
  executor.cache.insertGlobalValue('kept', 'first', 1);
  await executor.saveState();
  executor.cache.insertGlobalValue('kept', 'second', 2);
  await executor.saveState();
  executor.cache.insertGlobalValue('kept', 'third', 3);
  await executor.publish('channel', 'acknowledged');
  const before = executor.state.seq;
  await executor.close();
  await damageRecord();
  expect(await rejection(PubSubExecutor.open({ storage }))).toMatchObject({
    code: 'DATABASE_ERROR',
    message: expect.stringContaining('repair()'),
  });
  expect(await PubSubExecutor.repair({ storage })).toMatchObject({ keptEvents: before, lost: [] });
  const again = await PubSubExecutor.open({ storage });
  expect(again.cache.toJSON()).toEqual({ 'global:kept': { first: 1, second: 2, third: 3 } });
  expect(again.state.seq).toBe(before + 1);
  await again.publish('channel', 'goes on');
  await again.close();

  // With the snapshots gone as well, the events after them have nothing to stand on.
  await damageRecord();
  await underneath(name, (values) => values.delete(IDBKeyRange.bound(['snapshot'], ['snapshot', []])));
  const { keptEvents, lost } = await PubSubExecutor.repair({ storage });
  expect(keptEvents).toBe(0);
  expect(lost[0]?.[0]).toBe(1);
  await (await PubSubExecutor.open({ storage })).close();
  await storage.close();
});

test('a newer format is refused without writing a byte', async () => {
  const name = await filledStore();
  const record = await underneath(name, (values) => values.get(['namespace', 'run']));
  await underneath(name, (values) => values.put({ ...record, format: 2 }, ['namespace', 'run']));
  const before = await underneath(name, (values) => values.getAll());
  const error = await rejection(indexedDbStorage({ name }).open('run'));
  expect(error).toMatchObject({ code: 'DATABASE_ERROR', message: expect.stringContaining('format 2') });
  expect(await underneath(name, (values) => values.getAll())).toEqual(before);
});

test('a namespace that cannot be read is listed, and so are the others', async () => {
  const name = await filledStore();
  const storage = indexedDbStorage({ name });
  await (await storage.open('another')).append({ firstSequence: 1, records: ['1'] }, { sync: false });
  const record = await underneath(name, (values) => values.get(['namespace', 'run']));
  await underneath(name, (values) => values.put({ ...record, format: 2 }, ['namespace', 'run']));
  expect(await storage.list()).toEqual(['another', 'run']);
  await storage.close();
});
