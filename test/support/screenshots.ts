import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { type DemoSite, startDemoSite } from '../e2e/demo/demo-site.js';
import { packageRoot } from './package-entries.js';

/**
 * `npm run screenshots [-- folder]`: pictures of the demo page and of every view of the panel, in both themes, wide and
 * narrow, to be looked at; by default into a folder of their own among the system's temporary files. Besides, it makes the
 * pictures of the README anew. With `-- --readme` it makes only these.
 */

interface Look {
  readonly width: number;
  readonly height: number;
  readonly dark: boolean;
}

const LOOKS: readonly Look[] = [
  { width: 1280, height: 800, dark: false },
  { width: 1280, height: 800, dark: true },
  { width: 360, height: 740, dark: false },
  { width: 360, height: 740, dark: true },
];

const VIEWS = ['Graph', 'Tree', 'Timeline', 'Messages', 'State', 'Humans', 'Problems'] as const;

/** One visit: everything of one look, in the order in which a user would come to see it. */
class Visit {
  readonly #page: Page;
  readonly #folder: string;
  readonly #look: Look;

  constructor(page: Page, folder: string, look: Look) {
    this.#page = page;
    this.#folder = folder;
    this.#look = look;
  }

  get isNarrow(): boolean {
    return this.#look.width < 600;
  }

