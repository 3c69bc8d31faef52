import { describe, expect, test } from 'vitest';
import type { StorageNamespace } from '../../core/persistence/storage-adapter.js';
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
  async function contentOf(namespace: StorageNamespace) {
    const snapshot = (await namespace.readSnapshot())?.sequence ?? 0;
    const records: string[] = [];
    for await (const batch of namespace.read(snapshot)) records.push(...batch.records);
    return { snapshot, records };
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

  test('every changed character of a batch or a snapshot is noticed, and repair() sets it aside', async () => {
    const whole = new Map<string, string>();
    const writing = await threeBatches(whole);
    await writing.writeSnapshot({ sequence: 3, records: ['the state of three'] });
    await writing.close();
    const held = [...whole].filter(([key]) => !key.endsWith('/epoch'));
    expect(held).toHaveLength(3);
    for (const [key, text] of held) {
      for (let place = 0; place < text.length; place += 1) {
        const changed = String.fromCharCode(text.charCodeAt(place) ^ 1);
        const map = new Map(whole).set(key, text.slice(0, place) + changed + text.slice(place + 1));
        const namespace = await keyValueStorage({ kind: 'map', store: mapStore(map) }).open('run');
        const found = await contentOf(namespace).catch((error: unknown) => error);
        if (!(found instanceof Error)) {
          // Of the sum's own name: then nothing that counts has changed.
          expect(found).toEqual({ snapshot: 3, records: ['record 4', 'record 5', 'record 6'] });
          continue;
        }
        expect(found).toMatchObject({ code: 'DATABASE_ERROR', details: { position: key } });
        expect((await namespace.repair()).lost).toHaveLength(1);
        await contentOf(namespace);
        await namespace.close();
      }
    }
  });

  test('values without a sum, as earlier builds wrote them, are read', async () => {
    const map = new Map<string, string>();
    await (await threeBatches(map)).close();
    for (const [key, text] of map) map.set(key, text.replace(/,"sum":\d+/, ''));
    expect([...map.values()].join()).not.toContain('sum');
    const namespace = await keyValueStorage({ kind: 'map', store: mapStore(map) }).open('run');
    expect((await contentOf(namespace)).records).toHaveLength(6);
  });

  test('a batch that was reported as failed, is there, and was sent again with more is no damage', async () => {
    const map = new Map<string, string>();
    let isFailing = false;
    const store: KeyValueStore = {
      ...mapStore(map),
      async set(key, value) {
        map.set(key, value);
        if (isFailing) throw new Error('no answer in time');
      },
    };
    const namespace = await keyValueStorage({ kind: 'map', store }).open('run');
    isFailing = true;
    const failed = namespace.append({ firstSequence: 1, records: ['1', '2'] }, { sync: false });
    await expect(failed).rejects.toMatchObject({ details: { retryable: true } });
    isFailing = false;
    await namespace.append({ firstSequence: 1, records: ['1', '2', '3'] }, { sync: false });
    await namespace.append({ firstSequence: 4, records: ['4'] }, { sync: false });
    expect((await contentOf(namespace)).records).toEqual(['1', '2', '3', '4']);
    expect(await namespace.repair()).toEqual({ keptRecords: 4, lost: [] });
    expect((await contentOf(namespace)).records).toEqual(['1', '2', '3', '4']);
  });

  test('nobody gets in while a namespace is being removed', async () => {
    const map = new Map<string, string>();
    const storage = keyValueStorage({ kind: 'map', store: mapStore(map) });
    const namespace = await storage.open('run');
    await namespace.append({ firstSequence: 1, records: ['1'] }, { sync: false });
    await namespace.close();
    const removing = storage.remove('run');
    await expect(storage.open('run')).rejects.toMatchObject({ code: 'LOCK_ERROR' });
    await removing;
    expect(map.size).toBe(0);
    await (await storage.open('run')).close();
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
