import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  readonly remove: () => void;
}

/**
 * A new, empty directory of its own. With `quick`, where the system has one, on a file system in memory: for tests that
 * open a store thousands of times and are not about the device.
 */
export function temporaryDirectory({ quick = false }: { readonly quick?: boolean } = {}): TemporaryDirectory {
  const parent = quick && existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const path = mkdtempSync(join(parent, 'dagger-storage-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
