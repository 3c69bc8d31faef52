import { PubSubError, toPubSubError } from '../errors.js';
import { restore } from '../state/restore.js';
import { RunState, type StateLimits } from '../state/run-state.js';
import { decodeParts } from '../state/snapshot.js';
import { foldRecord } from './record-reader.js';
import type { StorageNamespace, TornTail } from './storage-adapter.js';

/** What was found in storage. */
export interface Recovered {
  readonly state: RunState;
  /** Number of the newest record in the store. */
  readonly record: number;
  /** Characters of the records after the snapshot. */
  readonly logSize: number;
  /** Events that were applied on top of the snapshot. */
  readonly events: number;
  readonly tornTail: TornTail | undefined;
}

/**
 * The state that a namespace holds: its snapshot, and the events after it folded in.
 *
 * @throws PubSubError `DATABASE_ERROR` when it is damaged or was written by a newer version.
 */
export async function recover(namespace: StorageNamespace, limits: StateLimits): Promise<Recovered> {
  const snapshot = await namespace.readSnapshot();
  const state = snapshot ? restore(decodeParts(snapshot.records), limits) : new RunState(limits);
  let record = snapshot?.sequence ?? 0;
  let logSize = 0;
  const seqBefore = state.seq;
  for await (const { firstSequence, records } of namespace.read(record)) {
    if (firstSequence !== record + 1) {
      throw new PubSubError('DATABASE_ERROR', `records ${record + 1} to ${firstSequence - 1} are missing`, {
        details: { expected: record + 1, received: firstSequence },
      });
    }
    for (const text of records) {
      fold(state, text, ++record);
      logSize += text.length;
    }
  }
  return { state, record, logSize, events: state.seq - seqBefore, tornTail: namespace.tornTail };
}

/** @throws PubSubError that says which record does not fit, and what can be done about it. */
function fold(state: RunState, text: string, record: number): void {
  try {
    foldRecord(state, text);
  } catch (thrown) {
    const { code, message, details } = toPubSubError(thrown);
    // A newer version wrote it.
    if (code === 'DATABASE_ERROR') throw thrown;
    const hint = 'PubSubExecutor.repair() keeps what is before it';
    throw new PubSubError(code, `record ${record}: ${message}; ${hint}`, {
      cause: thrown,
      details: { ...details, record },
    });
  }
}
