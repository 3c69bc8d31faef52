import { defineAgent, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** One question goes to three experts at once; a moderator waits for all of them and sums up. */

const opinion = {
  type: 'object',
  properties: { expert: { type: 'string' }, score: { type: 'integer', minimum: 0, maximum: 10 } },
  required: ['expert', 'score'],
} as const;

/** Every subscriber of a channel gets every message of it: that is the fan-out. */
function expert(name: string, judge: (idea: string) => number): PubSubAgent {
  return defineAgent({
    name,
    subscribe: 'ideas',
    publish: 'opinions',
    inputSchema: { type: 'string' },
    outputSchema: opinion,
    process: ({ payload }) => ({ expert: name, score: judge(payload) }),
  });
}

const experts = [
  expert('brevity', (idea) => Math.max(0, 10 - idea.split(' ').length)),
  expert('politeness', (idea) => (idea.includes('please') ? 10 : 3)),
  expert('novelty', (idea) => new Set(idea).size % 11),
];

/** It takes one message at a time, in order, so that reading and writing the cache needs no lock. */
const moderator = defineAgent({
  name: 'moderator',
  subscribe: 'opinions',
  publish: 'verdicts',
  inputSchema: opinion,
  process({ payload, cache }) {
    cache.appendGlobalValue('ideas', 'opinions', payload.score);
    const scores = cache.getGlobalInput('ideas', 'opinions');
    if (!Array.isArray(scores) || scores.length < experts.length) return undefined; // nothing to say yet
    return { total: scores.reduce((sum, score) => sum + Number(score), 0), of: experts.length * 10 };
  },
});

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open();
  executor.registerAgents([...experts, moderator]);
  executor.registerAgent(
    defineAgent({
      name: 'herald',
      subscribe: 'verdicts',
      process: ({ payload }) => print(JSON.stringify(payload)),
    }),
  );
  const report = await executor.execute({ channel: 'ideas', payload: 'more tea please' }).report;
  print(`${report.counts.published} messages made ${report.counts.delivered} deliveries`);
  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
