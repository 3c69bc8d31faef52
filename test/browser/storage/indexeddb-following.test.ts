import { expect, test } from 'vitest';
import { isFollowable } from '../../../core/persistence/follow.js';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { memoryStorage } from '../../../storage-adapters/memory.js';
import { calledWith, databaseName, freshName, readRecords, rejection, underneath } from './support.js';

const sync = { sync: true };

test('a store says whether tabs can follow each other in it', () => {
  expect(isFollowable(indexedDbStorage({ name: freshName() }))).toBe(true);
  expect(isFollowable(memoryStorage())).toBe(false);
});

test('a follower reads what is there, then what comes, without gaps, until it closes', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  await namespace.append({ firstSequence: 1, records: ['1', '2'] }, sync);
  await namespace.writeSnapshot({ sequence: 1, records: ['state'] });
  const followed = indexedDbStorage({ name }).follow('run');
  expect(await followed.readSnapshot()).toEqual({ sequence: 1, records: ['state'] });
  const seen: string[] = [];
  for await (const batch of followed.read(1)) {
    expect(batch.firstSequence).toBe(seen.length + 2);
    seen.push(...batch.records);
    const next = 2 + seen.length;
    if (next <= 30) await namespace.append({ firstSequence: next, records: [`${next}`] }, { sync: false });
    else followed.close();
  }
  expect(seen).toEqual(Array.from({ length: 29 }, (_, index) => `${index + 2}`));
});

test('a namespace may be followed before it exists', async () => {
  const name = freshName();
  const followed = indexedDbStorage({ name }).follow('run');
  expect(await followed.readSnapshot()).toBeUndefined();
  const first = followed.read(0)[Symbol.asyncIterator]().next();
  const namespace = await indexedDbStorage({ name }).open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  expect(await first).toEqual({ done: false, value: { firstSequence: 1, records: ['one'] } });
  followed.close();
});

test('a follower is told when the namespace is removed, or its database is deleted', async () => {
  const name = freshName();
  const storage = indexedDbStorage({ name });
  const namespace = await storage.open('run');
  await namespace.append({ firstSequence: 1, records: ['one'] }, sync);
  const followed = indexedDbStorage({ name }).follow('run');
  const iterator = followed.read(0)[Symbol.asyncIterator]();
  await iterator.next();
  const waiting = rejection(iterator.next());
  await namespace.close();
  await storage.remove('run');
  expect(await waiting).toMatchObject({ code: 'DATABASE_ERROR', details: { lost: true } });

  await (await storage.open('other')).append({ firstSequence: 1, records: ['one'] }, sync);
  const others = indexedDbStorage({ name }).follow('other').read(0)[Symbol.asyncIterator]();
  await others.next();
  const told = rejection(others.next());
  indexedDB.deleteDatabase(databaseName(name));
  expect(await told).toMatchObject({ code: 'DATABASE_ERROR', details: { lost: true } });
});

test('closing the adapter ends what follows in it', async () => {
  const name = freshName();
  const storage = indexedDbStorage({ name });
  const iterator = storage.follow('run').read(0)[Symbol.asyncIterator]();
  const waiting = iterator.next();
  await storage.close();
  expect(await waiting).toMatchObject({ done: true });
});

test('those who wait get the namespace one after the other, each with a higher epoch', async () => {
  const name = freshName();
  let current = await indexedDbStorage({ name }).open('run');
  const waiting = [1, 2, 3].map(() => indexedDbStorage({ name }).openWhenFree('run'));
  const left = new Set(waiting);
  for (let sequence = 1; sequence <= 3; sequence += 1) {
    await current.append({ firstSequence: sequence, records: [`${sequence}`] }, sync);
    const { epoch } = current;
    await current.close();
    const next = await Promise.race([...left].map(async (opening) => ({ opening, opened: await opening })));
    left.delete(next.opening);
    current = next.opened;
    expect(current.epoch).toBe(epoch + 1);
  }
  expect(await readRecords(current)).toEqual(['1', '2', '3']);
});

test('waiting can be given up', async () => {
  const name = freshName();
  const owner = await indexedDbStorage({ name }).open('run');
  const controller = new AbortController();
  const waiting = rejection(indexedDbStorage({ name }).openWhenFree('run', { signal: controller.signal }));
  controller.abort();
  expect(await waiting).toMatchObject({ code: 'CANCELLED' });
  expect(
    await rejection(indexedDbStorage({ name }).openWhenFree('run', { signal: controller.signal })),
  ).toMatchObject({ code: 'CANCELLED' });
  await owner.close();
  await indexedDbStorage({ name }).open('run'); // nobody is left in the queue before us
});

