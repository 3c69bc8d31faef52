import type { RepairReport } from '../../core/persistence/storage-adapter.js';
import { answer } from './connection.js';
import { batchKey, damagedKey, type Place } from './keys.js';
import type { Reader } from './reading.js';
import { countOf, isFence, type NamespaceRecord, openBatch, type SnapshotPointer } from './records.js';

type Range = readonly [first: number, last: number];

/** What an inspection found, and what the namespace record must say afterwards. */
export interface Inspection {
  readonly report: RepairReport;
  /** Keys of batches to move aside. */
  readonly aside: readonly number[];
  readonly snapshots: readonly SnapshotPointer[];
  readonly lost: readonly Range[];
  readonly next: number;
}

/**
 * Goes through everything a namespace holds. Whole batches stay, wherever they are; damaged ones are to be moved
 * aside; what is missing between them is noted, so that reading passes over it.
 */
export async function inspect(
  reader: Reader,
  record: NamespaceRecord,
  known: number | undefined,
): Promise<Inspection> {
  await reader.readSnapshot(); // finds those that are damaged
  const snapshots = record.snapshots.filter(({ generation }) => !reader.isDamaged(generation));
  const covered = snapshots[0]?.sequence ?? 0;
  const aside: number[] = [];
  const lost: Range[] = [];
  let kept = 0;
  let expected: number | undefined;
  let end: number | undefined;
  for await (const { key, value } of reader.pages(-Infinity)) {
    if (isFence(value)) continue;
    const records = openBatch(key, value);
    expected ??= Math.min(key, covered + 1);
    if (records === undefined || key < expected) {
      aside.push(key);
      const count = countOf(value);
      end = count === undefined ? undefined : key + count;
      continue;
    }
    if (key > expected) lost.push([expected, key - 1]);
    kept += records.length;
    expected = key + records.length;
    end = expected;
  }
  expected ??= covered + 1;
  const next = Math.max(expected, end ?? expected + 1, known ?? record.next, covered + 1);
  if (next > Math.max(expected, covered + 1)) lost.push([expected, next - 1]);
  const open = aside.length > 0 && end === undefined && known === undefined;
  const fresh = lost.filter(([first, last]) => !isKnown(record.lost, first, last));
  return {
    report: {
      keptRecords: kept,
      lost: fresh.map(([first, last]) => [first, open && last === next - 1 ? Infinity : last] as const),
    },
    aside,
    snapshots,
    lost: [...record.lost, ...fresh].sort(([a], [b]) => a - b),
    next,
  };
}

/** Moves damaged batches to where nobody reads them, but a person can still look. */
export async function applyRepair(
  store: IDBObjectStore,
  place: Place,
  aside: readonly number[],
): Promise<void> {
  for (const key of aside) {
    store.put(await answer<unknown>(store.get(batchKey(place, key))), damagedKey(place, key));
    store.delete(batchKey(place, key));
  }
}

function isKnown(ranges: readonly Range[], first: number, last: number): boolean {
  return ranges.some(([from, to]) => from <= first && last <= to);
}
