import {
  type OpenNamespaceOptions,
  PubSubError,
  type StorageAdapter,
  type StorageCapabilities,
  type StorageNamespace,
} from 'dagger-agents';
import {
  type Device,
  emptyDevice,
  failure,
  never,
  SimulatedNamespace,
  type StoreOperation,
  settle,
  sizeOf,
} from './simulated-namespace.js';

/** What becomes of one operation. */
export interface Fate {
  /** How long it takes, in milliseconds of the store's clock; as short as a promise without. */
  readonly takes?: number;
  /** It fails; a later one may succeed (`retryable`), or the namespace must be opened anew. */
  readonly fails?: 'retryable' | 'fatally';
  /** A fatal failure may hide that the batch was stored after all. */
  readonly storedAllTheSame?: boolean;
}

export interface SimulatedStoreOptions {
  /** Numbers in [0, 1): what a crash leaves of what was not synced. */
  readonly random?: () => number;
  /** Decides each operation. Fine and at once by default; see also {@link SimulatedStore.fail}. */
  readonly decide?: (operation: StoreOperation) => Fate;
  /** The clock that `takes` counts on. */
  readonly setTimer?: (milliseconds: number, callback: () => void) => unknown;
}

/**
 * A store in memory that behaves as badly as a real one may: it can be slow, refuse, fail so that it must be opened
 * anew, be taken away, and crash, leaving what was not synced to chance. Everything it does follows from its options.
 */
export class SimulatedStore implements StorageAdapter {
  readonly kind = 'simulated';
  readonly supports: StorageCapabilities = { sync: true, persistent: true, shared: false };
  /** How often each operation was asked for. */
  readonly asked: Record<StoreOperation, number> = {
    open: 0,
    append: 0,
    writeSnapshot: 0,
    readSnapshot: 0,
    read: 0,
    close: 0,
  };
  /** Looks at each append as it begins; may crash the store then. */
  onOperation: ((operation: StoreOperation, moment: 'begun' | 'done') => void) | undefined;
  readonly #random: () => number;
  #decide: (operation: StoreOperation) => Fate;
  #setTimer: SimulatedStoreOptions['setTimer'];
  readonly #planned = new Map<StoreOperation, { fate: Fate; times: number }>();
  readonly #devices = new Map<string, Device>();
  #stalled: (() => void)[] | undefined;
  #crashes = 0;

  constructor(options: SimulatedStoreOptions = {}) {
    this.#random = options.random ?? (() => 0);
    this.#decide = options.decide ?? (() => ({}));
    this.#setTimer = options.setTimer;
  }

  /** From now on (a new life has a new clock and other luck). */
  behave(options: Pick<SimulatedStoreOptions, 'decide' | 'setTimer'>): void {
    this.#decide = options.decide ?? (() => ({}));
    this.#setTimer = options.setTimer;
  }

  /** The next `times` operations of this kind have this fate. */
  fail(operation: StoreOperation, fate: Fate, times: number = Number.POSITIVE_INFINITY): void {
    this.#planned.set(operation, { fate, times });
  }

  /** Everything planned by {@link fail} is called off. */
  heal(): void {
    this.#planned.clear();
  }

  /** Nothing is finished until {@link goOn}. */
  stall(): void {
    this.#stalled ??= [];
  }

  goOn(): void {
    const waiting = this.#stalled ?? [];
    this.#stalled = undefined;
    for (const wake of waiting) wake();
  }

