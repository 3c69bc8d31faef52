import type {
  OpenNamespaceOptions,
  StorageAdapter,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
} from './storage-adapter.js';

/**
 * What a store can do beyond the port when several tabs share it: one writes, the others read along and one of them
 * takes over. Optional; ask with {@link isFollowable}.
 *
 * @example
 * if (isFollowable(storage)) {
 *   const followed = storage.follow('my-run');
 *   const snapshot = await followed.readSnapshot();
 *   void showWhatArrives(followed.read(snapshot?.sequence ?? 0));
 *   const namespace = await storage.openWhenFree('my-run', { signal });   // the writer is gone: it is ours
 *   followed.close();
 * }
 */
export interface FollowableStorage extends StorageAdapter {
  /**
   * Like `open`, but waits for its turn instead of failing with `LOCK_ERROR`: until the writer has closed, its tab
   * or process is gone, or it has been silent for so long that it must be frozen (a second at most). A writer that
   * wakes up later is fenced: its appends are refused and its `onLost` is called.
   * @throws PubSubError `CANCELLED` when `signal` fires first; else whatever `open` throws.
   */
  openWhenFree(namespace: string, options?: OpenWhenFreeOptions): Promise<StorageNamespace>;
  /** A read-only view of a namespace, whoever writes it. It need not exist yet. */
  follow(namespace: string): FollowedNamespace;
}

export interface OpenWhenFreeOptions extends OpenNamespaceOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** A namespace that somebody else writes. */
export interface FollowedNamespace {
  /** As in `StorageNamespace`: the newest whole snapshot, or undefined. */
  readSnapshot(): Promise<StoredSnapshot | undefined>;
  /**
   * Everything after sequence number `after`, in order and without gaps, and then, as soon as it is stored, what the
   * writer appends. The iteration ends when `close` is called; a change of writer goes unnoticed.
   * @param caughtUp Called each time when all that is stored has been read and the wait for more begins.
   * @throws PubSubError `DATABASE_ERROR` when records are damaged, or dropped because a snapshot covers them: read
   * the snapshot, and go on after it. Also when a snapshot is stored that is ahead of all records.
   */
  read(after: number, caughtUp?: () => void): AsyncIterable<StoredBatch>;
  /** Stops following; iterations under way end. */
  close(): void;
}

/** Whether tabs can follow each other in this store. */
export function isFollowable(storage: StorageAdapter): storage is FollowableStorage {
  return (
    typeof storage === 'object' &&
    storage !== null &&
    'openWhenFree' in storage &&
    typeof storage.openWhenFree === 'function' &&
    'follow' in storage &&
    typeof storage.follow === 'function'
  );
}
