import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PubSubError } from '../../../core/errors.js';
import {
  type Durability,
  defineAgent,
  type OpenOptions,
  PubSubExecutor,
  type StorageAdapter,
  type StorageNamespace,
} from '../../../core/index.js';
import { RecordWriter } from '../../../core/persistence/record-writer.js';
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import { GroupCommit } from './group-commit.js';
import { bareJournal, inFlight, payloadOf, publishedTo } from './messages.js';

export async function byHand(path: string, sync: boolean, count: number, width: number): Promise<number> {
  // The same bytes as the journal writes.
  const writer = new RecordWriter();
  const log = new GroupCommit(join(path, 'by-hand.log'), sync, () => writer.end());
  const time = await inFlight(count, width, (number, done) => {
    publishedTo({ messagePublished: (...published) => writer.published(...published) }, number);
    log.append(done);
  });
  await log.close();
  return time;
}

/** The journal and the file store alone, fed with the same events. */
export async function byJournal(path: string, sync: boolean, count: number, width: number): Promise<number> {
  const namespace = await fileSystemStorage({ directory: join(path, 'journal') }).open('default');
  const journal = bareJournal(namespace, sync);
  const time = await inFlight(count, width, (number, done) => {
    publishedTo(journal, number);
    journal.whenDurable(done);
  });
  await journal.close();
  return time;
}

/** Publishing by the application, everything included. */
export async function byPublish(
  path: string,
  durability: Durability,
  count: number,
  width: number,
): Promise<number> {
  const storage = fileSystemStorage({ directory: join(path, 'publish') });
  const executor = await PubSubExecutor.open({ storage, durability });
  const time = await inFlight(count, width, (number, done) => {
    void executor.publish('in', payloadOf(number)).then(done);
  });
  await executor.close();
  return time;
}

/** A run of one agent over `count` messages, some at a time. Answers milliseconds. */
export async function run(options: OpenOptions, count: number, width = 256): Promise<number> {
  const executor = await PubSubExecutor.open(options);
  const time = await runOn(executor, count, width);
  await executor.close();
  return time;
}

export async function runOn(
  executor: PubSubExecutor,
  count: number,
  width = 256,
  eachTime?: (number: number) => void,
): Promise<number> {
  executor.openChannel('in', { capacity: 1_000_000 });
  executor.registerAgent(defineAgent({ name: 'reader', subscribe: 'in', process() {} }));
  executor.execute();
  const started = performance.now();
  await inFlight(count, width, (number, done) => {
    eachTime?.(number);
    void executor.publish('in', payloadOf(number)).then(done);
  });
  await executor.idle();
  return performance.now() - started;
}

/** A store that has no room for snapshots: its log grows for ever. */
export function withoutSnapshots(storage: StorageAdapter): StorageAdapter {
  const refuse = (namespace: StorageNamespace): StorageNamespace =>
    new Proxy(namespace, {
      get(target, key) {
        if (key === 'writeSnapshot') {
          const details = { retryable: true };
          return () => Promise.reject(new PubSubError('DATABASE_ERROR', 'no snapshots here', { details }));
        }
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    kind: storage.kind,
    supports: storage.supports,
    open: async (name, options) => refuse(await storage.open(name, options)),
    list: () => storage.list(),
    remove: (name) => storage.remove(name),
    close: () => storage.close(),
  };
}

/** Bytes of all files below a directory, or of those whose names end so. */
export function bytesIn(directory: string, ending = ''): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
