import { join } from 'node:path';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { Contender } from '../contender.js';
import { langGraphContender } from './langgraph-team.js';

export const contender: Contender = langGraphContender(
  'langgraph-sqlite',
  'checkpoints in SQLite through its own saver',
  async ({ directory }) => SqliteSaver.fromConnString(join(directory ?? '.', 'checkpoints.sqlite')),
);
