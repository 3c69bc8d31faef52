import { type FileSystem, nodeFileSystem } from '../../../storage-adapters/filesystem/file-system.js';

export type Operation = keyof FileSystem;

/** What is to go wrong: an error with this code, or only the first half of the bytes written. */
export type Fault = string | 'short';

/** Node's file system, with faults put in where a test wants them. */
export class FailingDisk {
  readonly fileSystem: FileSystem;
  /** How often each operation was asked for since the last {@link heal}. */
  readonly calls: Map<Operation, number> = new Map();
  readonly #faults = new Map<Operation, { readonly fault: Fault; times: number; spared: number }[]>();

  constructor() {
    this.fileSystem = new Proxy(nodeFileSystem, {
      get: (target, key) => {
        if (!isOperation(key)) return undefined;
        return (...values: unknown[]) => this.#run(target, key, values);
      },
    });
  }

  /** The next `times` calls of an operation fail, after those that are to fail already and `spared` more. */
  fail(operation: Operation, fault: Fault, times: number = Number.POSITIVE_INFINITY, spared = 0): void {
    this.#faults.set(operation, [...(this.#faults.get(operation) ?? []), { fault, times, spared }]);
  }

  heal(): void {
    this.#faults.clear();
    this.calls.clear();
  }

  #run(target: FileSystem, operation: Operation, values: unknown[]): unknown {
    this.calls.set(operation, (this.calls.get(operation) ?? 0) + 1);
    const planned = this.#faults.get(operation)?.find(({ times }) => times > 0);
    if (planned === undefined || planned.spared-- > 0)
      return Reflect.apply(target[operation], target, values);
    planned.times -= 1;
    if (planned.fault === 'short') {
      const [descriptor, bytes, position] = values;
      if (!(bytes instanceof Uint8Array)) throw new Error('Only a write can be short');
      const half = bytes.subarray(0, Math.ceil(bytes.length / 2));
      return Reflect.apply(target.write, target, [descriptor, half, position]);
    }
    const error = Object.assign(new Error(`${planned.fault}: put in by a test`), { code: planned.fault });
    if (SYNCHRONOUS.has(operation)) throw error;
    return Promise.reject(error);
  }
}

const SYNCHRONOUS = new Set<Operation>(['write', 'inode']);

function isOperation(key: string | symbol): key is Operation {
  return typeof key === 'string' && key in nodeFileSystem;
}
