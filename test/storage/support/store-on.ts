import type { StorageAdapter } from '../../../core/persistence/storage-adapter.js';
import { fileSystemStorage, type ProcessTable } from '../../../storage-adapters/filesystem.js';
import type { SimulatedDisk } from './simulated-disk.js';

/**
 * A file store with small segments on a simulated disk, as the only process of its machine.
 *
 * @param boot another number for each start of that machine: whoever held a lock before is gone.
 */
export function storeOn(disk: SimulatedDisk, boot: number): StorageAdapter {
  const processes: ProcessTable = {
    self: async () => ({ pid: boot, startedAt: '1', machine: 'simulated', boot: String(boot) }),
    find: async () => 'gone',
  };
  return fileSystemStorage({ directory: '/data', segmentBytes: 600, fileSystem: disk, processes });
}
