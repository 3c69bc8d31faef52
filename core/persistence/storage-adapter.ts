/**
 * The port that every store implements. It is as small as IndexedDB and a file system can both serve well:
 * append batches of encoded records, read them back in order, keep one snapshot, drop what it covers.
 * Records are strings that core has encoded, so nothing a store does can fail on a payload.
 *
 * Run `storageConformance` of `dagger-agents/testing/storage` against your own adapter.
 */
export interface StorageAdapter {
  /** What kind of store this is, for messages: `memory`, `filesystem`, `indexeddb`, … */
  readonly kind: string;
  readonly supports: StorageCapabilities;
  /**
   * Takes a namespace for one writer and reads nothing yet.
   * Any non-empty string is a valid name; two names never share data.
   * @throws PubSubError `LOCK_ERROR` with `details.owner` when another writer holds it;
   * `DATABASE_ERROR` when the store cannot be opened.
   */
  open(namespace: string, options?: OpenNamespaceOptions): Promise<StorageNamespace>;
  /** Names of all namespaces that hold anything, sorted. */
  list(): Promise<string[]>;
  /** Deletes a namespace with all it holds. Nothing happens when there is none. `LOCK_ERROR` while a writer holds it. */
  remove(namespace: string): Promise<void>;
  /** Closes every namespace still open and lets go of the store. */
  close(): Promise<void>;
}

/** What a store can promise. Declared, never guessed. */
export interface StorageCapabilities {
  /** An append with `sync: true` survives a power cut once it has resolved. */
  readonly sync: boolean;
  /** What was appended is still there when the process or the tab is gone. */
  readonly persistent: boolean;
  /** Other processes or tabs can see the same store, and are kept out while one writes. */
  readonly shared: boolean;
}

export interface OpenNamespaceOptions {
  /** Who we are, shown to the writer that is refused because of us. */
  readonly owner?: string | undefined;
  /** It is opened to be repaired: a store that is too damaged to be opened may make what `repair` can begin with. */
  readonly repairing?: boolean | undefined;
  /** Called at most once, when the store is taken away under us (another tab deleted it, a takeover fenced us, …). */
  readonly onLost?: ((cause: Error) => void) | undefined;
}

export interface StoredBatch {
  /** Sequence number of `records[0]`; the following ones count up by one. */
  readonly firstSequence: number;
  readonly records: readonly string[];
}

export interface StoredSnapshot {
  /** The snapshot holds the effect of every record up to and including this sequence number. */
  readonly sequence: number;
  readonly records: readonly string[];
}

/** What opening found at the end to be no whole record, and has cut off: a torn tail, never acknowledged after a crash. */
export interface TornTail {
  /** Where it was cut, in the store's own words: a file and an offset, or a key. */
  readonly position: string;
  /** How many bytes (or characters) were dropped. */
  readonly dropped: number;
  /**
   * True: the writer before had closed in order, so that no crash tore anything. The bytes have changed since, and what
   * they said may have been acknowledged.
   */
  readonly afterClose?: boolean;
}

/** One namespace, held by one writer. */
export interface StorageNamespace {
  /** Counts up with every successful open; a writer whose epoch is not the newest is refused with `LOCK_ERROR`. */
  readonly epoch: number;
  /** A torn tail that was cut when this namespace was opened. */
  readonly tornTail: TornTail | undefined;
  /**
   * Appends a batch, all of it or nothing. Resolves once it is as durable as asked: with `sync` it is on the device,
   * without it is in the hands of the operating system (or the browser) and survives the end of this process.
   * Calls are made one after the other: the next only after the last has settled.
   * `batch.firstSequence` is always one more than the last record (or snapshot) stored; anything else is refused
   * with `DATABASE_ERROR`.
   * @throws PubSubError `DATABASE_ERROR` with the cause; nothing of the batch is then visible. `details.retryable`
   * is true when a later append may succeed (disk full, quota), false when this namespace must be opened anew.
   */
  append(batch: StoredBatch, options: { readonly sync: boolean }): Promise<void>;
  /**
   * Reads everything after sequence number `after`, in order, in batches of any size. Each batch follows the one before,
   * but where a repair reported records as lost, `firstSequence` jumps over them.
   * @throws PubSubError `DATABASE_ERROR` with `details.position` when bytes in the middle are damaged or missing.
   */
  read(after: number): AsyncIterable<StoredBatch>;
  /** The newest whole snapshot, or undefined. A damaged one is passed over for the one before it. */
  readSnapshot(): Promise<StoredSnapshot | undefined>;
  /**
   * Replaces the snapshot atomically and durably (`sync` is implied), then may drop records it covers. `sequence` is not
   * less than that of the snapshot before; it may be ahead of the log, and the next append then follows it.
   * After a crash at any point there is the old snapshot with its records or the new one with its records.
   */
  writeSnapshot(snapshot: StoredSnapshot): Promise<void>;
  /**
   * Makes a namespace whose middle is damaged readable again: keeps every whole record before the damage (and
   * whatever follows that can still be read in order), moves the rest aside where the store can, says what was lost.
   */
  repair(): Promise<RepairReport>;
  /** Resolves when every append has settled and the namespace is free for the next writer. */
  close(): Promise<void>;
}

export interface RepairReport {
  readonly keptRecords: number;
  /** Sequence numbers that are gone: `[first, last]` each; `last` is Infinity when the end is unknown. */
  readonly lost: readonly (readonly [first: number, last: number])[];
}
