import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PubSubError } from '../../../core/errors.js';
import { isoTime } from '../../../core/identifiers.js';
import {
  type Durability,
  defineAgent,
  type OpenOptions,
  PubSubExecutor,
  type StorageAdapter,
  type StorageNamespace,
  systemRuntime,
} from '../../../core/index.js';
import { Channel } from '../../../core/messaging/channel.js';
import { Journal } from '../../../core/persistence/journal.js';
import { RecordWriter } from '../../../core/persistence/record-writer.js';
import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import { GroupCommit } from './group-commit.js';

/** What is written: messages of about 300 bytes. */
export function payloadOf(number: number): { number: number; url: string; text: string } {
  return {
    number,
    url: `https://example.org/pages/${number}`,
    text: 'lorem ipsum dolor sit amet '.repeat(5),
  };
}

/** Writes down that a message was published. */
function publishedTo(writer: Pick<Journal, 'messagePublished'>, number: number): void {
  const at = 1_767_225_600_000 + number / 64;
  const id = `mws4c0d3jl9bi2nk-0.${number}`;
  const message = { id, timestamp: isoTime(at), source: 'app', channel: 'in', payload: payloadOf(number) };
  writer.messagePublished(at, CHANNEL, message, undefined, number, false, undefined, CHANNEL.subscribers);
}

const CHANNEL = new Channel('in', 0, 1, 'drop-oldest', 0);

/** Keeps `width` of `count` operations in flight, each begun when an earlier one calls back. Answers milliseconds. */
function inFlight(
  count: number,
  width: number,
  begin: (number: number, done: () => void) => void,
): Promise<number> {
  return new Promise((resolve) => {
    const started = performance.now();
    let [begun, finished] = [0, 0];
    const next = (): void => {
      finished++;
      if (finished === count) resolve(performance.now() - started);
      else if (begun < count) begin(begun++, next);
    };
    while (begun < Math.min(width, count)) begin(begun++, next);
  });
}

export async function byHand(path: string, sync: boolean, count: number, width: number): Promise<number> {
  const log = new GroupCommit(join(path, 'by-hand.log'), sync);
  // The same bytes as the journal writes, but for what a record begins and ends with.
  const writer = new RecordWriter();
  const time = await inFlight(count, width, (number, done) => {
    publishedTo({ messagePublished: (...published) => writer.published(...published) }, number);
    log.append(writer.end(), done);
  });
  await log.close();
  return time;
}

/** The journal and the file store alone, fed with the same events. */
export async function byJournal(path: string, sync: boolean, count: number, width: number): Promise<number> {
  const namespace = await fileSystemStorage({ directory: join(path, 'journal') }).open('default');
  const journal = new Journal(namespace, 0, 0, {
    runtime: systemRuntime(),
    sync,
    snapshot: () => [],
    hold() {},
    release() {},
    warn: console.warn,
    reopen: () => Promise.reject(new Error('not here')),
  });
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
