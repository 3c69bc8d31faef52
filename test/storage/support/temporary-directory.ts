import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryDirectory {
  readonly path: string;
  readonly remove: () => void;
}

/** A new, empty directory of its own. */
export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'dagger-storage-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
