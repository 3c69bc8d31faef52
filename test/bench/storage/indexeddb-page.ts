import type { Journal } from '../../../core/persistence/journal.js';
import { RecordWriter } from '../../../core/persistence/record-writer.js';
import { indexedDbStorage } from '../../../storage-adapters/indexeddb.js';
import { bareJournal, inFlight, publishedTo } from './messages.js';

/** Milliseconds of each repetition, per way. */
export type Times = Readonly<Record<string, readonly number[]>>;

export interface IndexedDbBench {
  /** Our appends against the least that does the same: one put of an array per transaction. */
  append(size: number, sync: boolean, repetitions: number): Promise<Times>;
  /** Messages through our journal, some in flight, against a group commit by hand that puts one value per batch. */
  journal(count: number, width: number, sync: boolean, repetitions: number): Promise<Times>;
  /** Reading 100,000 records back, ours (checked) against getAll. */
  read(repetitions: number): Promise<Times>;
}

const TEXT = 'lorem ipsum dolor sit amet consetetur '.repeat(7);

const bench: IndexedDbBench = {
  async append(size, sync, repetitions) {
    const storage = indexedDbStorage({ name: `bench ${Date.now()}` });
    const namespace = await storage.open('run');
    const database = await openPlain();
    let next = 1;
    const times = await interleave(repetitions, {
      ours: async (repetition) => {
        const batch = { firstSequence: next, records: makeRecords(size, repetition) };
        next += size;
        return () => namespace.append(batch, { sync });
      },
      'by hand': async (repetition) => {
        const records = makeRecords(size, repetition);
        return () => put(database, repetition, records, sync ? 'strict' : 'relaxed');
      },
    });
    await storage.close();
    database.close();
    return times;
  },

  async journal(count, width, sync, repetitions) {
    const storage = indexedDbStorage({ name: `bench journal ${Date.now()}` });
    const database = await openPlain();
    let batches = 0;
    let former: Journal | undefined;
    const times = await interleave(repetitions, {
      ours: async (repetition) => {
        await former?.close();
        const journal = bareJournal(await storage.open(`run ${repetition}`), sync);
        former = journal;
        return async () => {
          await inFlight(count, width, (number, done) => {
            publishedTo(journal, number);
            journal.whenDurable(done);
          });
        };
      },
      'by hand': async () => {
        const writer = new RecordWriter();
        let waiters: (() => void)[] = [];
        let writing: Promise<void> | undefined;
        const writeAll = async (): Promise<void> => {
          while (waiters.length > 0) {
            const woken = waiters;
            waiters = [];
            await put(database, batches++, [writer.end()], sync ? 'strict' : 'relaxed');
            for (const wake of woken) wake();
          }
          writing = undefined;
        };
        return async () => {
          await inFlight(count, width, (number, done) => {
            publishedTo({ messagePublished: (...published) => writer.published(...published) }, number);
            waiters.push(done);
            writing ??= Promise.resolve().then(writeAll);
          });
          await writing;
        };
      },
    });
    await former?.close();
    await storage.close();
    database.close();
    return times;
  },

  async read(repetitions) {
    const storage = indexedDbStorage({ name: `bench read ${Date.now()}` });
    const namespace = await storage.open('run');
    const database = await openPlain();
    const [size, batches] = [1_000, 100];
    for (let batch = 0; batch < batches; batch += 1) {
      const records = makeRecords(size, batch);
      await namespace.append({ firstSequence: batch * size + 1, records }, { sync: false });
      await put(database, batch, records, 'relaxed');
    }
    const times = await interleave(repetitions, {
      ours: async () => async () => {
        let count = 0;
        for await (const batch of namespace.read(0)) count += batch.records.length;
        if (count !== size * batches) throw new Error(`read ${count} records`);
      },
      'by hand': async () => () =>
        new Promise<void>((resolve, reject) => {
          const request: IDBRequest<string[][]> = database.transaction('plain').objectStore('plain').getAll();
          request.onsuccess = () => {
            const count = request.result.reduce((sum, records) => sum + records.length, 0);
            if (count === size * batches) resolve();
            else reject(new Error(`read ${count} records`));
          };
          request.onerror = () => reject(request.error);
        }),
    });
    await storage.close();
    database.close();
    return times;
  },
};

/** One repetition of each way in turn, so that what disturbs the machine disturbs all of them alike. */
async function interleave(
  repetitions: number,
  ways: Readonly<Record<string, (repetition: number) => Promise<() => Promise<void>>>>,
): Promise<Times> {
  const times = new Map<string, number[]>(Object.keys(ways).map((name) => [name, []]));
  const warmUp = Math.ceil(repetitions / 5);
  for (let repetition = 0; repetition < warmUp + repetitions; repetition += 1) {
    for (const [name, prepare] of Object.entries(ways)) {
      const run = await prepare(repetition);
      const start = performance.now();
      await run();
      if (repetition >= warmUp) times.get(name)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(times);
}

function makeRecords(count: number, batch: number): string[] {
  return Array.from({ length: count }, (_, index) => JSON.stringify({ batch, index, text: TEXT }));
}

function put(
  database: IDBDatabase,
  key: number,
  records: readonly string[],
  durability: 'strict' | 'relaxed',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('plain', 'readwrite', { durability });
    transaction.objectStore('plain').put(records, key);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

function openPlain(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(`plain ${Date.now()}`);
    request.onupgradeneeded = () => request.result.createObjectStore('plain');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

declare global {
  interface Window {
    bench: IndexedDbBench;
  }
}
window.bench = bench;
