import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** A budget that stops the run before the money is gone; what was done until then is kept. */

/** Stands for a call to a language model, which costs as many tokens as it has words. */
async function complete(prompt: string): Promise<{ text: string; tokens: number }> {
  return { text: prompt.split(' ').reverse().join(' '), tokens: prompt.split(' ').length * 10 };
}

const writer = defineAgent({
  name: 'writer',
  subscribe: 'prompts',
  publish: 'texts',
  inputSchema: { type: 'string' },
  outputSchema: { type: 'string' },
  async process({ payload, tokens }) {
    // Reserving more than is left throws and ends the run, before anything is spent.
    tokens.reserve(50);
    const { text, tokens: spent } = await complete(payload);
    tokens.used(spent);
    return text;
  },
});

/** Keeps the writer busy: each text is the next prompt. */
const critic = defineAgent({
  name: 'critic',
  subscribe: 'texts',
  publish: 'prompts',
  inputSchema: { type: 'string' },
  outputSchema: { type: 'string' },
  process({ payload, cache }) {
    cache.appendGlobalValue('drafts', 'all', payload);
    return payload;
  },
});

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const executor = await PubSubExecutor.open({ config: { maxTokens: 100 } });
  executor.registerAgents([writer, critic]);

  const report = await executor.execute({ channel: 'prompts', payload: 'ever better words' }).report;
  print(`${report.status}: ${report.tokens.used} of ${report.tokens.budget} tokens`);
  print(`${report.error?.code}: ${report.error?.message}`);

  const drafts = executor.cache.getGlobalInput('drafts', 'all');
  if (Array.isArray(drafts)) for (const draft of drafts) print(`kept: ${draft}`);
  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
