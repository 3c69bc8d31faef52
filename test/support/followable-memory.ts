import {
  type FollowableStorage,
  type FollowedNamespace,
  PubSubError,
  type StorageNamespace,
  type StoredBatch,
  type StoredSnapshot,
} from 'dagger-agents';

/** A store in memory for one namespace that can be followed, and where the test decides when followers get to read. */
export class FollowableMemory implements FollowableStorage {
  readonly kind = 'followable memory';
  readonly supports = { sync: true, persistent: true, shared: true } as const;
  /** Called by a follower before each look at what is stored; what it throws, the follower's reading throws. */
  beforeReading: () => Promise<void> | void = () => {};
  #batches: StoredBatch[] = [];
  #snapshot: StoredSnapshot | undefined;
  #next = 1;
  #epoch = 0;
  #holder: { readonly epoch: number; readonly onLost: ((cause: Error) => void) | undefined } | undefined;
  #wake: (() => void)[] = [];

  async open(
    _name: string,
    options: { readonly onLost?: (cause: Error) => void } = {},
  ): Promise<StorageNamespace> {
    if (this.#holder) {
      throw new PubSubError('LOCK_ERROR', 'somebody else has it', { details: { owner: 'somebody' } });
    }
    const epoch = ++this.#epoch;
    this.#holder = { epoch, onLost: options.onLost };
    const held = async (work: () => void): Promise<void> => {
      if (this.#holder?.epoch !== epoch) throw new PubSubError('LOCK_ERROR', 'another tab took over');
      work();
      this.changed();
    };
    return {
      epoch,
      tornTail: undefined,
      append: ({ firstSequence, records }) =>
        held(() => {
          if (firstSequence !== this.#next) throw new PubSubError('DATABASE_ERROR', 'out of order');
          this.#batches.push({ firstSequence, records: [...records] });
          this.#next += records.length;
        }),
      read: (after) => this.#read(after),
      readSnapshot: async () => this.#snapshot,
      writeSnapshot: (snapshot) =>
        held(() => {
          this.#snapshot = snapshot;
          this.#batches = this.#batches.filter(({ firstSequence }) => firstSequence > snapshot.sequence);
          this.#next = Math.max(this.#next, snapshot.sequence + 1);
        }),
      repair: async () => ({ keptRecords: 0, lost: [] }),
      close: () =>
        held(() => {
          this.#holder = undefined;
        }),
    };
  }

  async openWhenFree(
    name: string,
    { signal, ...options }: { readonly signal?: AbortSignal; readonly onLost?: (cause: Error) => void } = {},
  ): Promise<StorageNamespace> {
    signal?.addEventListener('abort', () => this.changed());
    while (this.#holder && !signal?.aborted) await this.#change();
    if (signal?.aborted) throw new PubSubError('CANCELLED', 'no longer waiting');
    return this.open(name, options);
  }

  follow(): FollowedNamespace {
    const store = this;
    let closed = false;
    return {
      readSnapshot: async () => this.#snapshot,
      async *read(after, caughtUp) {
        let last = after;
        while (!closed) {
          const change = store.#change();
          await store.beforeReading();
          for await (const batch of store.#read(last)) {
            yield batch;
            last = batch.firstSequence + batch.records.length - 1;
          }
          caughtUp?.();
          await change;
        }
      },
      close: () => {
        closed = true;
        this.changed();
      },
    };
  }

  /** The writer's tab is frozen: the next in line gets the store, and the writer is refused when it wakes. */
  freezeWriter(): () => void {
    const frozen = this.#holder;
    this.#holder = undefined;
    this.changed();
    return () => frozen?.onLost?.(new PubSubError('LOCK_ERROR', 'another tab took over'));
  }

  /** Whoever waits looks again. */
  changed(): void {
    for (const resolve of this.#wake.splice(0)) resolve();
  }

  async list(): Promise<string[]> {
    return ['default'];
  }

  async remove(): Promise<void> {}

  async close(): Promise<void> {}

  async *#read(after: number): AsyncGenerator<StoredBatch> {
    const first = this.#batches[0]?.firstSequence ?? this.#next;
    if (after + 1 < first) throw new PubSubError('DATABASE_ERROR', 'dropped after a snapshot');
    for (const { firstSequence, records } of [...this.#batches]) {
      const skip = Math.max(0, after + 1 - firstSequence);
      if (skip < records.length) yield { firstSequence: firstSequence + skip, records: records.slice(skip) };
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }
}
