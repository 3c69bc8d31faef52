import { equal, numbered, ok, readAll, rejects } from '../assertions.js';
import type { ConformanceCase } from '../conformance-case.js';

/** What a store declares must be true. */
export const capabilityCases: readonly ConformanceCase[] = [
  {
    name: 'says its kind and what it supports',
    async body({ adapter, supports }) {
      ok(typeof adapter.kind === 'string' && adapter.kind !== '', 'kind is a non-empty string');
      const { sync, persistent, shared } = adapter.supports;
      const { sync: wantSync, persistent: wantPersistent, shared: wantShared } = supports;
      equal(
        [sync, persistent, shared],
        [wantSync, wantPersistent, wantShared],
        'supports (sync, persistent, shared)',
      );
    },
  },
  {
    name: 'persistent: another adapter finds what a closed one has stored',
    needs: 'persistent',
    async body({ adapter, reopen }) {
      const first = await adapter.open('run');
      await first.append(numbered(1, 3), { sync: true });
      await first.append(numbered(4, 2), { sync: false });
      await first.writeSnapshot({ sequence: 2, records: ['the state', 'in two parts'] });
      await adapter.close();
      const second = await (await reopen()).open('run');
      equal(
        await second.readSnapshot(),
        { sequence: 2, records: ['the state', 'in two parts'] },
        'the snapshot',
      );
      equal(await readAll(second, 2), ['record 3', 'record 4', 'record 5'], 'records after the snapshot');
      ok(second.epoch > first.epoch, 'the epoch counts up over a restart');
      await second.append(numbered(6, 1), { sync: true });
      equal(await readAll(second, 5), ['record 6'], 'the record after the restart');
    },
  },
  {
    name: 'persistent: what is acknowledged is there for others at once, not only when it is closed',
    needs: 'persistent',
    async body({ adapter, reopen }) {
      const writing = await adapter.open('run');
      await writing.append(numbered(1, 2), { sync: true });
      await writing.append(numbered(3, 1), { sync: false });
      const other = await reopen();
      equal(await other.list(), ['run'], 'the list of another adapter');
      const opening = other.open('run');
      const found = await opening.catch(async () => {
        await rejects(opening, 'LOCK_ERROR', 'opening what another adapter holds'); // a store may keep writers apart
        return undefined;
      });
      if (found === undefined) return;
      equal(await readAll(found), ['record 1', 'record 2', 'record 3'], 'what is there after a crash');
    },
  },
  {
    name: 'shared: a second adapter is refused while the first writes, and let in afterwards',
    needs: 'shared',
    async body({ adapter, reopen }) {
      const other = await reopen();
      const held = await adapter.open('run', { owner: 'the first process' });
      const error = await rejects(other.open('run'), 'LOCK_ERROR', 'opening what another adapter holds');
      equal(error.details.owner, 'the first process', 'details.owner');
      await rejects(other.remove('run'), 'LOCK_ERROR', 'removing what another adapter holds');
      await held.append(numbered(1, 1), { sync: true });
      await held.close();
      const next = await other.open('run');
      equal(await readAll(next), ['record 1'], 'what the second writer reads');
      equal(await other.list(), ['run'], 'the list of the second adapter');
    },
  },
];
