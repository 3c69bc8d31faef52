import { defineAgent, PubSubExecutor, type RunHandle } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/**
 * A delivery that fails is tried again; one that keeps failing is told to the logger and becomes a dead letter, which can
 * be sent again later.
 */

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  let serviceIsUp = false;

  const fetcher = defineAgent({
    name: 'fetcher',
    subscribe: 'addresses',
    publish: 'pages',
    inputSchema: { type: 'string' },
    outputSchema: { type: 'string' },
    process({ payload, attempt }) {
      if (payload === 'flaky' && attempt < 3) throw new Error(`connection reset (attempt ${attempt})`);
      if (payload === 'down' && !serviceIsUp) throw new Error('503 service unavailable');
      return `page of ${payload}`;
    },
  });
  const reader = defineAgent({ name: 'reader', subscribe: 'pages', process: () => undefined });

  const executor = await PubSubExecutor.open({
    config: { maxAttempts: 3, retryStrategy: { type: 'linear', delaySecs: 0.01 } },
    logger: { warn: (note) => print(`warning: ${note}`) },
  });
  executor.registerAgents([fetcher, reader]);

  const follow = async (run: RunHandle, what: string): Promise<void> => {
    for await (const { agent, success, attempts, finalError } of run)
      print(`${what}: ${agent} ${success ? 'succeeded' : finalError?.message}, attempt ${attempts}`);
    print(`${what}: the run ${(await run.report).status}`);
  };
  for (const address of ['steady', 'flaky', 'down'])
    await follow(executor.execute({ channel: 'addresses', payload: address }), address);

  // The message that failed is kept in the tree, with what went wrong at each attempt.
  serviceIsUp = true;
  for (const letter of executor.tree.deadLetters()) {
    print(`dead letter for ${letter.agent}: ${letter.errors.map((error) => error.message).join(' | ')}`);
    executor.retryDeadLetter(letter.id);
  }
  await follow(executor.execute({ resume: true }), 'sent again');

  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
