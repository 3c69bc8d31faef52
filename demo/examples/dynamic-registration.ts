import { defineAgent, globalRegistry, type PubSubAgent, PubSubExecutor } from 'dagger-agents';
import { runAlone } from './run-alone.js';

/** Agents come and go while a run goes on; a channel can keep its last messages for those who come late. */

export async function example(print: (line: string) => void): Promise<PubSubExecutor> {
  function listener(name: string): PubSubAgent {
    return defineAgent({
      name,
      description: `Hears the news as ${name}`,
      subscribe: 'news',
      inputSchema: { type: 'string' },
      process({ payload }) {
        print(`${name} hears: ${payload}`);
      },
    });
  }

  const executor = await PubSubExecutor.open();
  executor.openChannel('news', { retain: 1 });
  executor.registerAgent(listener('early'));

  // Without a message to start with, a run listens until it is stopped.
  const run = executor.execute({});
  await executor.publish('news', 'one');
  await executor.publish('news', 'two');
  await executor.idle(); // everything published so far has been dealt with

  executor.registerAgent(() => listener('late')); // a factory will do, too; it is handed the one that was kept
  await executor.publish('news', 'three');
  await executor.idle();

  executor.unregisterAgent('early');
  if (!globalRegistry.has('night')) globalRegistry.register('night', () => listener('night'));
  executor.registerFromGlobal('night');
  await executor.publish('news', 'four');
  await executor.idle();

  for (const { name, description } of executor.findAgentsForInput('any text'))
    print(`${name}: ${description}`);
  for (const { name, subscriberCount } of executor.listChannels())
    print(`${name}: ${subscriberCount} subscribers`);

  await executor.stop();
  print((await run.report).status);
  await executor.close();
  return executor;
}

await runAlone(import.meta.url, example);
