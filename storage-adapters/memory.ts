import { requireOptions } from '../core/config.js';
import { invalid, PubSubError } from '../core/errors.js';
import type {
  OpenNamespaceOptions,
  RepairReport,
  StorageAdapter,
  StorageCapabilities,
  StorageNamespace,
  StoredBatch,
  StoredSnapshot,
  TornTail,
} from '../core/persistence/storage-adapter.js';

/**
 * A store in memory: what tests and throw-away runs use, and the shortest example of the port.
 * Its data lives as long as the returned object: a namespace that is closed and opened again is found as it was left.
 * It takes no options.
 *
 * @throws PubSubError `VALIDATION_ERROR` for any option: one that was meant for another store must not be lost in silence.
 *
 * @example
 * const storage = memoryStorage();
 * const executor = await PubSubExecutor.open({ storage });
 */
export function memoryStorage(options: Readonly<Record<string, never>> = {}): StorageAdapter {
  requireOptions(options, 'options', []);
  return new MemoryStorage();
}

/** What one namespace holds, whether or not somebody has it open. */
interface MemoryLog {
  epoch: number;
  owner: string | undefined;
  batches: StoredBatch[];
  lastSequence: number;
  snapshot: StoredSnapshot | undefined;
}

class MemoryStorage implements StorageAdapter {
  readonly kind = 'memory';
  readonly supports: StorageCapabilities = { sync: false, persistent: false, shared: false };
  readonly #logs = new Map<string, MemoryLog>();
  readonly #open = new Set<MemoryNamespace>();

  async open(name: string, options: OpenNamespaceOptions = {}): Promise<StorageNamespace> {
    if (typeof name !== 'string' || name === '') throw invalid('namespace', 'a non-empty string', name);
    const log = this.#logs.get(name) ?? emptyLog();
    refuseIfHeld(name, log);
    this.#logs.set(name, log);
    log.owner = options.owner ?? 'an unnamed writer';
    log.epoch += 1;
    const namespace = new MemoryNamespace(log, () => this.#open.delete(namespace));
    this.#open.add(namespace);
    return namespace;
  }

  async list(): Promise<string[]> {
    const holding = [...this.#logs].filter(([, log]) => log.batches.length > 0 || log.snapshot !== undefined);
    return holding.map(([name]) => name).sort();
  }

  async remove(name: string): Promise<void> {
    const log = this.#logs.get(name);
    if (log === undefined) return;
    refuseIfHeld(name, log);
    this.#logs.delete(name);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((namespace) => namespace.close()));
  }
}

class MemoryNamespace implements StorageNamespace {
  readonly epoch: number;
  readonly tornTail: TornTail | undefined = undefined;
  readonly #log: MemoryLog;
  readonly #onClose: () => void;
  #closed = false;

  constructor(log: MemoryLog, onClose: () => void) {
    this.epoch = log.epoch;
    this.#log = log;
    this.#onClose = onClose;
  }

  async append({ firstSequence, records }: StoredBatch): Promise<void> {
    this.#refuseIfClosed();
    const expected = this.#log.lastSequence + 1;
    if (firstSequence !== expected) {
      throw databaseError(`Expected a batch that starts at sequence ${expected}, got ${firstSequence}`);
    }
    if (records.length === 0) return;
    // Copied, so that the caller may reuse its array.
    this.#log.batches.push({ firstSequence, records: [...records] });
    this.#log.lastSequence += records.length;
  }

  async *read(after: number): AsyncGenerator<StoredBatch> {
    this.#refuseIfClosed();
    const batches = [...this.#log.batches];
    const first = batches[0]?.firstSequence ?? this.#log.lastSequence + 1;
    if (after + 1 < first) {
      const position = `sequence ${after + 1}`;
      throw databaseError(`Records ${after + 1} to ${first - 1} were dropped after a snapshot`, { position });
    }
    for (const { firstSequence, records } of batches) {
      const skip = Math.max(0, after + 1 - firstSequence);
      if (skip < records.length) yield { firstSequence: firstSequence + skip, records: records.slice(skip) };
    }
  }

  async readSnapshot(): Promise<StoredSnapshot | undefined> {
    this.#refuseIfClosed();
    const { snapshot } = this.#log;
    return snapshot && { sequence: snapshot.sequence, records: [...snapshot.records] };
  }

  async writeSnapshot({ sequence, records }: StoredSnapshot): Promise<void> {
    this.#refuseIfClosed();
    const log = this.#log;
    if (sequence < (log.snapshot?.sequence ?? 0)) {
      throw databaseError(
        `A snapshot at sequence ${log.snapshot?.sequence} cannot be replaced by one at ${sequence}`,
      );
    }
    log.snapshot = { sequence, records: [...records] };
    log.lastSequence = Math.max(log.lastSequence, sequence);
    log.batches = log.batches.filter((batch) => batch.firstSequence + batch.records.length - 1 > sequence);
  }

  async repair(): Promise<RepairReport> {
    this.#refuseIfClosed();
    return { keptRecords: this.#log.batches.reduce((sum, batch) => sum + batch.records.length, 0), lost: [] };
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#log.owner = undefined;
    this.#onClose();
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw databaseError('This namespace is closed');
  }
}

function emptyLog(): MemoryLog {
  return { epoch: 0, owner: undefined, batches: [], lastSequence: 0, snapshot: undefined };
}

function refuseIfHeld(namespace: string, { owner }: MemoryLog): void {
  if (owner === undefined) return;
  throw new PubSubError(
    'LOCK_ERROR',
    `namespace ${JSON.stringify(namespace)} of the store is held by ${owner}`,
    {
      details: { namespace, owner },
    },
  );
}

function databaseError(message: string, details: Readonly<Record<string, unknown>> = {}): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, { details: { retryable: false, ...details } });
}
