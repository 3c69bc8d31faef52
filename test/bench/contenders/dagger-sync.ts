import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import type { Contender } from '../contender.js';
import { openTeam } from './dagger-team.js';

export const contender: Contender = {
  name: 'dagger-sync',
  note: 'everything on, and the filesystem store with durability: sync',
  open: async (agents, purpose) =>
    openTeam(agents, purpose, {
      storage: await fileSystemStorage({ directory: purpose.directory ?? '.' }),
      durability: 'sync',
    }),
};
