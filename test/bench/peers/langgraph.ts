import type { Contender } from '../contender.js';
import { langGraphContender } from './langgraph-team.js';

export const contender: Contender = langGraphContender(
  'langgraph',
  'a graph run per source message, no checkpointer, ajv in and out',
  async () => undefined,
);
