import { servePage } from '../../e2e/devtools/page.js';
import { packageRoot } from '../../support/package-entries.js';

// What the panel takes of the page's main thread, at a steady rate of messages: without it, closed, and open.
// npx tsx --conditions=dagger-source test/devtools/bench/main-thread.ts [messages a second] [view …]

const [rate = '50000', ...views] = process.argv.slice(2);
const SECONDS = 8;
const ROUNDS = 3;

const PAGE = `
import { defineAgent, evalFreeValidator, PubSubExecutor } from ${JSON.stringify(`${packageRoot}/core/index.ts`)};
import { mountDevtools } from ${JSON.stringify(`${packageRoot}/devtools/index.ts`)};
const executor = await PubSubExecutor.open({ validator: await evalFreeValidator(), config: { maxMessages: 100_000 } });
executor.registerAgents([
  defineAgent({ name: 'first', subscribe: 'one', publish: ['two'], process: ({ payload, publish }) => void publish('two', payload) }),
  defineAgent({ name: 'second', subscribe: 'two', publish: ['three'], process: ({ payload, publish }) => void publish('three', payload) }),
  defineAgent({ name: 'third', subscribe: 'three', process: () => undefined }),
]);
executor.execute();
window.executor = executor;
window.mount = (view, open) => mountDevtools(document.getElementById('place'), { executor, open, view, size: 0.6 });
// Whatever is due by the clock is sent, every few milliseconds: three messages for each source.
window.load = (perSecond, seconds) => new Promise((resolve) => {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const elapsed = (performance.now() - start) / 1000;
    const due = Math.min(elapsed, seconds) * perSecond / 3;
    for (; sent < due; sent++) void executor.publish('one', { n: sent });
    if (elapsed >= seconds) { clearInterval(timer); executor.idle().then(() => resolve(sent * 3)); }
  }, 4);
});
document.body.dataset.ready = 'yes';
`;

const served = await servePage(PAGE);

/** Milliseconds of script and rendering on the main thread for each second of load. */
async function busy(view: string | undefined, open: boolean): Promise<number> {
  const page = await served.open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  if (view !== undefined) await page.evaluate(`window.mount(${JSON.stringify(view)}, ${open})`);
  if (open) await page.getByRole('tablist', { name: 'Views' }).waitFor();
  await page.evaluate(`window.load(${rate}, 2)`); // warm
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskTime = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const before = await taskTime();
  await page.evaluate(`window.load(${rate}, ${SECONDS})`);
  const spent = ((await taskTime()) - before) * 1000;
  await page.context().close();
  return spent / SECONDS;
}

const cases: readonly (readonly [name: string, view: string | undefined, open: boolean])[] = [
  ['no panel', undefined, false],
  ['closed', 'messages', false],
  ...(views.length > 0 ? views : ['messages', 'state']).map(
    (view) => [`open on ${view}`, view, true] as const,
  ),
];
const results = new Map<string, number[]>(cases.map(([name]) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, view, open] of cases) results.get(name)?.push(await busy(view, open));
}
const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;
const base = median(results.get('no panel') ?? []);
console.log(`${rate} messages a second; main thread, ms a second (median of ${ROUNDS})`);
for (const [name, values] of results) {
  const more = (median(values) - base) / 10;
  console.log(
    `${name}: ${median(values).toFixed(0)} ms = ${more.toFixed(1)} % more (${values.map((value) => value.toFixed(0)).join(', ')})`,
  );
}
await served.close();
