import { defineAgent, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** One idea goes to three experts at once; a moderator waits for all of them and sums up. */

const score = { type: 'integer', minimum: 0, maximum: 10 } as const;

/** Every subscriber of a channel gets every message of it: that is the fan-out. */
function expert(name: string, judge: (idea: string) => number): PubSubAgent {
  return defineAgent({
    name,
    subscribe: 'ideas',
    publish: 'scores',
    inputSchema: { type: 'string' },
    outputSchema: score,
    process: ({ payload }) => judge(payload),
  });
}

const experts = [
  expert('brevity', (idea) => Math.max(0, 10 - idea.split(' ').length)),
  expert('politeness', (idea) => (idea.includes('please') ? 10 : 3)),
  expert('novelty', (idea) => new Set(idea).size % 11),
];

/** One message at a time, so the cache needs no lock; transactional, so that starting over notes no score twice. */
const moderator = defineAgent({
  name: 'moderator',
  subscribe: 'scores',
  publish: 'verdicts',
  inputSchema: score,
  transactional: true,
  process({ payload, cache }) {
    cache.appendGlobalValue('ideas', 'scores', payload);
    const scores = cache.getGlobalInput('ideas', 'scores');
    if (!Array.isArray(scores) || scores.length < experts.length) return undefined; // nothing to say yet
    return { total: scores.reduce((sum, each) => sum + Number(each), 0), of: 10 * experts.length };
  },
});

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const herald = defineAgent({
    name: 'herald',
    subscribe: 'verdicts',
    process({ payload }) {
      print(JSON.stringify(payload));
    },
  });
  const executor = await PubSubExecutor.open();
  executor.registerAgents([...experts, moderator, herald]);
  const { counts } = await executor.execute({ channel: 'ideas', payload: 'more tea please' }).report;
  print(`${counts.published} messages made ${counts.delivered} deliveries`);
  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
