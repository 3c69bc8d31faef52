import { PubSubExecutor } from '../../../core/index.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { THREE_AGENTS } from './three-agents.js';

// What taking in a message costs the thread, rendering apart: the same work watched and unwatched, in turns. A pair of
// turns is judged by its own difference, so that what else the machine does counts little.
// `lists`: with a view open that shows lists or lanes, which are gathered then also in a flood.
// node test/devtools/bench/run.mjs watching [lists]

const MESSAGES = 60_000;
const PAIRS = 15;
/** Messages in flight: about what a turn of 10 ms brings at 50,000 messages a second. */
const WINDOW = 170;
const lists = process.argv.includes('lists');

const executor = await PubSubExecutor.open({ config: { maxMessages: 100_000 } });
executor.registerAgents(THREE_AGENTS);
const run = executor.execute();
const { inspector, watcher } = inPageLink();
// A batch for every 15,000 events, as a tenth of a second has at 150,000 a second.
let due: (() => void) | undefined;
attachInspector(executor, inspector, {
  setTimer(_, callback) {
    due = callback;
    return () => {
      due = undefined;
    };
  },
});
const flush = (): void => {
  const callback = due;
  due = undefined;
  callback?.();
};
const store = new PanelStore(watcher, {
  scheduler: { later: () => () => undefined, frame: () => () => undefined },
});

/** Microseconds of CPU for each message. */
async function turn(): Promise<number> {
  globalThis.gc?.();
  const before = process.cpuUsage();
  for (let sent = 0; sent < MESSAGES / 3; sent++) {
    const published = executor.publish('one', { n: sent });
    if (sent % WINDOW > 0) continue;
    await published;
    await new Promise((resolve) => setImmediate(resolve));
    if (sent % (WINDOW * 10) === 0) flush();
  }
  await executor.idle();
  flush();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / MESSAGES;
}

const pairs: { readonly alone: number; readonly watched: number }[] = [];
for (let pair = 0; pair < PAIRS + 2; pair++) {
  const alone = await turn();
  store.connect();
  const leave = lists ? store.gathering.watch() : undefined;
  const watched = await turn();
  leave?.();
  store.disconnect();
  // The first two warm the code up.
  if (pair >= 2) pairs.push({ alone, watched });
}
const sorted = pairs.map(({ alone, watched }) => watched - alone).sort((left, right) => left - right);
const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
const median = at(0.5);
const alone = pairs.map((pair) => pair.alone).sort((left, right) => left - right)[PAIRS >> 1] ?? 0;
console.log(`unwatched: ${alone.toFixed(2)} µs of CPU a message`);
console.log(
  `watching adds ${median.toFixed(2)} µs (quartiles ${at(0.25).toFixed(2)} and ${at(0.75).toFixed(2)}), ` +
    `${(median * 5).toFixed(1)} % of a thread at 50,000 messages a second`,
);
await executor.stop();
await run.report;
await executor.close();
