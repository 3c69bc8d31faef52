import type { StorageNamespace, StoredBatch } from '../../core/persistence/storage-adapter.js';

/** Fails unless both are the same as JSON. `what` says what was looked at. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  const [came, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (came !== wanted) throw new Error(`${what}: expected ${shorten(wanted)}, got ${shorten(came)}`);
}

export function ok(condition: boolean, what: string): void {
  if (!condition) throw new Error(`Expected that ${what}`);
}

/** The shape of an error that a store may reject with. */
export interface CodedError {
  readonly code: string;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Fails unless the promise rejects with an error of this code; hands that error back. */
export async function rejects(promise: Promise<unknown>, code: string, what: string): Promise<CodedError> {
  try {
    await promise;
  } catch (error) {
    if (!isCoded(error))
      throw new Error(`${what}: expected a PubSubError, got ${String(error)}`, { cause: error });
    equal(error.code, code, `${what}: the code of "${error.message}"`);
    return error;
  }
  throw new Error(`${what}: expected a rejection with ${code}, but it resolved`);
}

function isCoded(error: unknown): error is CodedError {
  return error instanceof Error && 'code' in error && 'details' in error && typeof error.details === 'object';
}

/** Everything after `after`, flattened; fails when sequence numbers are not contiguous. */
export async function readAll(namespace: StorageNamespace, after = 0): Promise<string[]> {
  const records: string[] = [];
  for await (const batch of namespace.read(after)) {
    equal(batch.firstSequence, after + records.length + 1, 'the first sequence number of a batch read');
    ok(batch.records.length > 0, 'no batch that is read is empty');
    records.push(...batch.records);
  }
  return records;
}

/** A batch of records that say their own sequence number. */
export function numbered(firstSequence: number, count: number): StoredBatch {
  return {
    firstSequence,
    records: Array.from({ length: count }, (_, index) => `record ${firstSequence + index}`),
  };
}

function shorten(text: string | undefined): string {
  if (text === undefined) return 'undefined';
  return text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
}
