import { answer } from './connection.js';
import type { Database } from './database.js';
import { damaged } from './faults.js';
import { batchKey, batchRange, contentsOf, namespaceKey, type Place, sequenceOf } from './keys.js';
import { isReadable, rebuilt } from './rebuilding.js';
import { CURE, FORMAT, isFence, type NamespaceRecord, openBatch, parseNamespace } from './records.js';

/** What a writer knows of its namespace when it starts. */
export interface OpenedNamespace {
  readonly place: Place;
  readonly record: NamespaceRecord;
  /** The next sequence number; undefined when the last batch is damaged, so that only `repair` can go on. */
  readonly next: number | undefined;
  /** The sequence number under which a fence lies, which our first batch replaces. */
  readonly fence: number | undefined;
  /** Whether there was nothing of this name before. */
  readonly isNew: boolean;
}

/**
 * Starts a new epoch. When the writer before us has not closed in order it may be asleep somewhere: a fence in the
 * place of its next batch makes the database refuse that batch.
 */
export function startEpoch(
  database: Database,
  name: string,
  owner: string,
  position: string,
  repairing: boolean,
): Promise<OpenedNamespace> {
  return database.update('strict', async (store) => {
    const found = await answer<unknown>(store.get(namespaceKey(name)));
    const former =
      repairing && !isReadable(found) ? await rebuilt(store, name) : parseNamespace(found, position);
    if (former === undefined) await refuseOrphans(store, name, position);
    const place = { name, incarnation: former?.incarnation ?? randomIncarnation() };
    const tail = await findTail(store, place);
    const atLeast = Math.max(1, former?.next ?? 1, (former?.snapshots[0]?.sequence ?? 0) + 1);
    const next = tail === undefined ? undefined : Math.max(tail.next, atLeast);
    const record: NamespaceRecord = {
      format: FORMAT,
      incarnation: place.incarnation,
      epoch: (former?.epoch ?? 0) + 1,
      owner,
      next: next ?? atLeast,
      snapshots: former?.snapshots ?? [],
      lost: former?.lost ?? [],
    };
    store.put(record, namespaceKey(name));
    let fence = tail?.fence === next ? tail?.fence : undefined;
    if (former?.owner !== undefined && next !== undefined) {
      store.put({ fence: record.epoch }, batchKey(place, next));
      fence = next;
    }
    return { place, record, next, fence, isNew: former === undefined };
  });
}

/** Batches without a record: something deleted a part of us. Starting empty over them would be a silent loss. */
async function refuseOrphans(store: IDBObjectStore, name: string, position: string): Promise<void> {
  for (const range of contentsOf(name)) {
    if ((await answer(store.getKey(range))) !== undefined) {
      throw damaged(position, `it is missing although there is data; ${CURE}, remove() starts anew`);
    }
  }
}

interface Tail {
  readonly next: number;
  readonly fence: number | undefined;
}

/** Where the last batch ends. Undefined when it is damaged. */
async function findTail(store: IDBObjectStore, place: Place): Promise<Tail | undefined> {
  const cursor = await answer(store.openCursor(batchRange(place), 'prev'));
  const key = sequenceOf(cursor?.key);
  if (key === undefined) return { next: 1, fence: undefined };
  const value: unknown = cursor?.value;
  if (isFence(value)) return { next: key, fence: key };
  const records = openBatch(key, value);
  return records && { next: key + records.length, fence: undefined };
}

function randomIncarnation(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(2)), (word) => word.toString(36)).join('');
}
