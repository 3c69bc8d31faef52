import {
  type OpenNamespaceOptions,
  PubSubError,
  type RepairReport,
  type StorageNamespace,
  type StoredBatch,
  type StoredSnapshot,
  type TornTail,
} from 'dagger-agents';

/** What a store can be asked for. */
export type StoreOperation = 'open' | 'append' | 'writeSnapshot' | 'readSnapshot' | 'read' | 'close';

/** One batch as it lies there. */
export interface StoredUnit extends StoredBatch {
  synced: boolean;
}

/** What one namespace holds. */
export interface Device {
  epoch: number;
  holder: SimulatedNamespace | undefined;
  /** Who held it before the last crash. */
  formerHolder: SimulatedNamespace | undefined;
  units: StoredUnit[];
  snapshot: StoredSnapshot | undefined;
  lastSequence: number;
  tornTail: TornTail | undefined;
  /** Every record that is or was stored and has not been lost in a crash, by its number, also after a snapshot. */
  readonly archive: Map<number, string>;
}

/** Lets the store's fate have its way with an operation; `change` is what happens when it is not refused. */
export type Perform = <Result>(operation: StoreOperation, change: () => Result) => Promise<Result>;

/** A namespace in its holder's hands. */
export class SimulatedNamespace implements StorageNamespace {
  readonly epoch: number;
  readonly tornTail: TornTail | undefined;
  readonly owner: string;
  readonly #fate: Perform;
  readonly #device: Device;
  readonly #name: string;
  readonly #onLost: ((cause: Error) => void) | undefined;
  #refusal: PubSubError | undefined;
  #dead = false;
  #begun: StoredUnit | undefined;

  constructor(fate: Perform, device: Device, name: string, options: OpenNamespaceOptions) {
    this.#fate = fate;
    this.#device = device;
    this.#name = name;
    this.owner = options.owner ?? 'an unnamed writer';
    this.#onLost = options.onLost;
    this.epoch = device.epoch;
    this.tornTail = device.tornTail;
    device.tornTail = undefined;
  }

  append({ firstSequence, records }: StoredBatch, { sync }: { readonly sync: boolean }): Promise<void> {
    const unit: StoredUnit = { firstSequence, records: [...records], synced: sync };
    return this.#perform('append', unit, () => {
      const expected = this.#device.lastSequence + 1;
      if (firstSequence !== expected)
        throw failure(`expected sequence ${expected}, got ${firstSequence}`, false);
      if (records.length > 0) add(this.#device, unit);
      // A sync brings everything before it to the device, too.
      if (sync) for (const earlier of this.#device.units) earlier.synced = true;
    });
  }

  async *read(after: number): AsyncGenerator<StoredBatch> {
    const units = await this.#perform('read', undefined, () => [...this.#device.units]);
    const first = units[0]?.firstSequence ?? this.#device.lastSequence + 1;
    if (after + 1 < first)
      throw failure(`records ${after + 1} to ${first - 1} are covered by a snapshot`, false);
    for (const { firstSequence, records } of units) {
      const skip = Math.max(0, after + 1 - firstSequence);
      if (skip < records.length) yield { firstSequence: firstSequence + skip, records: records.slice(skip) };
    }
  }

  readSnapshot(): Promise<StoredSnapshot | undefined> {
    return this.#perform('readSnapshot', undefined, () => this.#device.snapshot);
  }

