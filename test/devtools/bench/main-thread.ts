import { servePage } from '../../e2e/devtools/page.js';
import { packageRoot } from '../../support/package-entries.js';
import { loadedPage } from './loaded-page.js';

// What the panel takes of the page's main thread, at a steady rate of messages: closed, and open on each view. Rounds with
// and without it take turns in one page; what counts is the CPU time of the thread, not the time that went by.
// node test/devtools/bench/run.mjs main-thread [messages a second] [view …]

const [rate = '50000', ...views] = process.argv.slice(2);
const SECONDS = 3;
const ROUNDS = 3;
const ALL = ['closed', 'graph', 'tree', 'timeline', 'messages', 'state', 'humans', 'problems'];

const served = await servePage(loadedPage(packageRoot));
const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;

/** Milliseconds of the main thread for each second of load: without the panel, and with it. */
async function measure(view: string): Promise<{ without: number[]; with: number[] }> {
  const page = await served.open();
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskTime = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  const spent = async (): Promise<number> => {
    const before = await taskTime();
    await page.evaluate(`window.load(${rate}, ${SECONDS})`);
    return (((await taskTime()) - before) * 1000) / SECONDS;
  };
  const results = { without: [] as number[], with: [] as number[] };
  await page.evaluate(`window.load(${rate}, 2)`);
  for (let round = 0; round < ROUNDS; round++) {
    results.without.push(await spent());
    await page.evaluate(
      `window.mount(${JSON.stringify(view === 'closed' ? 'graph' : view)}, ${view !== 'closed'})`,
    );
    if (view !== 'closed') await page.getByRole('tablist', { name: 'Views' }).waitFor();
    // Opening is another benchmark's matter.
    await page.evaluate(`window.load(${rate}, 1)`);
    results.with.push(await spent());
    await page.evaluate('window.unmount()');
  }
  await page.context().close();
  return results;
}

console.log(`${rate} messages a second; CPU of the main thread, ms a second (medians of ${ROUNDS} rounds)\n`);
console.log('| panel | without | with | share of the thread |\n|---|---:|---:|---:|');
for (const view of views.length > 0 ? views : ALL) {
  const results = await measure(view);
  const [without, together] = [median(results.without), median(results.with)];
  const share = ((together - without) / 10).toFixed(1);
  const each = results.with.map((value) => value.toFixed(0)).join(', ');
  console.log(`| ${view} | ${without.toFixed(0)} | ${together.toFixed(0)} (${each}) | ${share} % |`);
}
await served.close();
