import { describe, expect, test } from 'vitest';
import { type KeyValueStore, keyValueStorage } from '../../storage-adapters/key-value.js';
import { storageConformance } from '../../storage-adapters/testing/conformance.js';

/** The smallest store there is. */
function mapStore(map: Map<string, string>): KeyValueStore {
  return {
    get: async (key) => map.get(key),
    set: async (key, value) => map.set(key, value),
    delete: async (key) => map.delete(key),
    keys: async (prefix) => [...map.keys()].filter((key) => key.startsWith(prefix)),
  };
}

describe('keyValueStorage', () => {
  storageConformance({
    test,
    supports: { sync: false, persistent: true, shared: false },
    factory: () => {
      const map = new Map<string, string>();
      const open = () => keyValueStorage({ kind: 'map', store: mapStore(map) });
      return { adapter: open(), reopen: open };
    },
  });

  /** Batches of two: 1-2, 3-4, 5-6. */
  async function threeBatches(map: Map<string, string>) {
    const namespace = await keyValueStorage({ kind: 'map', store: mapStore(map) }).open('run');
    for (const first of [1, 3, 5]) {
      const records = [`record ${first}`, `record ${first + 1}`];
      await namespace.append({ firstSequence: first, records }, { sync: false });
    }
    return namespace;
  }
  const keyOf = (map: Map<string, string>, last: number): string =>
    [...map.keys()].find((key) => key.endsWith(`/${String(last).padStart(16, '0')}`)) ?? '';

  test.each(['', '{"sequence":3,"rec', '[]'])(
    'a snapshot that reads %j is refused, and repair() sets it aside',
    async (text) => {
      const map = new Map<string, string>();
      const storage = keyValueStorage({ kind: 'map', store: mapStore(map) });
      const writing = await storage.open('run');
      await writing.append({ firstSequence: 1, records: ['1', '2', '3'] }, { sync: false });
      await writing.writeSnapshot({ sequence: 3, records: ['all three'] });
      await writing.close();
      const key = [...map.keys()].find((name) => name.endsWith('/snapshot')) ?? '';
      map.set(key, text);
      const namespace = await storage.open('run');
      await expect(namespace.readSnapshot()).rejects.toMatchObject({ details: { position: key } });
      expect(await namespace.repair()).toEqual({ keptRecords: 0, lost: [[1, Number.POSITIVE_INFINITY]] });
      expect(await namespace.readSnapshot()).toBeUndefined();
      expect([...map.values()]).toContain(text);
      await namespace.close();
    },
  );

  test.each([
    ['cut short', (map: Map<string, string>, key: string) => map.set(key, '{"firstSequence":3,"rec')],
    ['gone', (map: Map<string, string>, key: string) => map.delete(key)],
  ])('a batch %s is refused with its key, and repair keeps what is before it', async (_, harm) => {
    const map = new Map<string, string>();
    const namespace = await threeBatches(map);
    harm(map, keyOf(map, 4));
    const read: string[] = [];
    const reading = (async () => {
      for await (const batch of namespace.read(0)) read.push(...batch.records);
    })();
    await expect(reading).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      details: { position: expect.stringContaining('/batch/'), retryable: false },
    });
    expect(read).toEqual(['record 1', 'record 2']);
    expect(await namespace.repair()).toEqual({ keptRecords: 2, lost: [[3, Number.POSITIVE_INFINITY]] });
    await namespace.append({ firstSequence: 3, records: ['anew'] }, { sync: false });
    expect([...map.keys()].filter((key) => key.includes('/damaged/')).length).toBeGreaterThan(0);
  });

  test.each([
    ['options', undefined],
    ['options.kind', { store: mapStore(new Map()) }],
    ['options.store.get', { kind: 'map' }],
    ['options.store.keys', { kind: 'map', store: { ...mapStore(new Map()), keys: 'all' } }],
  ])('a bad option is named: %s', (field, options) => {
    const open = () => Reflect.apply(keyValueStorage, undefined, [options]);
    expect(open).toThrow(
      expect.objectContaining({ code: 'VALIDATION_ERROR', message: expect.stringContaining(field) }),
    );
  });

  test('a store that fails is a DATABASE_ERROR with its cause, and the log goes on afterwards', async () => {
    const map = new Map<string, string>();
    const failure = new Error('out of order');
    let isBroken = false;
    const store: KeyValueStore = {
      ...mapStore(map),
      set: (key, value) => (isBroken ? Promise.reject(failure) : mapStore(map).set(key, value)),
    };
    const namespace = await keyValueStorage({ kind: 'map', store }).open('run');
    isBroken = true;
    const refused = namespace.append({ firstSequence: 1, records: ['x'] }, { sync: false });
    await expect(refused).rejects.toMatchObject({
      code: 'DATABASE_ERROR',
      cause: failure,
      details: { retryable: true },
    });
    isBroken = false;
    await namespace.append({ firstSequence: 1, records: ['x'] }, { sync: false });
  });
});
