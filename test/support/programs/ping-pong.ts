/**
 * Two agents that answer each other, a million messages in all; run with `--expose-gc`. Prints one line of JSON: what
 * the heap was at each tenth, how often a 10 ms interval fired, its worst gap, and how deep the stack was.
 */
import { defineAgent, PubSubExecutor } from 'dagger-agents';

const MESSAGES = Number(process.argv[2] ?? 1_000_000);
const NODES = 10_000;

const executor = await PubSubExecutor.open({ retention: { nodes: NODES } });
const heaps: number[] = [];
const depths: number[] = [];

function agent(name: string, subscribe: string, publish: string) {
  return defineAgent({
    name,
    subscribe,
    publish,
    inputSchema: { type: 'integer' },
    outputSchema: { type: 'integer' },
    async process({ payload, publish: send }) {
      if (payload % (MESSAGES / 10) === 0) {
        depths.push(new Error('for its stack').stack?.split('\n').length ?? 0);
        globalThis.gc?.();
        heaps.push(process.memoryUsage().heapUsed);
      }
      if (payload < MESSAGES) await send(publish, payload + 1);
    },
  });
}

executor.registerAgents([agent('ping', 'ping', 'pong'), agent('pong', 'pong', 'ping')]);
Error.stackTraceLimit = 1000;
let fired = 0;
let worstGap = 0;
let last = performance.now();
const interval = setInterval(() => {
  const now = performance.now();
  worstGap = Math.max(worstGap, now - last);
  last = now;
  fired++;
}, 10);
const startedAt = performance.now();
const report = await executor.execute({ channel: 'ping', payload: 1 }).report;
const tookMs = performance.now() - startedAt;
clearInterval(interval);
await executor.close();
const { status, counts } = report;
console.log(
  JSON.stringify({
    status,
    counts,
    heaps,
    depths,
    fired,
    worstGap,
    tookMs,
    outcomes: report.agentOutcomes.length,
  }),
);
