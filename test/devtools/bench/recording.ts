import { defineAgent, PubSubExecutor } from '../../../core/index.js';
import { attachInspector } from '../../../core/inspection/inspector.js';
import { inPageLink } from '../../../core/inspection/link.js';
import { PanelStore } from '../../../devtools/store/panel-store.js';

// What a recording of 1,000,000 messages weighs, and how long turning back time takes.
// node --expose-gc --import tsx --conditions=dagger-source test/devtools/bench/recording.ts

const MESSAGES = 1_000_000;
const WINDOW = 256;

const executor = await PubSubExecutor.open({ config: { maxMessages: 100_000 } });
executor.registerAgents([
  defineAgent({
    name: 'first',
    subscribe: 'one',
    publish: ['two'],
    process: ({ payload, publish }) => void publish('two', payload),
  }),
  defineAgent({
    name: 'second',
    subscribe: 'two',
    publish: ['three'],
    process: ({ payload, publish }) => void publish('three', payload),
  }),
  defineAgent({ name: 'third', subscribe: 'three', process: () => undefined }),
]);
const { inspector, watcher } = inPageLink();
attachInspector(executor, inspector);
const later = (milliseconds: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, milliseconds);
  return () => clearTimeout(timer);
};
const store = new PanelStore(watcher, { scheduler: { later, frame: (callback) => later(16, callback) } });
store.connect();

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
while (store.last < executor.state.seq) await new Promise((resolve) => setTimeout(resolve, 50));
const recorded = heap();
console.log(`${store.recording?.activity.messages.length} messages in ${store.last} events`);
console.log(`recorded: ${(recorded - before).toFixed(0)} MB (the executor's own state included)`);

const folding = performance.now();
while (!store.recording?.history.advance(50));
console.log(`folded for time travel in ${(performance.now() - folding).toFixed(0)} ms`);
console.log(`with checkpoints: ${(heap() - before).toFixed(0)} MB`);

const times: number[] = [];
for (let n = 0; n < 40; n++) {
  const seq = store.first + Math.floor((((n * 7919) % 1000) / 1000) * (store.last - store.first));
  const start = performance.now();
  while (store.recording?.history.stateAt(seq, 1000)?.seq !== seq);
  times.push(performance.now() - start);
}
times.sort((left, right) => left - right);
console.log(`seek: median ${times[20]?.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms`);
store.disconnect();
await executor.close();
