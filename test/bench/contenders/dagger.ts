import type { Contender } from '../contender.js';
import { openTeam } from './dagger-team.js';

export const contender: Contender = {
  name: 'dagger',
  note: 'everything on: validation in and out, tree, bounded mailboxes, retries, tasks, outcomes, timeout, cancellation',
  open: (agents, purpose) => openTeam(agents, purpose),
};
