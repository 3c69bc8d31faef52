/**
 * A backlog is worked off, by three agents in a row; run with `--expose-gc`. Prints one line of JSON: the heap when all
 * waits, and when all is done, after collections of what is new alone.
 */
import { defineAgent, PubSubExecutor } from 'dagger-agents';

const MESSAGES = 30_000;
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] } as const;

const executor = await PubSubExecutor.open({ config: { maxMessages: MESSAGES }, retention: { nodes: 1000 } });
const stage = (name: string, subscribe: string, publish: string) =>
  defineAgent({
    name,
    subscribe,
    publish,
    inputSchema: schema,
    outputSchema: schema,
    process: async ({ payload }) => ({ n: payload.n + 1 }),
  });
executor.registerAgents([stage('one', 'a', 'b'), stage('two', 'b', 'c'), stage('three', 'c', 'd')]);

/** What has been looked at twice is old: from then on only a full collection, which this is none, would free it. */
function heapWithoutTheNew(): number {
  for (let turn = 0; turn < 3; turn++) globalThis.gc?.({ type: 'minor' });
  return process.memoryUsage().heapUsed;
}

async function work(): Promise<{ waiting: number; done: number }> {
  const run = executor.execute({});
  await executor.pause();
  for (let n = 0; n < MESSAGES; n++) await executor.publish('a', { n });
  globalThis.gc?.();
  const waiting = heapWithoutTheNew();
  executor.resume();
  await executor.idle();
  const done = heapWithoutTheNew();
  await executor.stop();
  await run.report;
  return { waiting, done };
}

await work(); // compiled code and the like
const measured = await work();
await executor.close();
console.log(JSON.stringify({ messages: MESSAGES, ...measured }));
