import { equal, numbered, ok, readAll, rejects } from '../assertions.js';
import type { ConformanceCase } from '../conformance-case.js';

const sync = { sync: true };

/** Names that have broken stores: prefixes, paths, devices, cases that file systems fold, and keys of objects. */
// biome-ignore format: one name per line would hide the list
const oddNames = [
  'a', 'A', 'ab', 'a/b', 'a:b', 'a b', 'a.b', '.', '..', '../a', '/etc/passwd', 'a\\b', 'C:\\a', 'con', 'CON', 'nul.txt',
  'a\0', '\n', ' ', 'a ', 'a.', '*?"<>|', '%2e%2e', 'é', 'e\u0301', '漢字', '😀', '__proto__', 'constructor', 'toString',
  'x'.repeat(300), `${'x'.repeat(300)}y`, 'X'.repeat(300), '😀'.repeat(100),
];

/** Several namespaces in one store. */
export const namespaceCases: readonly ConformanceCase[] = [
  {
    name: 'two namespaces in one store never meet, even when one name starts with the other',
    async body({ adapter }) {
      const [short, long] = [await adapter.open('run'), await adapter.open('run/1')];
      await short.append({ firstSequence: 1, records: ['short 1'] }, sync);
      await long.append({ firstSequence: 1, records: ['long 1', 'long 2'] }, sync);
      await long.writeSnapshot({ sequence: 2, records: ['long state'] });
      await short.append({ firstSequence: 2, records: ['short 2'] }, sync);
      equal(await readAll(short), ['short 1', 'short 2'], 'records of the first');
      ok((await short.readSnapshot()) === undefined, 'the first has no snapshot');
      await short.close();
      await adapter.remove('run');
      equal(await adapter.list(), ['run/1'], 'the list after removing the first');
      equal(
        await long.readSnapshot(),
        { sequence: 2, records: ['long state'] },
        'the snapshot of the second',
      );
      await long.append({ firstSequence: 3, records: ['long 3'] }, sync);
      equal(await readAll(long, 2), ['long 3'], 'records of the second');
    },
  },
  {
    name: 'any name is a namespace of its own',
    async body({ adapter }) {
      for (const name of oddNames) {
        const namespace = await adapter.open(name);
        await namespace.append({ firstSequence: 1, records: [`the record of ${name}`] }, sync);
        await namespace.close();
      }
      equal(await adapter.list(), [...oddNames].sort(), 'the list');
      for (const name of oddNames) {
        const namespace = await adapter.open(name);
        equal(await readAll(namespace), [`the record of ${name}`], `records of ${JSON.stringify(name)}`);
        await namespace.close();
      }
    },
  },
  {
    name: 'a lone surrogate in a name is kept apart or refused',
    async body({ adapter }) {
      const names = ['\ud800', '\ud801', '\ufffd'];
      for (const name of names) {
        const namespace = await adapter.open(name).catch(() => undefined);
        if (namespace === undefined) continue;
        equal(await readAll(namespace), [], `records of the new namespace ${JSON.stringify(name)}`);
        await namespace.append(numbered(1, 1), sync);
        await namespace.close();
      }
    },
  },
  {
    name: 'the empty name is refused',
    async body({ adapter }) {
      await rejects(adapter.open(''), 'VALIDATION_ERROR', 'opening the empty name');
    },
  },
  {
    name: 'list names all that hold anything, sorted',
    async body({ adapter }) {
      equal(await adapter.list(), [], 'the list of an empty store');
      for (const name of ['b', 'a', 'B', 'c']) {
        const namespace = await adapter.open(name);
        if (name !== 'c') await namespace.append(numbered(1, 1), sync);
        await namespace.close();
      }
      equal(await adapter.list(), ['B', 'a', 'b'], 'the list');
    },
  },
  {
    name: 'remove deletes everything of a namespace, and nothing when there is none',
    async body({ adapter }) {
      await adapter.remove('never there');
      const namespace = await adapter.open('run');
      await namespace.append(numbered(1, 4), sync);
      await namespace.writeSnapshot({ sequence: 3, records: ['state'] });
      await rejects(adapter.remove('run'), 'LOCK_ERROR', 'removing what is open');
      await namespace.close();
      await adapter.remove('run');
      equal(await adapter.list(), [], 'the list');
      const fresh = await adapter.open('run');
      equal(await readAll(fresh), [], 'records');
      ok((await fresh.readSnapshot()) === undefined, 'there is no snapshot');
      await fresh.append(numbered(1, 1), sync);
    },
  },
];
