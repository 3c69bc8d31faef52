import { defineAgent, type PubSubAgent } from 'dagger-agents';

/** Hears of each call of an agent. */
export type Note = (agent: string, nodeId: string, path: string) => void;

export const CONFIG = {
  maxAttempts: 3,
  retryStrategy: { type: 'linear', delaySecs: 0.01 },
  maxMessages: 100_000,
} as const;

/** What a message that never succeeds fails with. */
export const HOPELESS: Error = new Error('never');

/**
 * Three agents whose traces can be counted: each root message becomes parts, each part a result, and each result an
 * entry in the cache and a task. Some attempts fail, some messages never succeed. All of it follows from the paths.
 */
export function killableTeam(note: Note, pause: () => Promise<void>): PubSubAgent[] {
  return [
    defineAgent({
      name: 'splitter',
      subscribe: 'roots',
      publish: 'parts',
      concurrency: 4,
      async process({ payload, publish, nodeId, attempt, tasks }) {
        const path = String(payload);
        note('splitter', nodeId, path);
        const parts = [0, 1, 2].map((part) => `${path}.${part}`);
        // A later attempt goes about it the other way round.
        if (attempt % 2 === 0) parts.reverse();
        for (const [index, part] of parts.entries()) {
          await publish('parts', part);
          if (index === 1 && attempt === 1 && numberIn(path) % 5 === 0) throw new Error('half done');
          await pause();
        }
        tasks.createOrUpdateTask({ taskId: path, type: 'split' });
      },
    }),
    defineAgent({
      name: 'worker',
      subscribe: 'parts',
      publish: 'results',
      concurrency: 8,
      async process({ payload, publish, nodeId, cache }) {
        const path = String(payload);
        note('worker', nodeId, path);
        if (isHopeless(path)) throw HOPELESS;
        await pause();
        cache.insertGlobalValue('worked', path, true);
        await publish('results', `${path}!`);
      },
    }),
    defineAgent({
      name: 'booker',
      subscribe: 'results',
      transactional: true,
      async process({ payload, nodeId, cache, tasks }) {
        const path = String(payload);
        note('booker', nodeId, path);
        cache.appendGlobalValue('booked', String(numberIn(path) % 50), path);
        await pause();
        const { taskId } = tasks.createOrUpdateTask({ taskId: `check ${path}`, type: 'check' });
        tasks.updateTaskStatus(taskId, 'completed');
      },
    }),
  ];
}

/** Root messages are called `r` and a number. */
export function numberIn(path: string): number {
  return Number.parseInt(path.slice(1), 10);
}

/** Whether the worker fails on this part however often it is tried. */
export function isHopeless(path: string): boolean {
  return numberIn(path) % 7 === 0 && path.endsWith('.1');
}
