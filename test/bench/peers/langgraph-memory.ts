import { MemorySaver } from '@langchain/langgraph';
import type { Contender } from '../contender.js';
import { langGraphContender } from './langgraph-team.js';

export const contender: Contender = langGraphContender(
  'langgraph-memory',
  'checkpoints in memory: durable in name only',
  async () => new MemorySaver(),
);
