import type { StorageAdapter, StorageCapabilities } from '../../core/persistence/storage-adapter.js';
import { capabilityCases } from './cases/capabilities.js';
import { lifecycleCases } from './cases/lifecycle.js';
import { logCases } from './cases/log.js';
import { namespaceCases } from './cases/namespaces.js';
import { snapshotCases } from './cases/snapshots.js';
import type { ConformanceCase } from './conformance-case.js';

/** One store for one test, empty at its start. */
export interface StorageFixture {
  readonly adapter: StorageAdapter;
  /**
   * Another adapter object on the same data, as after a restart or in another process. Needed when the store
   * `supports` `persistent` or `shared`.
   */
  readonly reopen?: (() => StorageAdapter | Promise<StorageAdapter>) | undefined;
  /** Deletes what the test has left. Called also when the test fails; every adapter has been closed by then. */
  readonly cleanUp?: (() => void | Promise<void>) | undefined;
}

export interface StorageConformanceOptions {
  /** Your test runner's `test(name, body)`: vitest's, node:test's, mocha's `it`, … */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  /** Makes a fresh, empty store. Called once per test. */
  readonly factory: () => StorageFixture | Promise<StorageFixture>;
  /** What your store promises. Cases for what it does not promise are not registered; one case checks that the adapter says the same. */
  readonly supports: StorageCapabilities;
}

/**
 * Registers the tests that every store must pass. Bring your own test runner.
 *
 * @example
 * import { test } from 'vitest';
 * import { storageConformance } from 'dagger-agents/testing/storage';
 *
 * storageConformance({
 *   test,
 *   supports: { sync: false, persistent: false, shared: false },
 *   factory: () => ({ adapter: myStorage() }),
 * });
 */
export function storageConformance({ test, factory, supports }: StorageConformanceOptions): void {
  const cases = [...capabilityCases, ...logCases, ...snapshotCases, ...namespaceCases, ...lifecycleCases];
  for (const { name, needs, body } of cases) {
    if (needs === undefined || supports[needs]) test(name, () => runCase(factory, supports, body));
  }
}

async function runCase(
  factory: StorageConformanceOptions['factory'],
  supports: StorageCapabilities,
  body: ConformanceCase['body'],
): Promise<void> {
  const fixture = await factory();
  const opened = [fixture.adapter];
  const reopen = async (): Promise<StorageAdapter> => {
    if (fixture.reopen === undefined)
      throw new Error('A persistent or shared store needs `reopen` in its fixture');
    const adapter = await fixture.reopen();
    opened.push(adapter);
    return adapter;
  };
  try {
    await body({ adapter: fixture.adapter, supports, reopen });
  } finally {
    for (const adapter of opened) await adapter.close();
    await fixture.cleanUp?.();
  }
}