  async shoot(name: string): Promise<void> {
    const { width, dark } = this.#look;
    // Two frames: what React has just rendered is drawn on the canvas in the next one.
    await this.#page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const path = join(
      this.#folder,
      `${name}-${width < 600 ? 'narrow' : 'wide'}-${dark ? 'dark' : 'light'}.png`,
    );
    await this.#page.screenshot({ path });
  }

  async open(view: (typeof VIEWS)[number]): Promise<void> {
    await this.#page.getByRole('tab', { name: view }).click();
    await this.#page.locator(`.view[aria-labelledby="tab-${view.toLowerCase()}"], .view`).first().waitFor();
  }

  /** Beside the page, or behind a button; where it covers the page, what is behind is pressed without a pointer. */
  async openPanel(): Promise<void> {
    if (this.isNarrow) await this.#page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
    await this.#page.getByRole('tab', { name: 'Graph' }).waitFor();
  }

  async press(name: string): Promise<void> {
    await this.#page.getByRole('button', { name, exact: true, includeHidden: true }).dispatchEvent('click');
  }

  /** The page itself: idle, the human gate, the answer, faults. */
  async page(): Promise<void> {
    const page = this.#page;
    await page.getByText('ready when you are').waitFor();
    await this.shoot('page-1-idle');
    await page.getByRole('switch', { name: 'Ask me before searching' }).check();
    await page.getByLabel('Failing agent').selectOption('searcher');
    await page.getByRole('button', { name: 'Research', exact: true }).click();
    const plan = page.getByLabel('Shall these parts be researched?');
    await plan.waitFor();
    await plan.scrollIntoViewIfNeeded();
    await this.shoot('page-2-gate');
    await page.getByRole('button', { name: 'Search for these' }).click();
    await page.getByRole('heading', { name: 'Answer' }).waitFor();
    await page.evaluate(() => document.querySelector('.team')?.scrollIntoView());
    await this.shoot('page-3-answer');
    await page.getByRole('button', { name: 'Flood a channel' }).click();
    await page.getByTestId('traffic').filter({ hasText: 'dropped' }).waitFor();
    await this.shoot('page-4-faults');
    await page.getByRole('button', { name: 'Load: 10,000 messages a second' }).click();
    await page
      .getByTestId('traffic')
      .filter({ hasText: /[1-9][\d,]* messages a second/u })
      .waitFor();
    await this.shoot('page-5-load');
  }

  /** The panel while the team works, waits for its user, and has trouble. */
  async work(): Promise<void> {
    const page = this.#page;
    await page.getByText('ready when you are').waitFor();
    await page.getByRole('switch', { name: 'Ask me before searching' }).check();
    await page.getByLabel('Failing agent').selectOption('searcher');
    await this.openPanel();
    await this.press('Research');
    await this.open('Humans');
    await page.locator('.question').waitFor();
    await this.shoot('humans-waiting');
    await this.press('Search for these');
    await page.getByText('done, see below').waitFor({ state: 'attached' });
    await page.getByLabel('Failing agent').selectOption('');
    await this.open('Problems');
    await this.shoot('problems-2-retries');
    await this.press('Flood a channel');
    await page.locator('.problem', { hasText: '2,9' }).waitFor();
  }

  async walkThroughViews(): Promise<void> {
    const page = this.#page;
    for (const view of VIEWS) {
      await this.open(view);
      await this.shoot(`${view.toLowerCase()}-1`);
    }
    await this.open('Graph');
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.locator('.outline button', { hasText: 'reader' }).first().click();
    await this.shoot('graph-2-selected');
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.getByRole('button', { name: 'Close the selection' }).click();
    await this.open('Tree');
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.locator('.outline button').nth(3).click();
    await page.getByRole('button', { name: 'The same in words' }).click();
    await this.shoot('tree-2-selected');
    await this.open('Timeline');
    await this.shoot('timeline-2-selected');
    await this.open('Messages');
    await page.getByRole('searchbox').fill('channel:readings');
    await page.getByRole('row').nth(2).click();
    await page.getByRole('region', { name: 'Selected message' }).waitFor();
    await this.shoot('messages-2-selected');
    await page
      .getByRole('row')
      .nth(3)
      .click({ modifiers: ['Shift'] });
    await this.shoot('messages-3-compared');
    await page.getByRole('searchbox').fill('agnet:x');
    await this.shoot('messages-4-mistake');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('button', { name: 'Publish a message' }).click();
    await page.getByRole('dialog').waitFor();
    await this.shoot('publish');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Panel menu' }).click();
    await this.shoot('menu');
    await page.keyboard.press('Escape');
    await this.open('Graph');
    await page.getByRole('button', { name: 'Next failure' }).click();
    await page.getByRole('button', { name: 'One event back' }).click();
    await this.shoot('time-graph');
    await this.open('State');
    await this.shoot('time-state');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
  }

  async docks(): Promise<void> {
    const page = this.#page;
    if (this.isNarrow) return;
    await this.open('Graph');
    for (const side of ['bottom', 'right', 'top', 'left']) {
      await page.getByRole('button', { name: 'Panel menu' }).click();
      await page.getByRole('menuitemradio', { name: `At the ${side}` }).click();
      await this.shoot(`dock-${side}`);
    }
    await page.getByRole('button', { name: 'Close the panel' }).click();
    await page.getByRole('button', { name: 'Open the Dagger devtools' }).waitFor();
    await this.shoot('closed');
    await page.getByRole('button', { name: 'Open the Dagger devtools' }).click();
    await page.getByRole('button', { name: 'Panel menu' }).click();
    await page.getByRole('menuitemradio', { name: 'Fill its element' }).click();
  }

  async load(): Promise<void> {
    const page = this.#page;
    await this.press('Load: 10,000 messages a second');
    await page
      .getByTestId('traffic')
      .filter({ hasText: /[1-9][\d,]* messages a second/u })
      .waitFor({ state: 'attached' });
    for (const view of ['Graph', 'Tree', 'Timeline', 'Messages', 'State'] as const) {
      await this.open(view);
      await this.shoot(`load-${view.toLowerCase()}`);
    }
  }

  /** What a newcomer sees before anything has happened. */
  async empty(): Promise<void> {
    await this.#page.getByText('ready when you are').waitFor();
    await this.openPanel();
    for (const view of VIEWS) {
      await this.open(view);
      await this.shoot(`empty-${view.toLowerCase()}`);
    }
  }
}

