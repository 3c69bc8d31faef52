import { join } from 'node:path';
import { startBrowser } from '../../e2e/storage/real-browser.js';
import { startSite } from '../../e2e/storage/site.js';
import type { Times } from './indexeddb-page.js';

/**
 * What the IndexedDB store costs over the least that does the same work, in Chromium, in one run:
 * `npx tsx --conditions=dagger-source test/bench/storage/indexeddb.ts`. Takes about half a minute.
 */
const site = await startSite(join(import.meta.dirname, 'indexeddb-page.ts'));
const browser = await startBrowser();
try {
  const page = await browser.context.newPage();
  await page.goto(site.url);
  for (const sync of [true, false]) {
    for (const [size, repetitions] of [
      [1, 200],
      [64, 200],
      [1_024, 100],
    ] as const) {
      const times = await page.evaluate(
        ([records, strict, count]) => window.bench.append(records, strict, count),
        [size, sync, repetitions] as const,
      );
      compare(`append, ${sync ? 'strict' : 'relaxed'}, ${size} in flight`, size, times);
    }
  }
  for (const [sync, width] of [
    [true, 1_024],
    [true, 64],
    [false, 1_024],
  ] as const) {
    const count = width * 10;
    const times = await page.evaluate(
      ([messages, inFlight, strict]) => window.bench.journal(messages, inFlight, strict, 15),
      [count, width, sync] as const,
    );
    compare(`journal, ${sync ? 'strict' : 'relaxed'}, ${width} in flight`, count, times);
  }
  compare('read 100,000', 100_000, await page.evaluate(() => window.bench.read(9)));
} finally {
  await browser.end();
  site.close();
}

/** Prints how many times as long ours takes, by the medians, and the records a second that makes. */
function compare(what: string, records: number, times: Times): void {
  const [ours, plain] = [median(times.ours ?? []), median(times['by hand'] ?? [])];
  const rate = (milliseconds: number): string =>
    Math.round((records / milliseconds) * 1_000).toLocaleString('en');
  console.log(
    `${what}: ${(ours / plain).toFixed(2)} times the time by hand (${ours.toFixed(2)} and ${plain.toFixed(2)} ms; ` +
      `${rate(ours)} and ${rate(plain)} records/s)`,
  );
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
