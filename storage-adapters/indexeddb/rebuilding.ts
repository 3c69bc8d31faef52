import { answer } from './connection.js';
import { contentsOf, type Place, snapshotRange } from './keys.js';
import { FORMAT, isPointer, type NamespaceRecord, parseNamespace, type SnapshotPointer } from './records.js';

/** Whether a namespace record needs no rebuilding: it is whole, or a newer version wrote it. */
export function isReadable(found: unknown): boolean {
  const format = typeof found === 'object' && found !== null && 'format' in found ? found.format : undefined;
  if (typeof format === 'number' && format > FORMAT) return true;
  try {
    return parseNamespace(found, '') !== undefined;
  } catch {
    return false;
  }
}

/**
 * The namespace record that what lies under its name tells of; undefined when nothing does. Whoever wrote the former one
 * may be asleep: the epoch is one that no counting comes to.
 */
export async function rebuilt(store: IDBObjectStore, name: string): Promise<NamespaceRecord | undefined> {
  for (const range of contentsOf(name)) {
    const key = await answer(store.getKey(range));
    const incarnation: unknown = Array.isArray(key) ? key[2] : undefined;
    if (typeof incarnation !== 'string') continue;
    const snapshots = await snapshotsIn(store, { name, incarnation });
    return { format: FORMAT, incarnation, epoch: Date.now(), owner: 'unknown', next: 1, snapshots, lost: [] };
  }
  return undefined;
}

/** The two newest, as far as one of their chunks tells of them: whether they are whole is for `repair` to see. */
async function snapshotsIn(store: IDBObjectStore, place: Place): Promise<SnapshotPointer[]> {
  const pointers: SnapshotPointer[] = [];
  let below = Infinity;
  for (;;) {
    const cursor = await answer(store.openCursor(snapshotRange(place, -Infinity, below), 'prev'));
    const generation: unknown = Array.isArray(cursor?.key) ? cursor.key[3] : undefined;
    if (typeof generation !== 'number' || pointers.length === 2) return pointers;
    const { sequence, chunks } = Object(cursor?.value);
    const pointer: unknown = { generation, sequence, chunks };
    if (isPointer(pointer)) pointers.push(pointer);
    below = generation - 1;
  }
}
