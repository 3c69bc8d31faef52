/** Runs two agents in a worker and posts what came out. */
import { defineAgent, PubSubExecutor } from 'dagger-agents';

self.onmessage = async ({ data }: MessageEvent<{ readonly n: number }>) => {
  const heard: unknown[] = [];
  const executor = await PubSubExecutor.open();
  executor.registerAgents([
    defineAgent({
      name: 'double',
      subscribe: 'in',
      publish: 'out',
      inputSchema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
      outputSchema: { type: 'integer' },
      process: ({ payload }) => payload.n * 2 + 1,
    }),
    defineAgent({ name: 'end', subscribe: 'out', process: ({ payload }) => void heard.push(payload) }),
  ]);
  const { status } = await executor.execute({ channel: 'in', payload: data }).report;
  await executor.close();
  self.postMessage({ status, heard, hasDocument: 'document' in self });
};