test('a writer that was robbed of its lock is told, and its appends are refused', async () => {
  const name = freshName();
  const lost = calledWith<Error>();
  const former = await indexedDbStorage({ name }).open('run', { onLost: lost.callback, owner: 'the former' });
  await former.append({ firstSequence: 1, records: ['one'] }, sync);
  const lock = (await navigator.locks.query()).held?.find((held) => held.name?.includes(name));
  const stolen = new AbortController();
  void navigator.locks.request(
    lock?.name ?? '',
    { steal: true },
    () => new Promise<void>((free) => stolen.signal.addEventListener('abort', () => free())),
  );
  expect(await lost.called).toMatchObject({ code: 'LOCK_ERROR' });
  const error = await rejection(former.append({ firstSequence: 2, records: ['two'] }, sync));
  expect(error).toMatchObject({ code: 'LOCK_ERROR' });
  stolen.abort();
});

/** Takes over in the store while the lock stays where it is: as it looks to a writer that has not been told yet. */
test('the database itself refuses the batch of a writer whose epoch is over', async () => {
  const name = freshName();
  const lost = calledWith<Error>();
  const former = await indexedDbStorage({ name }).open('run', { onLost: lost.callback });
  await former.append({ firstSequence: 1, records: ['one'] }, sync);
  const record = await underneath(name, (values) => values.get(['namespace', 'run']));
  await underneath(name, (values) =>
    values.put({ ...record, epoch: record.epoch + 1, owner: 'the new one' }, ['namespace', 'run']),
  );
  await underneath(name, (values) => values.put({ fence: 2 }, ['batch', 'run', record.incarnation, 2]));
  const error = await rejection(former.append({ firstSequence: 2, records: ['two'] }, sync));
  expect(error).toMatchObject({ code: 'LOCK_ERROR', details: { owner: 'the new one' } });
  expect(await lost.called).toBe(error);
  expect(await underneath(name, (values) => values.get(['batch', 'run', record.incarnation, 2]))).toEqual({
    fence: 2,
  });
});

test('a snapshot, a repair and a close of a writer whose epoch is over change nothing', async () => {
  const name = freshName();
  for (const act of ['writeSnapshot', 'repair', 'close'] as const) {
    const former = await indexedDbStorage({ name }).open(act);
    await former.append({ firstSequence: 1, records: ['one'] }, sync);
    const record = await underneath(name, (values) => values.get(['namespace', act]));
    const newer = { ...record, epoch: record.epoch + 1, owner: 'the new one' };
    await underneath(name, (values) => values.put(newer, ['namespace', act]));
    const snapshot = { sequence: 1, records: ['state'] };
    if (act === 'close') await former.close();
    else {
      const acting = act === 'repair' ? former.repair() : former.writeSnapshot(snapshot);
      expect(await rejection(acting)).toMatchObject({
        code: 'LOCK_ERROR',
        details: { owner: 'the new one' },
      });
    }
    expect(await underneath(name, (values) => values.get(['namespace', act]))).toEqual(newer);
  }
});

test('a follower is told each time that it has read all there is, also while there is nothing', async () => {
  const name = freshName();
  const followed = indexedDbStorage({ name }).follow('run');
  const seen: string[] = [];
  let look = (): void => {};
  const reading = (async () => {
    const caughtUp = (): void => {
      seen.push('all');
      look();
    };
    for await (const { records } of followed.read(0, caughtUp)) seen.push(...records);
  })();
  const seesAllAgain = (): Promise<void> =>
    new Promise((resolve) => {
      look = resolve;
    });
  await seesAllAgain();
  expect(seen).toEqual(['all']);
  const namespace = await indexedDbStorage({ name }).open('run');
  const next = seesAllAgain();
  await namespace.append({ firstSequence: 1, records: ['a', 'b'] }, { sync: false });
  await next;
  expect(seen).toEqual(['all', 'a', 'b', 'all']);
  followed.close();
  await reading;
  await namespace.close();
});

test('a snapshot that is ahead of all records ends the reading: the follower goes on after it', async () => {
  const name = freshName();
  const namespace = await indexedDbStorage({ name }).open('run');
  const followed = indexedDbStorage({ name }).follow('run');
  const next = followed.read(0)[Symbol.asyncIterator]().next();
  await namespace.writeSnapshot({ sequence: 5, records: ['state'] });
  await expect(next).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
  expect(await followed.readSnapshot()).toEqual({ sequence: 5, records: ['state'] });
  const after = followed.read(5)[Symbol.asyncIterator]().next();
  await namespace.append({ firstSequence: 6, records: ['more'] }, { sync: false });
  expect((await after).value).toEqual({ firstSequence: 6, records: ['more'] });
  followed.close();
  await namespace.close();
});
