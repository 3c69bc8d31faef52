import { PubSubError } from '../../core/errors.js';
import type {
  RepairReport,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
  TornTail,
} from '../../core/persistence/storage-adapter.js';
import { checksum } from '../checksum.js';

/** The part of a key-value store that a namespace needs. */
export interface Values {
  get(key: string): Promise<string | null | undefined>;
  set(key: string, value: string): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  keys(prefix: string): Promise<readonly string[]>;
}

/** One namespace in a key-value store, under a prefix: `epoch`, `snapshot`, and `batch/…`, named by its last record. */
export class KeyValueNamespace implements StorageNamespace {
  readonly epoch: number;
  readonly tornTail: TornTail | undefined = undefined;
  readonly #values: Values;
  readonly #prefix: string;
  readonly #onClose: () => void;
  #lastSequence = 0;
  /** Work is done one after the other: this settles when the last that was asked for has. */
  #queue: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  private constructor(values: Values, prefix: string, onClose: () => void, epoch: number) {
    this.#values = values;
    this.#prefix = prefix;
    this.#onClose = onClose;
    this.epoch = epoch;
  }

  static async open(values: Values, prefix: string, onClose: () => void): Promise<KeyValueNamespace> {
    const epoch = Number((await values.get(`${prefix}epoch`)) ?? 0) + 1;
    await values.set(`${prefix}epoch`, String(epoch));
    const namespace = new KeyValueNamespace(values, prefix, onClose, epoch);
    await namespace.#findEnd();
    return namespace;
  }

  append({ firstSequence, records }: StoredBatch): Promise<void> {
    return this.#inTurn(async () => {
      const expected = this.#lastSequence + 1;
      if (firstSequence !== expected) {
        throw refused(`Expected a batch that starts at sequence ${expected}, got ${firstSequence}`);
      }
      if (records.length === 0) return;
      const last = this.#lastSequence + records.length;
      const key = `${this.#prefix}batch/${String(last).padStart(16, '0')}`;
      const sum = checksum(records, firstSequence);
      await this.#values.set(key, JSON.stringify({ firstSequence, records, sum }));
      this.#lastSequence = last;
    });
  }

  async *read(after: number): AsyncGenerator<StoredBatch> {
    let next = after + 1;
    const [last, keys] = await this.#inTurn(
      async () => [this.#lastSequence, await this.#batchKeys()] as const,
    );
    for (const key of keys) {
      if (lastIn(key) < next) continue;
      const batch = batchIn(key, await this.#values.get(key));
      if (batch === undefined || batch.at > next) throw damaged(key, `record ${next} is missing or damaged`);
      yield { firstSequence: next, records: batch.records.slice(next - batch.at) };
      next = lastIn(key) + 1;
    }
    if (next <= last) throw damaged(this.#prefix, `records ${next} to ${last} are dropped, or missing`);
  }

  readSnapshot(): Promise<StoredSnapshot | undefined> {
    return this.#inTurn(() => this.#snapshot());
  }

  writeSnapshot({ sequence, records }: StoredSnapshot): Promise<void> {
    return this.#inTurn(async () => {
      const sum = checksum(records, sequence);
      await this.#values.set(`${this.#prefix}snapshot`, JSON.stringify({ sequence, records, sum }));
      this.#lastSequence = Math.max(this.#lastSequence, sequence);
      for (const key of await this.#batchKeys()) if (lastIn(key) <= sequence) await this.#values.delete(key);
    });
  }

  /** Keeps all before the first damage; moves the rest under `damaged/`. */
  repair(): Promise<RepairReport> {
    return this.#inTurn(async () => {
      const isSnapshotWhole = await this.#setDamagedSnapshotAside();
      const snapshot = await this.#snapshot();
      let next: number | undefined;
      let keptRecords = 0;
      let isWhole = true;
      for (const key of await this.#batchKeys()) {
        const value = await this.#values.get(key);
        const batch = batchIn(key, value);
        next ??= batch !== undefined && batch.at <= (snapshot?.sequence ?? 0) + 1 ? batch.at : 1;
        // It may begin with records of the one before: with those that were sent again as nobody knew of them.
        isWhole &&= batch !== undefined && batch.at <= next;
        if (isWhole) {
          keptRecords += lastIn(key) + 1 - next;
          next = lastIn(key) + 1;
          continue;
        }
        await this.#values.set(`${this.#prefix}damaged/${lastIn(key)}`, value ?? '');
        await this.#values.delete(key);
      }
      await this.#findEnd();
      const nothingLost = isWhole && isSnapshotWhole;
      return { keptRecords, lost: nothingLost ? [] : [[this.#lastSequence + 1, Number.POSITIVE_INFINITY]] };
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#queue.then(() => this.#onClose());
    return this.#closing;
  }

  async #findEnd(): Promise<void> {
    const newest = (await this.#batchKeys()).at(-1);
    // One that cannot be read is for who reads it, and for repair().
    const covered = parse(await this.#values.get(`${this.#prefix}snapshot`), 'sequence')?.at ?? 0;
    this.#lastSequence = Math.max(covered, newest === undefined ? 0 : lastIn(newest));
  }

  /** @throws PubSubError when there is one that cannot be read: what it covered is nowhere else. */
  async #snapshot(): Promise<StoredSnapshot | undefined> {
    const key = `${this.#prefix}snapshot`;
    const text = await this.#values.get(key);
    const found = parse(text, 'sequence');
    if (found === undefined && text !== null && text !== undefined)
      throw damaged(key, 'the snapshot cannot be read');
    return found && { sequence: found.at, records: found.records };
  }

  async #setDamagedSnapshotAside(): Promise<boolean> {
    const key = `${this.#prefix}snapshot`;
    const text = await this.#values.get(key);
    if (text === null || text === undefined || parse(text, 'sequence') !== undefined) return true;
    await this.#values.set(`${this.#prefix}damaged/snapshot`, text);
    await this.#values.delete(key);
    return false;
  }

  async #batchKeys(): Promise<string[]> {
    return [...(await this.#values.keys(`${this.#prefix}batch/`))].sort();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closing !== undefined) return Promise.reject(refused('This namespace is closed'));
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}

function lastIn(key: string): number {
  return Number(key.slice(key.lastIndexOf('/') + 1));
}

/** What a value holds: its records, and the sequence number under the given name. */
interface Value {
  readonly at: number;
  readonly records: readonly string[];
}

/** A batch, if it is whole and what its key says. */
function batchIn(key: string, text: string | null | undefined): Value | undefined {
  const batch = parse(text, 'firstSequence');
  return batch && batch.at + batch.records.length - 1 === lastIn(key) ? batch : undefined;
}

/** What a value holds, if it is whole: stores and their drivers may keep it as it is, and then again they may not. */
function parse(text: string | null | undefined, field: 'firstSequence' | 'sequence'): Value | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null || !('records' in value)) return undefined;
    const { records, sum, [field]: at } = value as Readonly<Record<string, unknown>>;
    if (typeof at !== 'number' || !areTexts(records)) return undefined;
    // Earlier builds wrote no sum.
    return sum === undefined || sum === checksum(records, at) ? { at, records } : undefined;
  } catch {
    return undefined;
  }
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function refused(message: string): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, { details: { retryable: false } });
}

function damaged(position: string, reason: string): PubSubError {
  return new PubSubError('DATABASE_ERROR', `Damaged at ${position}: ${reason}`, {
    details: { retryable: false, position, reason },
  });
}
