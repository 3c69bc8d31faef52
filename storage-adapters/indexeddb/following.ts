import type { FollowedNamespace } from '../../core/persistence/follow.js';
import type { StoredBatch, StoredSnapshot } from '../../core/persistence/storage-adapter.js';
import { answer } from './connection.js';
import type { Database } from './database.js';
import { storeLost } from './faults.js';
import { namespaceKey } from './keys.js';
import type { NamespaceMessage } from './ownership.js';
import { positionOf, Reader } from './reading.js';
import { parseNamespace } from './records.js';

/**
 * Reads along with a writer in another tab. The writer only says that there is something new; the records
 * themselves come from the database, so none is missed, doubled or seen before it is stored, and a writer whom
 * nobody follows pays next to nothing.
 */
export class FollowedIndexedDb implements FollowedNamespace {
  readonly #database: Database;
  readonly #databaseName: string;
  readonly #name: string;
  readonly #channel: BroadcastChannel;
  readonly #stopListening: () => void;
  #reader: Reader | undefined;
  #closed = false;
  #lost: Error | undefined;
  /** Counts what was announced, so that nothing is slept through between a look and the next sleep. */
  #announced = 0;
  #waiting: (() => void)[] = [];

  readonly #onClose: () => void;

  constructor(database: Database, databaseName: string, name: string, channel: string, onClose: () => void) {
    this.#onClose = onClose;
    this.#database = database;
    this.#databaseName = databaseName;
    this.#name = name;
    this.#channel = new BroadcastChannel(channel);
    this.#channel.onmessage = ({ data }: MessageEvent<NamespaceMessage>) => {
      if (data.kind === 'stored') this.#wake();
    };
    this.#stopListening = database.onGone((lost) => {
      this.#lost ??= lost;
      this.#wake(); // without a cause to find out whether the data is still there
    });
  }

  async readSnapshot(): Promise<StoredSnapshot | undefined> {
    return (await this.#find())?.reader.readSnapshot();
  }

  async *read(after: number, caughtUp?: () => void): AsyncGenerator<StoredBatch> {
    let last = after;
    while (!this.#closed) {
      const announced = this.#announced;
      const found = await this.#find();
      if (found !== undefined) {
        for await (const batch of found.reader.read(last, found.next)) {
          if (this.#closed) return;
          last = batch.firstSequence + batch.records.length - 1;
          yield batch;
        }
      }
      caughtUp?.();
      await this.#somethingNew(announced);
    }
  }

  close(): void {
    this.#closed = true;
    this.#channel.close();
    this.#stopListening();
    this.#onClose();
    this.#wake();
  }

  /** A reader, and what the next sequence number is at least; undefined while there is nothing. */
  async #find(): Promise<{ readonly reader: Reader; readonly next: number } | undefined> {
    if (this.#lost !== undefined) throw this.#lost;
    const found = await this.#database.read((store) => answer<unknown>(store.get(namespaceKey(this.#name))));
    const place = { name: this.#name, incarnation: '' };
    const position = positionOf(this.#databaseName, place, 'its record');
    const record = parseNamespace(found, position);
    if (this.#reader === undefined && record === undefined) return undefined;
    if (record === undefined || (this.#reader && this.#reader.place.incarnation !== record.incarnation)) {
      throw storeLost(`${position}: the data was deleted while it was being followed`);
    }
    const { incarnation, next } = record;
    this.#reader ??= new Reader(this.#database, this.#databaseName, { ...place, incarnation });
    return { reader: this.#reader, next };
  }

  #wake(): void {
    this.#announced += 1;
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async #somethingNew(since: number): Promise<void> {
    if (this.#announced !== since || this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