  writeSnapshot({ sequence, records }: StoredSnapshot): Promise<void> {
    const snapshot = { sequence, records: [...records] };
    return this.#perform('writeSnapshot', undefined, () => {
      const device = this.#device;
      if (sequence < (device.snapshot?.sequence ?? 0))
        throw failure('the snapshot is older than the last', false);
      device.snapshot = snapshot;
      device.lastSequence = Math.max(device.lastSequence, sequence);
      device.units = device.units.filter((unit) => lastOf(unit) > sequence);
      // It covers what came before it, synced or not.
      for (const unit of device.units) unit.synced = true;
    });
  }

  async repair(): Promise<RepairReport> {
    return {
      keptRecords: this.#device.units.reduce((sum, { records }) => sum + records.length, 0),
      lost: [],
    };
  }

  async close(): Promise<void> {
    if (this.#device.holder !== this) return this.#dead ? never() : undefined;
    // As a real one: whatever happens on the way, the namespace is free afterwards.
    try {
      await this.#fate('close', () => {});
    } finally {
      if (this.#dead) await never();
      if (this.#device.holder === this) this.#device.holder = undefined;
      this.#refusal ??= failure('this namespace is closed', false);
    }
  }

  /** Nobody hears of it any more. Answers what was being appended. */
  die(): StoredUnit | undefined {
    this.#dead = true;
    return this.#begun;
  }

  revive(): void {
    this.#dead = false;
  }

  fence(owner: string): void {
    this.#refusal = new PubSubError(
      'LOCK_ERROR',
      `${JSON.stringify(this.#name)} was taken over by ${owner}`,
      {
        details: { namespace: this.#name, owner },
      },
    );
    if (this.#device.holder === this) this.#device.holder = undefined;
    this.#onLost?.(this.#refusal);
  }

  async #perform<Result>(
    operation: StoreOperation,
    begun: StoredUnit | undefined,
    store: () => Result,
  ): Promise<Result> {
    if (this.#dead) return never();
    if (this.#refusal) throw this.#refusal;
    if (this.#begun && begun) throw new Error('append was called before the last one had settled');
    this.#begun = begun;
    try {
      const result = await this.#fate(operation, () => {
        if (this.#dead) return undefined;
        if (this.#refusal) throw this.#refusal;
        const stored = store();
        this.#begun = undefined;
        return { stored };
      });
      // Stored, but the process died before it could hear of it.
      return result && !this.#dead ? result.stored : await never();
    } catch (thrown) {
      if (this.#dead) return never();
      // A fatal failure poisons the namespace: what it has is not known until it is opened anew.
      if (thrown instanceof PubSubError && thrown.details.poisons === true) this.#refusal ??= thrown;
      throw thrown;
    } finally {
      if (!this.#dead) this.#begun = undefined;
    }
  }
}

export function emptyDevice(): Device {
  return {
    epoch: 0,
    holder: undefined,
    formerHolder: undefined,
    units: [],
    snapshot: undefined,
    lastSequence: 0,
    tornTail: undefined,
    archive: new Map(),
  };
}

function add(device: Device, unit: StoredUnit): void {
  device.units.push(unit);
  device.lastSequence = lastOf(unit);
  for (const [index, record] of unit.records.entries())
    device.archive.set(unit.firstSequence + index, record);
}

/** Puts a device in order after a crash: of the survivors only those count that nothing is missing before. */
export function settle(device: Device, survivors: readonly StoredUnit[], torn: number): void {
  const covered = device.snapshot?.sequence ?? 0;
  const units: StoredUnit[] = [];
  let last = covered;
  let dropped = torn;
  for (const unit of survivors) {
    const isNext = unit.firstSequence <= last + 1;
    if (!isNext || dropped > torn) {
      dropped += sizeOf(unit);
      continue;
    }
    units.push({ ...unit, synced: true });
    last = Math.max(last, lastOf(unit));
  }
  for (const sequence of [...device.archive.keys()]) if (sequence > last) device.archive.delete(sequence);
  for (const unit of units)
    for (const [index, record] of unit.records.entries())
      device.archive.set(unit.firstSequence + index, record);
  device.units = units;
  device.lastSequence = last;
  device.tornTail = dropped > 0 ? { position: `after record ${last}`, dropped } : undefined;
}

function lastOf({ firstSequence, records }: StoredBatch): number {
  return firstSequence + records.length - 1;
}

export function sizeOf({ records }: StoredBatch): number {
  return records.reduce((sum, { length }) => sum + length, 0);
}

export function failure(
  message: string,
  retryable: boolean,
  more: Readonly<Record<string, unknown>> = {},
): PubSubError {
  return new PubSubError('DATABASE_ERROR', message, {
    cause: new Error(message),
    details: { retryable, ...more },
  });
}

/** The dead hear of nothing. */
export function never(): Promise<never> {
  return new Promise(() => {});
}
