import { fileSystemStorage } from '../../../storage-adapters/filesystem.js';
import type { Contender } from '../contender.js';
import { openTeam } from './dagger-team.js';

export const contender: Contender = {
  name: 'dagger-batched',
  note: 'everything on, and the filesystem store with durability: batched',
  open: async (agents, purpose) =>
    openTeam(agents, purpose, {
      storage: await fileSystemStorage({ directory: purpose.directory ?? '.' }),
      durability: 'batched',
    }),
};
