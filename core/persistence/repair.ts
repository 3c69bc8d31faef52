import { requireOptions } from '../config.js';
import { invalid, PubSubError } from '../errors.js';
import { requireName } from '../identifiers.js';
import { restore } from '../state/restore.js';
import { RunState } from '../state/run-state.js';
import { decodeParts, encodeParts, snapshotOf } from '../state/snapshot.js';
import { foldRecord } from './record-reader.js';
import type { RepairReport, StorageAdapter, StorageNamespace } from './storage-adapter.js';

/** Options of `PubSubExecutor.repair`. */
export interface RepairOptions {
  readonly storage: StorageAdapter;
  /** Which state in the storage. Default `default`. */
  readonly namespace?: string | undefined;
}

/** What `PubSubExecutor.repair` could keep, and what it could not. */
export interface StateRepair extends RepairReport {
  /** Events that the state now holds: those before the first that was lost. */
  readonly keptEvents: number;
  /** Records that are whole but do not fit those before them, or follow on lost ones: they mean nothing any more. */
  readonly unusableRecords: number;
}

/** Nodes of the tree that are kept where there is something to write anew. */
const KEPT_NODES = 100_000;

/**
 * Makes a stored state that `open` refuses as damaged usable again. State is a fold: it can be kept up to the first
 * record that is lost or does not fit, and not after it. The damaged files are moved aside where the store can.
 *
 * @throws PubSubError `VALIDATION_ERROR` for a bad option, `LOCK_ERROR` while an executor has the state,
 * `DATABASE_ERROR` when the storage cannot be read or written at all.
 *
 * @example
 * const { lost, unusableRecords } = await PubSubExecutor.repair({ storage });
 * const executor = await PubSubExecutor.open({ storage });
 */
export async function repairState(options: RepairOptions): Promise<StateRepair> {
  requireOptions(options, 'options', ['storage', 'namespace']);
  const { storage, namespace: name = 'default' } = options;
  requireName(name, 'options.namespace');
  if (typeof Reflect.get(Object(storage), 'open') !== 'function')
    throw invalid('options.storage', 'a storage adapter', storage);
  const namespace = await storage.open(name, { owner: 'dagger, repairing', repairing: true });
  try {
    const report = await namespace.repair();
    return { ...report, ...(await keepWhatFolds(namespace)) };
  } finally {
    await namespace.close();
  }
}

/** Folds as far as nothing is missing and all of it fits; what cannot be used is covered by a snapshot of that. */
async function keepWhatFolds(
  namespace: StorageNamespace,
): Promise<Pick<StateRepair, 'keptEvents' | 'unusableRecords'>> {
  let { state, newest, folded, unusableRecords } = await foldUpTo(namespace, Number.POSITIVE_INFINITY);
  if (unusableRecords > 0) {
    // Of a record that does not fit, a part may have been applied: once more, up to the one before it.
    ({ state } = await foldUpTo(namespace, folded));
    const records = [...encodeParts(snapshotOf(state))];
    await namespace.writeSnapshot({ sequence: newest, records });
  }
  return { keptEvents: state.seq, unusableRecords };
}

interface Folding {
  readonly state: RunState;
  /** Number of the newest record that there is, and of the newest that is part of the state. */
  readonly newest: number;
  readonly folded: number;
  readonly unusableRecords: number;
}

/** @param last no record after this one is folded. */
async function foldUpTo(namespace: StorageNamespace, last: number): Promise<Folding> {
  const limits = { nodes: KEPT_NODES };
  const snapshot = await namespace.readSnapshot();
  const state = snapshot ? restore(decodeParts(snapshot.records), limits) : new RunState(limits);
  let newest = snapshot?.sequence ?? 0;
  let folded = newest;
  let unusableRecords = 0;
  for await (const { firstSequence, records } of namespace.read(newest)) {
    newest = firstSequence - 1;
    for (const record of records) {
      newest++;
      const isNext = newest === folded + 1 && newest <= last && unusableRecords === 0;
      if (isNext && folds(state, record)) folded = newest;
      else unusableRecords++;
    }
  }
  return { state, newest, folded, unusableRecords };
}

/** @throws PubSubError when a newer version wrote it: that is no damage. */
function folds(state: RunState, record: string): boolean {
  try {
    foldRecord(state, record);
    return true;
  } catch (thrown) {
    if (thrown instanceof PubSubError && thrown.code === 'DATABASE_ERROR') throw thrown;
    return false;
  }
}
