import type { FollowedNamespace } from '../../../core/persistence/follow.js';
import type { StorageNamespace, StoredBatch } from '../../../core/persistence/storage-adapter.js';
import { type IndexedDbStorage, indexedDbStorage } from '../../../storage-adapters/indexeddb.js';

/** What a rejected call looks like from outside the page. */
export interface PlainError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Open connections, to be closed by {@link StorageLab.closeConnections}. */
const connections: IDBDatabase[] = [];
const { open } = IDBFactory.prototype;
IDBFactory.prototype.open = function (this: IDBFactory, ...parameters): IDBOpenDBRequest {
  const request = open.apply(this, parameters);
  request.addEventListener('success', () => connections.push(request.result));
  return request;
};

/** How a tab that is about to take the store away is held up: what it waits for, and what becomes of it. */
interface HeldUp {
  readonly goOn: Promise<void>;
  readonly attempted: (attempt: Promise<unknown>) => void;
}
let heldUp: HeldUp | undefined;
LockManager.prototype.request = new Proxy(LockManager.prototype.request, {
  async apply(request, manager, values: readonly unknown[]) {
    const here = String(values[0]).endsWith(' takeover') ? heldUp : undefined;
    await here?.goOn;
    const result = Reflect.apply(request, manager, values);
    here?.attempted(result);
    return result;
  },
});

