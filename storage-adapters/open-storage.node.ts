import { join } from 'node:path';
import { requireOptions } from '../core/config.js';
import { invalid } from '../core/errors.js';
import type { StorageAdapter } from '../core/persistence/storage-adapter.js';
import { dataDirectory } from './filesystem/data-directory.js';
import { directoryName } from './filesystem/names.js';
import { fileSystemStorage } from './filesystem.js';

export interface OpenStorageOptions {
  /** Where the store is kept, instead of the user's data directory. Has no effect in browsers. */
  readonly directory?: string | undefined;
}

/**
 * Opens this platform's default store: files in Node, IndexedDB in browsers.
 *
 * In Node they lie in the user's data directory, under `dagger-agents` and a directory of the store's own: in
 * `$XDG_DATA_HOME` or `~/.local/share` on Linux, in `~/Library/Application Support` on macOS, in `%LOCALAPPDATA%`
 * on Windows.
 *
 * @param name What this application's store is called; any non-empty string.
 * @throws PubSubError `VALIDATION_ERROR` for an empty name or directory, and for an unknown option.
 *
 * @example
 * const executor = await PubSubExecutor.open({ storage: await openStorage('my-app') });
 */
export async function openStorage(name: string, options: OpenStorageOptions = {}): Promise<StorageAdapter> {
  if (typeof name !== 'string' || name === '') throw invalid('name', 'a non-empty string', name);
  requireOptions(options, 'options', ['directory']);
  const { directory = join(dataDirectory(), 'dagger-agents', directoryName(name)) } = options;
  return fileSystemStorage({ directory });
}
