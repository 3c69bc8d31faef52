/**
 * Where things lie in the object store. Keys are arrays, which IndexedDB compares element by element: two names
 * can neither meet nor nest, whatever characters they are made of, and every range is one `IDBKeyRange`.
 *
 *     ['namespace', name]                                    who writes it, its snapshots: see records.ts
 *     ['batch', name, incarnation, first sequence]           one batch
 *     ['snapshot', name, incarnation, generation, index]     one chunk of a snapshot
 *     ['damaged', name, incarnation, first sequence]         what `repair` has moved aside
 *
 * The incarnation changes when a name is removed and used again, so that a writer of the former one, asleep since,
 * writes where nobody reads.
 */
export interface Place {
  readonly name: string;
  readonly incarnation: string;
}

export function namespaceKey(name: string): IDBValidKey {
  return ['namespace', name];
}

/** An array sorts after every string, so that `[]` is a bound above all names. */
export function everyNamespace(): IDBKeyRange {
  return IDBKeyRange.bound(['namespace'], ['namespace', []]);
}

export function batchKey({ name, incarnation }: Place, firstSequence: number): IDBValidKey {
  return ['batch', name, incarnation, firstSequence];
}

/** Batches that start at `from` or later, and at `to` or earlier. */
export function batchRange(place: Place, from: number = -Infinity, to: number = Infinity): IDBKeyRange {
  return IDBKeyRange.bound(batchKey(place, from), batchKey(place, to));
}

/** Batches that start before `before`. */
export function batchesBefore(place: Place, before: number): IDBKeyRange {
  return IDBKeyRange.bound(batchKey(place, -Infinity), batchKey(place, before), false, true);
}

export function snapshotKey({ name, incarnation }: Place, generation: number, index: number): IDBValidKey {
  return ['snapshot', name, incarnation, generation, index];
}

/** Chunks of one snapshot, or of all between two generations. */
export function snapshotRange(place: Place, from: number, to: number = from): IDBKeyRange {
  return IDBKeyRange.bound(snapshotKey(place, from, -Infinity), snapshotKey(place, to, Infinity));
}

export function damagedKey({ name, incarnation }: Place, firstSequence: number): IDBValidKey {
  return ['damaged', name, incarnation, firstSequence];
}

/** Everything that a name holds besides its namespace record, over all its incarnations. */
export function contentsOf(name: string): readonly IDBKeyRange[] {
  return ['batch', 'snapshot', 'damaged'].map((kind) => IDBKeyRange.bound([kind, name], [kind, name, []]));
}

/** The number that a batch's key ends in. */
export function sequenceOf(key: IDBValidKey | undefined): number | undefined {
  const last: unknown = Array.isArray(key) ? key.at(-1) : undefined;
  return typeof last === 'number' ? last : undefined;
}