/** A tab under test: one store, one namespace, driven from outside. */
class StorageLab {
  readonly #storage: IndexedDbStorage;
  readonly #seen: string[] = [];
  #namespace: StorageNamespace | undefined;
  #followed: FollowedNamespace | undefined;
  #lost: PlainError | undefined;
  #followingEnded: PlainError | undefined;
  #writing = false;
  #next = 1;
  #acknowledged = 0;
  #snapshotAt = 0;
  #takeover: Promise<unknown> | undefined;
  #letGo = (): void => {};
  #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(name: string) {
    this.#storage = indexedDbStorage({ name });
  }

  /** Answers the epoch, or the error. */
  async open(owner: string): Promise<number | PlainError> {
    return this.#start(() => this.#storage.open('run', { owner, onLost: this.#onLost }));
  }

  async openWhenFree(owner: string): Promise<number | PlainError> {
    return this.#start(() => this.#storage.openWhenFree('run', { owner, onLost: this.#onLost }));
  }

  /** Appends one batch of records that say their own number. */
  async append(count: number, sync: boolean, size = 0): Promise<PlainError | undefined> {
    const batch = numbered(this.#next, count, size);
    try {
      await this.#open().append(batch, { sync });
    } catch (error) {
      return plain(error);
    }
    this.#next += count;
    this.#acknowledged = this.#next - 1;
    this.#changed();
    return undefined;
  }

  /** Tries again while there is no room: browsers free what was deleted some time later. */
  async appendWhenThereIsRoom(count: number, size: number): Promise<number | PlainError> {
    for (;;) {
      const error = await this.append(count, true, size);
      if (error === undefined) return this.#acknowledged;
      if (error.details.retryable !== true) return error;
    }
  }

  /** Appends without a pause until something fails; `onAcknowledged` hears the last number after each batch. */
  async writeOn(
    count: number,
    sync: boolean,
    onAcknowledged?: (last: number) => void,
  ): Promise<PlainError | undefined> {
    this.#writing = true;
    while (this.#writing) {
      const error = await this.append(count, sync);
      if (error !== undefined) return error;
      onAcknowledged?.(this.#acknowledged);
    }
    return undefined;
  }

  /** What a browser does when it closes the connections of a site, as far as a page can do it. */
  closeConnections(): void {
    for (const connection of connections.splice(0)) {
      connection.close();
      connection.dispatchEvent(new Event('close'));
    }
  }

  /** From now on this tab is slow when it wants to take the store away. */
  holdUpTakeovers(): void {
    let letGo = (): void => {};
    const goOn = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    this.#takeover = new Promise((resolve) => {
      heldUp = { goOn, attempted: (attempt) => resolve(attempt) };
    });
    this.#letGo = letGo;
  }

  /** Resolves when it has tried. */
  async goOnWithTakeovers(): Promise<void> {
    this.#letGo();
    await this.#takeover;
    heldUp = undefined;
  }

  stopWriting(): void {
    this.#writing = false;
  }

  acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when as many records have been acknowledged. */
  acknowledgedUpTo(last: number): Promise<void> {
    return this.#until(() => this.#acknowledged >= last);
  }

  /** Resolves with the cause when this tab has lost the store. */
  async lost(): Promise<PlainError | undefined> {
    await this.#until(() => this.#lost !== undefined);
    return this.#lost;
  }

  wasLost(): boolean {
    return this.#lost !== undefined;
  }

  async writeSnapshot(): Promise<PlainError | undefined> {
    const sequence = this.#next - 1;
    try {
      await this.#open().writeSnapshot({ sequence, records: [`state of ${sequence}`] });
      return undefined;
    } catch (error) {
      return plain(error);
    }
  }

  /** Reads everything after a number, checks each record against its number, and answers the last one's. */
  async verify(after: number): Promise<number | PlainError> {
    let last = after;
    try {
      for await (const batch of this.#open().read(after)) last = check(batch, last);
      return last;
    } catch (error) {
      return plain(error);
    }
  }

  /** Sequence number of the snapshot found when opening; 0 without one. */
  snapshotAt(): number {
    return this.#snapshotAt;
  }

  /** Follows the namespace in the background. */
  follow(): void {
    const followed = this.#storage.follow('run');
    this.#followed = followed;
    void (async () => {
      try {
        for await (const batch of followed.read(0)) {
          this.#seen.push(...batch.records);
          this.#changed();
        }
      } catch (error) {
        this.#followingEnded = plain(error);
        this.#changed();
      }
    })();
  }

  /** Resolves with the error that has ended the following. */
  async followingEnded(): Promise<PlainError | undefined> {
    await this.#until(() => this.#followingEnded !== undefined);
    return this.#followingEnded;
  }

  /** Resolves with everything seen when as many records have been. */
  async seenUpTo(last: number): Promise<readonly string[]> {
    await this.#until(() => this.#seen.length >= last);
    return this.#seen;
  }

  async close(): Promise<void> {
    this.#followed?.close();
    await this.#storage.close();
  }

  readonly #onLost = (cause: Error): void => {
    this.#lost = plain(cause);
    this.#changed();
  };

  /** By events: in a tab in the background, timers and animation frames hardly come. */
  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ holds, resolve });
      this.#changed();
    });
  }

  #changed(): void {
    const [fulfilled, left] = [
      this.#waiting.filter(({ holds }) => holds()),
      this.#waiting.filter(({ holds }) => !holds()),
    ];
    this.#waiting = left;
    for (const { resolve } of fulfilled) resolve();
  }

  async #start(opening: () => Promise<StorageNamespace>): Promise<number | PlainError> {
    try {
      const namespace = await opening();
      this.#namespace = namespace;
      const after = (await namespace.readSnapshot())?.sequence ?? 0;
      this.#snapshotAt = after;
      let last = after;
      for await (const batch of namespace.read(after)) last = check(batch, last);
      this.#next = last + 1;
      return namespace.epoch;
    } catch (error) {
      return plain(error);
    }
  }

  #open(): StorageNamespace {
    if (this.#namespace === undefined) throw new Error('not open');
    return this.#namespace;
  }
}

function numbered(firstSequence: number, count: number, size: number): StoredBatch {
  const records = Array.from({ length: count }, (_, index) => `${firstSequence + index}:${noise(size)}`);
  return { firstSequence, records };
}

/** Text that the browser cannot compress, so that it takes the room that it seems to take. */
function noise(size: number): string {
  let text = '';
  while (text.length < size) text += Math.random().toString(36).slice(2);
  return text.slice(0, size);
}

function check({ firstSequence, records }: StoredBatch, last: number): number {
  if (firstSequence !== last + 1) throw new Error(`expected record ${last + 1}, got ${firstSequence}`);
  for (const [index, record] of records.entries()) {
    if (!record.startsWith(`${firstSequence + index}:`))
      throw new Error(`record ${firstSequence + index} is ${record}`);
  }
  return last + records.length;
}

function plain(error: unknown): PlainError {
  if (!(error instanceof Error)) return { code: 'not an error', message: String(error), details: {} };
  const { code, details } = error as Error & Partial<PlainError>;
  return { code: code ?? error.name, message: error.message, details: { ...details } };
}

declare global {
  interface Window {
    lab: StorageLab;
    acknowledge: (last: number) => void;
  }
}
window.lab = new StorageLab(new URLSearchParams(location.search).get('store') ?? 'store');
