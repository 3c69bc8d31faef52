import { encodeParts, type SnapshotPart } from '../state/snapshot.js';

/** Records that are encoded at a time. */
const STRIDE = 8;

/**
 * A snapshot as records, and how many characters they have. Encoding a large state takes long; it must not hold up the
 * page, so every few records it waits for the next turn of the event loop.
 */
export async function encodeSnapshot(
  parts: readonly SnapshotPart[],
  nextTurn: () => Promise<void>,
): Promise<{ readonly records: readonly string[]; readonly size: number }> {
  const records: string[] = [];
  let size = 0;
  for (const record of encodeParts(parts)) {
    records.push(record);
    size += record.length;
    if (records.length % STRIDE === 0) await nextTurn();
  }
  return { records, size };
}
