import { createServer } from 'node:http';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../../support/find-chromium.js';
import { bundleToText } from '../build.js';
import type { MeasureJob, Measurement } from '../measure.js';
import { COUNTS, type Entry, REFERENCE, WINDOW } from '../registry.js';
import type { Context } from '../rounds.js';
import { summarise } from '../statistics.js';
import { number, range, type Section } from '../table.js';

/** Contenders that run in a page: the ones that are fast enough there and need no server. */
const IN_PAGES = ['ref', 'dagger', 'mitt', 'rxjs', 'xstate-callback', 'xstate-send-to'];

/** W5: the pipeline in a page of real Chromium; a new page for every measurement. */
export async function inChromium(context: Context): Promise<Section> {
  const entries = context.entries.filter(({ name }) => IN_PAGES.includes(name));
  const scripts = new Map<string, string>();
  for (const entry of entries) scripts.set(`/${entry.name}.js`, await pageScript(entry));
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(script ?? '<!doctype html><title>bench</title><link rel="icon" href="data:,">');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  const browser = await chromium.launch(await chromiumLaunchOptions());
  const found = new Map<string, (Measurement | undefined)[]>(entries.map(({ name }) => [name, []]));
  try {
    const size = COUNTS.pipeline / (context.quick ? 5 : 1);
    const job: MeasureJob = {
      workload: 'pipeline',
      count: size,
      warmUp: size / 4,
      window: WINDOW,
      purpose: {},
    };
    for (let round = 0; round < context.rounds; round++) {
      for (const entry of entries) {
        context.progress(`W5, round ${round + 1} of ${context.rounds}: ${entry.name}`);
        const page = await browser.newPage();
        await page.goto(`http://127.0.0.1:${address.port}/`);
        const result = await page.evaluate(
          async ([path, sent]) => (await import(path)).measureHere(sent) as Promise<Measurement>,
          [`/${entry.name}.js`, job] as const,
        );
        found.get(entry.name)?.push(result);
        await page.close();
      }
    }
  } finally {
    await browser.close();
    server.close();
  }
  const reference = found.get(REFERENCE) ?? [];
  const rows = entries.map(({ name }) => {
    const own = found.get(name) ?? [];
    const ratios = own.flatMap((each, round) =>
      each && reference[round] ? each.wall / reference[round].wall : [],
    );
    return [
      name,
      number(summarise(own.flatMap((each) => each?.wall ?? []))?.median),
      range(summarise(ratios)),
    ];
  });
  return {
    id: 'W5',
    title: 'pipeline in Chromium',
    columns: ['', 'wall µs a hop', 'wall, ratio to ref'],
    rows,
    notes: [`Chromium ${browser.version()}, a new page for each measurement; otherwise as W1.`],
    data: Object.fromEntries(found),
  };
}

function pageScript(entry: Entry): Promise<string> {
  const contents = `
    import { contender } from './${entry.source.replace(/\.ts$/, '.js')}';
    import { measure, NO_CPU_CLOCKS } from './measure.js';
    export const measureHere = (job) => measure(contender, job, NO_CPU_CLOCKS);
  `;
  return bundleToText({ contents, platform: 'browser', conditions: ['dagger-source', 'browser'] });
}
