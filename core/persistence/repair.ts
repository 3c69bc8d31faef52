import { requireOptions } from '../config.js';
import { invalid } from '../errors.js';
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
  /** Records that are whole but follow on lost ones, so that they mean nothing any more. */
  readonly unusableRecords: number;
}

/** Nodes of the tree that are kept where there is something to write anew. */
const KEPT_NODES = 100_000;

/**
 * Makes a stored state that `open` refuses as damaged usable again. State is a fold: it can be kept up to the first
 * record that is lost, and not after it. The damaged files are moved aside where the store can.
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
  const namespace = await storage.open(name, { owner: 'dagger, repairing' });
  try {
    const report = await namespace.repair();
    return { ...report, ...(await keepWhatFolds(namespace)) };
  } finally {
    await namespace.close();
  }
}

/** Folds as far as nothing is missing; what cannot be used is covered by a snapshot of that. */
async function keepWhatFolds(
  namespace: StorageNamespace,
): Promise<Pick<StateRepair, 'keptEvents' | 'unusableRecords'>> {
  const limits = { nodes: KEPT_NODES };
  const snapshot = await namespace.readSnapshot();
  const state = snapshot ? restore(decodeParts(snapshot.records), limits) : new RunState(limits);
  let newest = snapshot?.sequence ?? 0;
  let unusableRecords = 0;
  for await (const { firstSequence, records } of namespace.read(newest)) {
    const isNext = firstSequence === newest + 1;
    newest = firstSequence + records.length - 1;
    if (unusableRecords > 0 || !isNext) {
      unusableRecords += records.length;
      continue;
    }
    for (const record of records) foldRecord(state, record);
  }
  if (unusableRecords > 0) {
    const records = [...encodeParts(snapshotOf(state))];
    await namespace.writeSnapshot({ sequence: newest, records });
  }
  return { keptEvents: state.seq, unusableRecords };
}
