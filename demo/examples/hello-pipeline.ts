import { defineAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** Three agents in a row: each knows the channels it reads and writes, and none knows the others. */

const splitter = defineAgent({
  name: 'splitter',
  description: 'Cuts a text into words',
  subscribe: 'texts',
  publish: 'words',
  inputSchema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
  outputSchema: { type: 'string', minLength: 1 },
  // Each value that a generator yields is published to the agent's only publication.
  async *process({ payload }) {
    yield* payload.text.split(/\s+/);
  },
});

const shouter = defineAgent({
  name: 'shouter',
  description: 'Makes words loud',
  subscribe: 'words',
  publish: 'loud-words',
  inputSchema: { type: 'string' },
  outputSchema: { type: 'string' },
  // So is a value that is returned.
  process: ({ payload }) => payload.toUpperCase(),
});

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  const printer = defineAgent({
    name: 'printer',
    description: 'Shows what it hears',
    subscribe: 'loud-words',
    inputSchema: { type: 'string' },
    process({ payload }) {
      print(payload);
    },
  });

  const executor = await PubSubExecutor.open();
  executor.registerAgents([splitter, shouter, printer]);

  const run = executor.execute({ channel: 'texts', payload: { text: 'hello from three agents' } });
  const report = await run.report;
  print(`${report.status}: ${report.counts.published} messages, ${report.counts.succeeded} deliveries`);

  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