async function visit(site: DemoSite, folder: string, look: Look): Promise<void> {
  const visitor = async (): Promise<Visit> => new Visit(await site.open(look), folder, look);
  await (await visitor()).page();
  const seen = await visitor();
  await seen.work();
  await seen.walkThroughViews();
  await seen.docks();
  await seen.load();
  await (await visitor()).empty();
  for (const context of site.browser.contexts()) await context.close();
}

/** What the README shows, in `docs/images`: WebP, as large as is needed on a sharp screen. */
async function readmePictures(site: DemoSite): Promise<void> {
  await pictureOf(site, { dark: false }, async (page) => {
    await page.getByRole('button', { name: 'Research', exact: true }).click();
    await page.getByRole('heading', { name: 'Answer' }).waitFor();
    return ['demo-page', await page.screenshot()];
  });
  await pictureOf(site, { dark: true, view: 'timeline' }, async (page) => {
    await page.getByLabel('Failing agent').selectOption('searcher');
    await research(page);
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.locator('.outline button', { hasText: 'searcher · succeeded' }).first().click();
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.mouse.move(0, 0);
    return ['devtools-timeline', await page.locator('.panel').screenshot()];
  });
  await pictureOf(site, { dark: false, view: 'tree' }, async (page) => {
    await research(page);
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.locator('.outline button', { hasText: 'reader' }).first().click();
    await page.getByRole('button', { name: 'The same in words' }).click();
    await page.mouse.move(0, 0);
    return ['devtools-tree', await page.locator('.panel').screenshot()];
  });
}

/** Lets the team work behind a panel that covers the page. */
async function research(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Research', exact: true, includeHidden: true });
  await button.dispatchEvent('click');
  await page.getByText('done, see below').waitFor({ state: 'attached' });
}

interface PictureLook {
  readonly dark: boolean;
  /** The panel alone, with this view; without it, the page with the panel beside it. */
  readonly view?: string;
}

async function pictureOf(
  site: DemoSite,
  { dark, view }: PictureLook,
  take: (page: Page) => Promise<[name: string, png: Buffer]>,
): Promise<void> {
  const context = await site.browser.newContext({ deviceScaleFactor: 1.5 });
  if (view !== undefined) {
    const preferences = JSON.stringify({ open: true, dock: 'bottom', size: 0.95, view });
    await context.addInitScript(
      (text) => localStorage.setItem('dagger-devtools:research team', text),
      preferences,
    );
  }
  const page = await site.open({ dark, context, width: 1280, height: view === undefined ? 800 : 720 });
  await page.getByText('ready when you are').waitFor({ state: 'attached' });
  await page.getByRole('tab', { name: 'Graph' }).waitFor();
  const [name, png] = await take(page);
  const webp = await webpOf(page, png);
  writeFileSync(join(packageRoot, `docs/images/${name}.webp`), webp);
  console.log(`docs/images/${name}.webp: ${Math.round(webp.length / 1024)} KB`);
  await context.close();
}

/** The browser has the encoder. */
async function webpOf(page: Page, png: Buffer): Promise<Buffer> {
  const url = `data:image/png;base64,${png.toString('base64')}`;
  const encoded = await page.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth;
    canvas.height = image.naturalHeight;
    canvas.getContext('2d')?.drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', 0.82);
  }, url);
  return Buffer.from(encoded.replace(/^data:[^,]*,/, ''), 'base64');
}

const onlyReadme = process.argv[2] === '--readme';
const built = mkdtempSync(join(tmpdir(), 'dagger-demo-'));
const site = await startDemoSite(built);
try {
  await readmePictures(site);
  if (!onlyReadme) {
    const folder = process.argv[2] ?? mkdtempSync(join(tmpdir(), 'dagger-screenshots-'));
    mkdirSync(folder, { recursive: true });
    for (const look of LOOKS) await visit(site, folder, look);
    console.log(`The pictures are in ${folder}`);
  }
  for (const complaint of site.complaints) console.log(`The page said ${complaint}`);
} finally {
  await site.close();
  rmSync(built, { recursive: true, force: true });
}
