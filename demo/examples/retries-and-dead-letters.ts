import { defineAgent, PubSubExecutor } from 'dagger-agents';
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
  const reader = defineAgent({
    name: 'reader',
    subscribe: 'pages',
    process({ payload }) {
      print(`read: ${payload}`);
    },
  });

  const executor = await PubSubExecutor.open({
    config: { maxAttempts: 3, retryStrategy: { type: 'linear', delaySecs: 0.01 } },
    logger: { warn: (note) => print(`warning: ${note}`) },
  });
  executor.registerAgents([fetcher, reader]);

  for (const address of ['steady', 'flaky', 'down']) {
    const run = executor.execute({ channel: 'addresses', payload: address });
    const { agentOutcomes, status } = await run.report;
    for (const { agent, success, attempts, finalError } of agentOutcomes) {
      if (agent === 'fetcher')
        print(`${address}: ${success ? 'ok' : finalError?.message} after ${attempts} attempts`);
    }
    print(`${address}: the run ${status}`);
  }

  // The message that failed is kept in the tree, with what went wrong at each attempt.
  serviceIsUp = true;
  for (const letter of executor.tree.deadLetters()) {
    print(`dead letter for ${letter.agent}: ${letter.errors.map((error) => error.message).join(' | ')}`);
    executor.retryDeadLetter(letter.id);
  }
  await executor.execute({ resume: true }).report;

  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
