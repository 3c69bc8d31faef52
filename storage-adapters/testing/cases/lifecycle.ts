import { equal, numbered, ok, readAll, rejects } from '../assertions.js';
import type { ConformanceCase } from '../conformance-case.js';

const sync = { sync: true };

/** Opening, closing, and who may write. */
export const lifecycleCases: readonly ConformanceCase[] = [
  {
    name: 'a namespace that was closed is found as it was left, with a higher epoch',
    async body({ adapter }) {
      let epoch = 0;
      for (let round = 0; round < 4; round += 1) {
        const namespace = await adapter.open('run');
        ok(namespace.epoch > epoch, 'the epoch counts up with every open');
        epoch = namespace.epoch;
        equal(await readAll(namespace), numbered(1, round * 2).records, 'records');
        await rejects(
          namespace.append(numbered(round * 2 + 2, 1), sync),
          'DATABASE_ERROR',
          'leaving one out',
        );
        await namespace.append(numbered(round * 2 + 1, 2), sync);
        await namespace.close();
      }
    },
  },
  {
    name: 'a second writer is refused and told who holds it; after a close it is let in',
    async body({ adapter }) {
      const first = await adapter.open('run', { owner: 'the first writer' });
      const error = await rejects(
        adapter.open('run', { owner: 'the second' }),
        'LOCK_ERROR',
        'a second open',
      );
      equal(error.details.owner, 'the first writer', 'details.owner');
      ok(error.message.includes('the first writer'), 'the message names the owner');
      await first.append(numbered(1, 1), sync);
      await first.close();
      const second = await adapter.open('run', { owner: 'the second' });
      equal(await readAll(second), ['record 1'], 'records');
    },
  },
  {
    name: 'of many who open at once, one gets the namespace',
    async body({ adapter }) {
      const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => adapter.open('run')));
      const winners = attempts.filter((attempt) => attempt.status === 'fulfilled');
      equal(winners.length, 1, 'how many opened it');
      for (const attempt of attempts) {
        if (attempt.status === 'rejected') {
          await rejects(Promise.reject(attempt.reason), 'LOCK_ERROR', 'one that came too late');
        }
      }
      await winners[0]?.value.append(numbered(1, 1), sync);
    },
  },
  {
    name: 'close waits for the append in flight; afterwards everything is refused',
    async body({ adapter }) {
      const namespace = await adapter.open('run');
      const append = namespace.append(numbered(1, 100), sync);
      await Promise.all([append, namespace.close(), namespace.close()]);
      await namespace.close();
      await rejects(namespace.append(numbered(101, 1), sync), 'DATABASE_ERROR', 'append after close');
      await rejects(readAll(namespace), 'DATABASE_ERROR', 'read after close');
      await rejects(namespace.readSnapshot(), 'DATABASE_ERROR', 'readSnapshot after close');
      const snapshot = namespace.writeSnapshot({ sequence: 1, records: [] });
      await rejects(snapshot, 'DATABASE_ERROR', 'writeSnapshot after close');
      const again = await adapter.open('run');
      equal((await readAll(again)).length, 100, 'how many records were stored');
    },
  },
  {
    name: 'closing the adapter closes every namespace',
    async body({ adapter }) {
      const [one, two] = [await adapter.open('one'), await adapter.open('two')];
      await one.append(numbered(1, 1), sync);
      await adapter.close();
      await adapter.close();
      await rejects(one.append(numbered(2, 1), sync), 'DATABASE_ERROR', 'append to the first');
      await rejects(two.append(numbered(1, 1), sync), 'DATABASE_ERROR', 'append to the second');
    },
  },
];
