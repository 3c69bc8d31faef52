import { expect, test } from 'vitest';
import type { StorageAdapter, StorageNamespace } from '../../core/persistence/storage-adapter.js';
import { keyValueStorage } from '../../storage-adapters/key-value.js';
import { storageConformance } from '../../storage-adapters/testing/conformance.js';

/** A key-value store that writes only when it is told to; until then it alone knows what was set. */
class WriteBehind {
  readonly #map: Map<string, string>;
  readonly #unwritten = new Map<string, string>();

  constructor(map: Map<string, string>) {
    this.#map = map;
  }

  readonly get = async (key: string) => this.#unwritten.get(key) ?? this.#map.get(key);
  readonly set = async (key: string, value: string) => this.#unwritten.set(key, value);
  readonly delete = async (key: string) => this.#unwritten.delete(key) || this.#map.delete(key);
  readonly keys = async (prefix: string) =>
    [...new Set([...this.#map.keys(), ...this.#unwritten.keys()])].filter((key) => key.startsWith(prefix));

  write(): void {
    for (const [key, value] of this.#unwritten) this.#map.set(key, value);
    this.#unwritten.clear();
  }
}

/** An adapter that does something else than it should, in what it has of its own or in its namespaces. */
interface Flaw {
  readonly name: string;
  readonly found: string;
  /** When what was set reaches the map. */
  readonly writes: 'at once' | 'at close';
  readonly adapter?: (sound: StorageAdapter) => Partial<StorageAdapter>;
  readonly namespace?: (sound: StorageNamespace) => Partial<StorageNamespace>;
}

const flaws: readonly Flaw[] = [
  {
    name: 'nothing',
    found: '',
    writes: 'at once',
  },
  {
    name: 'writes only when it is closed',
    found: 'what is acknowledged is there for others at once',
    writes: 'at close',
  },
  {
    name: 'passes over what a snapshot has dropped',
    found: 'reading from before a snapshot gives every record or is refused',
    writes: 'at once',
    namespace: (sound) => ({
      async *read(after) {
        yield* sound.read(Math.max(after, (await sound.readSnapshot())?.sequence ?? 0));
      },
    }),
  },
  {
    name: 'loses the last record of a batch',
    found: 'batches are read in the order they were appended',
    writes: 'at once',
    namespace: (sound) => ({
      append: ({ firstSequence, records }, options) =>
        sound.append({ firstSequence, records: records.slice(0, -1) }, options),
    }),
  },
  {
    name: 'takes two names for one',
    found: 'any name is a namespace of its own',
    writes: 'at once',
    adapter: (sound) => ({ open: (name, options) => sound.open(name.toLowerCase(), options) }),
  },
  {
    name: 'does nothing when it is closed',
    found: 'closing the adapter closes every namespace',
    writes: 'at once',
    adapter: () => ({ close: async () => {} }),
  },
];

function flawed({ writes, adapter, namespace }: Flaw, map: Map<string, string>): StorageAdapter {
  const store = new WriteBehind(map);
  const set = async (key: string, value: string) => {
    await store.set(key, value);
    if (writes === 'at once') store.write();
  };
  const { get, keys } = store;
  const sound = keyValueStorage({ kind: 'flawed', store: { get, set, delete: store.delete, keys } });
  const whole: StorageAdapter = {
    kind: sound.kind,
    supports: sound.supports,
    list: () => sound.list(),
    remove: (name) => sound.remove(name),
    open: (name, options) => sound.open(name, options),
    async close() {
      await sound.close();
      store.write();
    },
    ...adapter?.(sound),
  };
  return {
    ...whole,
    async open(name, options) {
      const opened = await whole.open(name, options);
      return {
        epoch: opened.epoch,
        tornTail: opened.tornTail,
        append: (batch, how) => opened.append(batch, how),
        read: (after) => opened.read(after),
        readSnapshot: () => opened.readSnapshot(),
        writeSnapshot: (snapshot) => opened.writeSnapshot(snapshot),
        repair: () => opened.repair(),
        close: () => opened.close(),
        ...namespace?.(opened),
      };
    },
  };
}

test.each(flaws)('an adapter that $name is found out', async (flaw) => {
  const cases: { readonly name: string; readonly body: () => Promise<void> }[] = [];
  storageConformance({
    test: (name, body) => cases.push({ name, body }),
    supports: { sync: false, persistent: true, shared: false },
    factory: () => {
      const map = new Map<string, string>();
      const open = () => flawed(flaw, map);
      return { adapter: open(), reopen: open };
    },
  });
  const failed: string[] = [];
  for (const { name, body } of cases) {
    await body().catch(() => failed.push(name));
  }
  if (flaw.found === '') expect(failed).toEqual([]);
  else expect(failed.join('\n')).toContain(flaw.found);
});
