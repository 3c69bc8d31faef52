import { PubSubExecutor } from '../../../core/index.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';
import { THREE_AGENTS } from './three-agents.js';

// What a recording of 1,000,000 messages weighs, and how long turning back time takes.
// node test/devtools/bench/run.mjs recording [page | apart]

const MESSAGES = 1_000_000;
const WINDOW = 256;

const executor = await PubSubExecutor.open({ config: { maxMessages: 100_000 } });
executor.registerAgents(THREE_AGENTS);
// In one page the executor shares its state; apart, the panel folds a copy of its own.
const apart = process.argv.includes('apart');
const { inspector, watcher } = inPageLink();
const { shareState, ...alone } = inspector;
// Unpaced, the run outruns a panel: nothing may be given up here, so that all is recorded.
attachInspector(executor, apart ? alone : inspector, { eventsUnderWay: 10_000_000 });
const later = (milliseconds: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};
const store = new PanelStore(watcher, { scheduler: { later, frame: (callback) => later(16, callback) } });
store.connect();
// Lists and lanes are gathered while it runs, as they are when such a view is open.
store.gathering.watch();

const heap = (): number => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1024 / 1024;
};

const before = heap();
const run = executor.execute();
for (let sent = 0; sent < MESSAGES / 3; sent++) {
  const published = executor.publish('one', { n: sent });
  if (sent % WINDOW === 0) {
    await published;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
await executor.idle();
await executor.stop();
await run.report;
while (store.last < executor.state.seq || store.recording?.activity.seq !== store.last)
  await new Promise((resolve) => setTimeout(resolve, 50));
const recorded = heap();
console.log(`${store.recording?.activity.messages.length} messages in ${store.last} events`);
console.log(`recorded: ${(recorded - before).toFixed(0)} MB (the executor's own state included)`);

const { history } = store.recording ?? {};
if (!history) throw new Error('nothing was recorded');
const SEEKS = 200;
const events = store.last - store.first;
const report = (what: string, times: readonly number[]): void => {
  const sorted = [...times].sort((left, right) => left - right);
  const place = (share: number): string => (sorted[Math.floor((times.length - 1) * share)] ?? 0).toFixed(1);
  console.log(
    `${what}, of ${times.length}: median ${place(0.5)} ms, 95th percentile ${place(0.95)} ms, worst ${place(1)} ms`,
  );
};

// What counts is when the state is exact. First folded in one piece, as nothing else would be done meanwhile;
const whole: number[] = [];
for (let n = 0; n < SEEKS; n++) {
  const seq = store.first + Math.floor((((n * 7919) % 1000) / 1000) * events);
  const start = process.cpuUsage();
  const started = performance.now();
  if (history.stateAt(seq, 60_000)?.seq !== seq) throw new Error(`no state at ${seq}`);
  const wall = performance.now() - started;
  const { user, system } = process.cpuUsage(start);
  if (wall > 50)
    console.log(`seek to ${seq}: ${wall.toFixed(0)} ms, CPU ${((user + system) / 1000).toFixed(0)} ms`);
  whole.push(wall);
}
console.log(`with everything: ${(heap() - before).toFixed(0)} MB`);
report('seek', whole);

// then as the panel's slider does it, which lets the page live if it takes long.
const turned: number[] = [];
let sliced = 0;
for (let n = 0; n < SEEKS; n++) {
  const seq = store.first + Math.floor((((n * 7907 + 500) % 1000) / 1000) * events);
  const started = performance.now();
  store.seek(seq);
  if (store.seeking) sliced++;
  while (store.seeking) await new Promise((resolve) => setTimeout(resolve));
  if (store.state.seq !== seq) throw new Error(`no state at ${seq}`);
  turned.push(performance.now() - started);
}
report(`seek of the panel (${sliced} in more than one piece)`, turned);
store.disconnect();
await executor.close();