  /**
   * The process dies: whoever holds a namespace hears no more of it. What had been appended stays; what was being
   * appended may. With `power`, what was not synced is lost, torn or kept, each batch by chance; of what a later
   * batch depends on nothing can be missing, so the log ends before the first that is.
   */
  crash(how: 'process' | 'power'): void {
    this.#crashes++;
    this.#stalled = undefined;
    for (const device of this.#devices.values()) {
      const { holder } = device;
      device.holder = undefined;
      device.formerHolder = holder;
      const begun = holder?.die();
      const survivors = device.units.filter(
        ({ synced }) => synced || how === 'process' || this.#random() < 0.5,
      );
      let dropped = 0;
      if (begun) {
        if (this.#random() < 0.5) survivors.push({ ...begun, synced: true });
        else dropped += Math.floor((this.#random() * sizeOf(begun)) / 2);
      }
      settle(device, survivors, dropped);
    }
  }

  /** Somebody else takes the namespaces over: their holders are told, and refused from now on. */
  takeAway(owner = 'somebody else'): void {
    for (const device of this.#devices.values()) device.holder?.fence(owner);
  }

  /** The holders from before the last crash live on, as if only the device had failed. */
  revive(): void {
    for (const device of this.#devices.values()) {
      const holder = device.formerHolder;
      if (!holder) continue;
      holder.revive();
      device.holder = holder;
    }
  }

  /**
   * Every record that was ever stored and has not been lost in a crash, in order from the first. Undefined when a
   * snapshot has taken the place of records that were never in the log.
   */
  history(name = 'default'): string[] | undefined {
    const archive = this.#devices.get(name)?.archive ?? new Map<number, string>();
    const records: string[] = [];
    for (let sequence = 1; records.length < archive.size; sequence++) {
      const record = archive.get(sequence);
      if (record === undefined) return undefined;
      records.push(record);
    }
    return records.length < (this.#devices.get(name)?.lastSequence ?? 0) ? undefined : records;
  }

  async open(name: string, options: OpenNamespaceOptions = {}): Promise<StorageNamespace> {
    if (typeof name !== 'string' || name === '')
      throw new PubSubError('VALIDATION_ERROR', 'namespace: expected a name');
    const crashes = this.#crashes;
    await this.#perform('open', () => {});
    // Whoever was about to open it is dead.
    if (this.#crashes > crashes) await never();
    const device = this.#devices.get(name) ?? emptyDevice();
    this.#devices.set(name, device);
    if (device.holder) {
      throw new PubSubError('LOCK_ERROR', `${JSON.stringify(name)} is held by ${device.holder.owner}`, {
        details: { namespace: name, owner: device.holder.owner },
      });
    }
    device.epoch++;
    device.holder = new SimulatedNamespace(
      (operation, change) => this.#perform(operation, change),
      device,
      name,
      options,
    );
    return device.holder;
  }

  async list(): Promise<string[]> {
    const holding = [...this.#devices].filter(([, { units, snapshot }]) => units.length > 0 || snapshot);
    return holding.map(([name]) => name).sort();
  }

  async remove(name: string): Promise<void> {
    const device = this.#devices.get(name);
    if (!device) return;
    if (device.holder) {
      throw new PubSubError('LOCK_ERROR', `${JSON.stringify(name)} is held by ${device.holder.owner}`, {
        details: { namespace: name, owner: device.holder.owner },
      });
    }
    this.#devices.delete(name);
  }

  async close(): Promise<void> {
    for (const { holder } of this.#devices.values()) await holder?.close();
  }

  /** Lets fate have its way with an operation; `store` is what it changes when it is not refused. */
  async #perform<Result>(operation: StoreOperation, store: () => Result): Promise<Result> {
    this.asked[operation]++;
    const fate = this.#fateOf(operation);
    this.onOperation?.(operation, 'begun');
    await this.#passTime(fate.takes);
    if (fate.fails === 'retryable') throw failure(`${operation}: no room left (simulated)`, true);
    if (fate.fails === 'fatally') {
      if (fate.storedAllTheSame) store();
      throw failure(`${operation}: input/output error (simulated)`, false, { poisons: true });
    }
    const result = store();
    this.onOperation?.(operation, 'done');
    return result;
  }

  #fateOf(operation: StoreOperation): Fate {
    const planned = this.#planned.get(operation);
    if (!planned || planned.times <= 0) return this.#decide(operation);
    planned.times--;
    return planned.fate;
  }

  async #passTime(milliseconds: number | undefined): Promise<void> {
    if (milliseconds !== undefined && this.#setTimer) {
      const setTimer = this.#setTimer;
      await new Promise<void>((resolve) => setTimer(milliseconds, resolve));
    }
    while (this.#stalled) await new Promise<void>((resolve) => this.#stalled?.push(resolve));
  }
}
