import type { Page } from 'playwright';
import { servePage } from '../../e2e/devtools/page.js';
import { packageRoot } from '../../support/package-entries.js';
import { loadedPage } from './loaded-page.js';

// How long it takes until the panel, opened on a run of 100,000 messages that nobody watched, shows something, and the
// longest tasks of the main thread on the way and in the two seconds after.
// node test/devtools/bench/run.mjs opening [view …]

const MESSAGES = 100_000;
const views = process.argv.slice(2);
const ALL = ['graph', 'tree', 'timeline', 'messages', 'state'];

declare global {
  interface Window {
    mount(view: string, open: boolean): void;
  }
}

/** Opens the panel and answers when something was to be seen: rows of a list, or marks on the canvas. */
async function open(page: Page, view: string): Promise<{ shown: number; longest: number[] }> {
  return page.evaluate(async (name) => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) tasks.push(duration);
    }).observe({ type: 'longtask' });
    const hasMarks = (canvas: HTMLCanvasElement): boolean => {
      const pen = canvas.getContext('2d');
      if (!pen || canvas.width === 300) return false;
      const { data } = pen.getImageData(0, Math.floor(canvas.height / 2) - 20, canvas.width, 40);
      const pixels = new Uint32Array(data.buffer);
      return pixels.some((pixel) => pixel !== pixels[0]);
    };
    const isShown = (): boolean => {
      const root = document.querySelector('dagger-devtools')?.shadowRoot;
      const canvas = root?.querySelector('canvas');
      if (canvas) return hasMarks(canvas);
      return root?.querySelector('.table-row, .view section, .view table') !== null && root !== undefined;
    };
    const start = performance.now();
    window.mount(name, true);
    while (!isShown()) await new Promise(requestAnimationFrame);
    const shown = performance.now() - start;
    await new Promise((resolve) => setTimeout(resolve, 2000));
    return { shown, longest: tasks.sort((left, right) => right - left).slice(0, 4) };
  }, view);
}

const served = await servePage(loadedPage(packageRoot));
console.log(`Opened on a run of ${MESSAGES.toLocaleString('en')} messages; milliseconds\n`);
console.log('| view | shown after | longest tasks |\n|---|---:|---|');
for (const view of views.length > 0 ? views : ALL) {
  const page = await served.open({ query: '?nodes=250000' });
  await page.locator('body[data-ready=yes]').waitFor({ state: 'attached' });
  await page.evaluate(`window.load(${MESSAGES / 2}, 2)`);
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 1000))');
  const { shown, longest } = await open(page, view);
  const tasks = longest.map((took) => took.toFixed(0)).join(', ') || 'none over 50';
  console.log(`| ${view} | ${shown.toFixed(0)} | ${tasks} |`);
  await page.context().close();
}
await served.close();
