import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { chromiumLaunchOptions } from '../../support/find-chromium.js';

/** Prints the script time of frames of the drawn views, in a real Chromium: `npx tsx test/bench/canvas/run.ts`. */
async function main(): Promise<void> {
  const entry = fileURLToPath(new URL('./page.ts', import.meta.url));
  const bundle = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'iife',
    minify: true,
  });
  const browser = await chromium.launch(await chromiumLaunchOptions());
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    page.on('pageerror', (error) => {
      throw error;
    });
    await page.setContent('<!doctype html><body></body>');
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? '' });
    const results = await page.evaluate(() => window.canvasBench());
    console.log(`Chromium ${browser.version()}, 1280 × 800, script only\n`);
    console.log('| what | median ms | p95 ms |\n|---|---:|---:|');
    for (const { what, median, p95 } of results) {
      console.log(`| ${what} | ${median.toFixed(2)} | ${p95.toFixed(2)} |`);
    }
  } finally {
    await browser.close();
  }
}

await main();
