import type { StoredSnapshot } from '../../core/persistence/storage-adapter.js';
import { checksum } from '../checksum.js';
import { damaged } from './faults.js';

/** The layout of what we store. A newer one is refused before anything is written. */
export const FORMAT = 1;

/** What is kept about a namespace besides its batches and chunks: one small value, under its name. */
export interface NamespaceRecord {
  readonly format: number;
  readonly incarnation: string;
  /** Counts the openings. A writer whose epoch is not this one has been replaced. */
  readonly epoch: number;
  /** Who writes, and undefined once it has closed in order. */
  readonly owner: string | undefined;
  /** A lower bound for the next sequence number: as of the last opening, snapshot, repair or close. */
  readonly next: number;
  /** Newest first, two at most: the older one serves when the newer is damaged. */
  readonly snapshots: readonly SnapshotPointer[];
  /** Ranges of sequence numbers that `repair` found to be gone. */
  readonly lost: readonly (readonly [first: number, last: number])[];
}

export interface SnapshotPointer {
  readonly generation: number;
  readonly sequence: number;
  readonly chunks: number;
}

/** A batch or a chunk of a snapshot: one value, whatever the number of records. */
export interface SealedRecords {
  readonly sum: number;
  readonly records: readonly string[];
}

/** Says what the namespace record says of its snapshot, should that be lost; earlier builds did not write it. */
interface Chunk extends SealedRecords, Pick<SnapshotPointer, 'sequence' | 'chunks'> {}

/**
 * Lies where the former writer would put its next batch, so that the database itself refuses that batch, without
 * asking anybody: a batch is added, never overwritten. The new writer's first batch takes its place.
 */
export interface Fence {
  readonly fence: number;
}

/** Of a namespace record that is damaged or gone. */
export const CURE = 'repair() makes a new one of what is stored';

/** Reads a namespace record, or says that there is none. Refuses what it does not know. */
export function parseNamespace(value: unknown, position: string): NamespaceRecord | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || value === null || !('format' in value)) {
    throw damaged(position, `this is not a namespace record; ${CURE}`);
  }
  if (value.format !== FORMAT) {
    throw damaged(position, `written in format ${String(value.format)}; this version reads format ${FORMAT}`);
  }
  if (!isNamespaceRecord(value)) throw damaged(position, `the namespace record is damaged; ${CURE}`);
  return value;
}

function isNamespaceRecord(value: object): value is NamespaceRecord {
  const { incarnation, epoch, owner, next, snapshots, lost } = value as Partial<
    Record<keyof NamespaceRecord, unknown>
  >;
  return (
    typeof incarnation === 'string' &&
    isCount(epoch) &&
    (owner === undefined || typeof owner === 'string') &&
    isCount(next) &&
    Array.isArray(snapshots) &&
    snapshots.every(isPointer) &&
    Array.isArray(lost) &&
    lost.every((range) => Array.isArray(range) && isCount(range[0]) && isCount(range[1]))
  );
}

export function isPointer(value: unknown): value is SnapshotPointer {
  if (typeof value !== 'object' || value === null) return false;
  const { generation, sequence, chunks } = value as Partial<Record<keyof SnapshotPointer, unknown>>;
  return isCount(generation) && isCount(sequence) && isCount(chunks);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

export function isFence(value: unknown): value is Fence {
  return typeof value === 'object' && value !== null && 'fence' in value;
}

export function sealBatch(firstSequence: number, records: readonly string[]): SealedRecords {
  return { sum: checksum(records, firstSequence), records };
}

/** The records of a batch, or undefined when they are not what was stored under this sequence number. */
export function openBatch(firstSequence: number, value: unknown): readonly string[] | undefined {
  return isSealed(value) && value.sum === checksum(value.records, firstSequence) ? value.records : undefined;
}

/** A value as large as IndexedDB takes without a detour; larger records get a chunk of their own. */
const CHUNK_CHARACTERS = 1_000_000;

/** A snapshot in chunks of about a megabyte. One without records is one empty chunk. */
export function sealSnapshot({ sequence, records }: StoredSnapshot): Chunk[] {
  const chunks: string[][] = [[]];
  let size = 0;
  for (const record of records) {
    if (size > 0 && size + record.length > CHUNK_CHARACTERS) {
      chunks.push([]);
      size = 0;
    }
    chunks.at(-1)?.push(record);
    size += record.length;
  }
  return chunks.map((chunk, index) => ({
    sum: checksum(chunk, sequence, index + 1),
    records: chunk,
    sequence,
    chunks: chunks.length,
  }));
}

/** The snapshot that these chunks make up, or undefined when one of them is damaged, missing or misplaced. */
export function openSnapshot(
  pointer: SnapshotPointer,
  chunks: readonly unknown[],
): StoredSnapshot | undefined {
  if (chunks.length !== pointer.chunks) return undefined;
  const records: string[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (!isSealed(chunk) || chunk.sum !== checksum(chunk.records, pointer.sequence, index + 1))
      return undefined;
    for (const record of chunk.records) records.push(record);
  }
  return { sequence: pointer.sequence, records };
}

function isSealed(value: unknown): value is SealedRecords {
  return (
    typeof value === 'object' &&
    value !== null &&
    'sum' in value &&
    typeof value.sum === 'number' &&
    'records' in value &&
    Array.isArray(value.records) &&
    value.records.every((record) => typeof record === 'string')
  );
}

/** How many records a damaged batch seems to have held: the best guess there is of where the next one starts. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'object' && value !== null && 'records' in value && Array.isArray(value.records)
    ? value.records.length
    : undefined;
}
