import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type DemoSite, startDemoSite } from './demo-site.js';

let site: DemoSite;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dagger-demo-'));
  site = await startDemoSite(directory);
});

afterAll(async () => {
  await site?.close();
  await rm(directory, { recursive: true, force: true });
});

/** Whatever a test did, nothing may have been thrown, refused by the policy, or logged. */
afterEach(async () => {
  expect(site.complaints.splice(0)).toEqual([]);
  for (const context of site.browser.contexts()) await context.close();
});

const GUIDE = `# The lighthouse of Morrow

## Lamp

The lamp of the lighthouse burns whale oil from dusk until dawn.

## Keeper

The keeper climbs 311 steps every evening to light the lamp.
`;

const lampQuestion = 'What does the lamp of the lighthouse burn?';

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

async function ask(page: Page, question?: string): Promise<void> {
  if (question !== undefined) await page.getByLabel('Your question').fill(question);
  await page.getByRole('button', { name: 'Research', exact: true }).click();
}

async function answered(page: Page): Promise<string> {
  await page.getByRole('heading', { name: 'Answer' }).waitFor();
  return textOf(page.locator('.answer'));
}

/** Chooses a document as a user does with the file button. */
async function chooseGuide(page: Page): Promise<void> {
  const files = [{ name: 'morrow.md', mimeType: 'text/markdown', buffer: Buffer.from(GUIDE) }];
  await page.getByLabel('Your documents').setInputFiles(files);
  await page.getByText('morrow.md').first().waitFor();
}

async function figure(page: Page, name: string): Promise<number> {
  return Number(await textOf(page.locator('.figures dl > div', { hasText: name }).locator('dd')));
}

test('the default question is answered from the bundled documents, and a source opens its passage', async () => {
  const page = await site.open();
  await ask(page);
  const answer = await answered(page);
  expect(answer).toContain('How do I validate data against a schema?');
  expect(answer).toMatch(/infer/u);
  const steps = await page.locator('.steps li').allTextContents();
  for (const agent of ['planner', 'searcher', 'reader', 'reasoner', 'evaluator', 'reporter'])
    expect(steps.some((step) => step.startsWith(agent))).toBe(true);
  expect(await figure(page, 'documents')).toBeGreaterThan(2);
  expect(await figure(page, 'failed')).toBe(0);

  const source = page.locator('.source').first();
  const [path = '', line = ''] = (await textOf(source.locator('.place'))).split(':');
  await source.click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('mark').waitFor();
  expect(await textOf(dialog.locator('header'))).toContain(`${path}, line ${line}`);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  expect(await source.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('a document dropped on the page is what the team reads instead', async () => {
  const page = await site.open();
  const carried = await page.evaluateHandle((text) => {
    const data = new DataTransfer();
    data.items.add(new File([text], 'morrow.md', { type: 'text/markdown' }));
    data.items.add(new File(['\u0000'], 'picture.png', { type: 'image/png' }));
    return data;
  }, GUIDE);
  await page.locator('main').dispatchEvent('dragenter', { dataTransfer: carried });
  await page.getByText('Drop Markdown or text files').waitFor();
  await page.locator('main').dispatchEvent('drop', { dataTransfer: carried });
  await page.getByText('Left out: picture.png').waitFor();
  await ask(page, lampQuestion);
  const answer = await answered(page);
  expect(answer).toContain('burns whale oil from dusk until dawn');
  expect(answer).toContain('morrow.md:5');

  await page.getByRole('button', { name: 'Back to the README files' }).click();
  await page.getByText('of npm packages').waitFor();
});

test('asked first, the team searches only for what the user leaves in the plan', async () => {
  const page = await site.open();
  await chooseGuide(page);
  await page.getByRole('switch', { name: 'Ask me before searching' }).check();
  await ask(page, `${lampQuestion.slice(0, -1)}, and who is the keeper?`);
  const plan = page.getByLabel('Shall these parts be researched?');
  await plan.waitFor();
  expect(await page.locator('.answer').count()).toBe(0);
  await plan.fill('How many steps does the keeper climb?');
  await page.getByRole('button', { name: 'Search for these' }).click();
  const answer = await answered(page);
  expect(answer).toContain('311 steps');
  expect(answer).not.toContain('whale oil');
  expect(await page.locator('.answer .part h3').allTextContents()).toEqual([
    'How many steps does the keeper climb?',
  ]);
});

test('with an agent that fails at every second step the same answer comes after retries', async () => {
  const page = await site.open();
  await chooseGuide(page);
  await page.getByLabel('Failing agent').selectOption('searcher');
  await page.getByLabel('Slow agent').selectOption('reporter');
  await ask(page, lampQuestion);
  await page.getByText('tries again after: made to fail on purpose').first().waitFor();
  await page.locator('.team [data-state="busy"]', { hasText: 'reporter' }).waitFor();
  expect(await answered(page)).toContain('burns whale oil');
  expect(await figure(page, 'retried')).toBeGreaterThan(0);
});

test('research that was stopped says so, and the next question is answered', async () => {
  const page = await site.open();
  await chooseGuide(page);
  await page.getByLabel('Slow agent').selectOption('planner');
  await ask(page, lampQuestion);
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped before there was an answer.').waitFor();
  await page.getByLabel('Slow agent').selectOption('');
  await ask(page, lampQuestion);
  expect(await answered(page)).toContain('burns whale oil');
});

test('a flooded channel drops its oldest messages, and says how many', async () => {
  const page = await site.open();
  await page.getByRole('button', { name: 'Flood a channel' }).click();
  const dropped = page.getByTestId('traffic').filter({ hasText: /[\d,]+ dropped/u });
  await dropped.waitFor();
  expect(Number.parseInt((await textOf(dropped)).replaceAll(',', ''), 10)).toBeGreaterThan(1000);
  // It ends by itself, and can be had again.
  await page.locator('button:enabled', { hasText: 'Flood a channel' }).waitFor();
});

test('the load runs until it is pressed again, and questions are answered meanwhile', async () => {
  const page = await site.open();
  await chooseGuide(page);
  const load = page.getByRole('button', { name: 'Load: 10,000 messages a second' });
  const traffic = page.getByTestId('traffic');
  await load.click();
  // The rate is told once a second: the second time it is told, two seconds have gone by.
  await traffic.filter({ hasText: /[1-9][\d,]* messages a second\./u }).waitFor();
  const first = await textOf(traffic);
  await page.waitForFunction(
    (text) => document.querySelector('.traffic')?.textContent?.trim() !== text,
    first,
  );
  await ask(page, lampQuestion);
  expect(await answered(page)).toContain('burns whale oil');
  expect(await load.getAttribute('aria-pressed')).toBe('true');
  await load.click();
  await page.locator('button[aria-pressed="false"]', { hasText: 'Load' }).waitFor();
  expect(await textOf(traffic)).not.toContain('messages a second');
});

test('under load, what is switched to is drawn with the first frames', async () => {
  const page = await site.open();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Load: 10,000 messages a second' }).click();
  await page
    .getByTestId('traffic')
    .filter({ hasText: /[1-9][\d,]* messages a second\./u })
    .waitFor();
  // The first time its code is fetched; the second time nothing but drawing is left to do.
  for (const view of ['Graph', 'Tree', 'Timeline', 'Graph', 'Tree', 'Timeline']) {
    await page.getByRole('tab', { name: view, exact: true }).click();
    const picture = page.locator('canvas');
    await page.getByRole('button', { name: 'Save as a picture', disabled: false }).waitFor();
    expect(await picture.evaluate(colourAfterFrames)).not.toBe('0,0,0');
  }
});

/** The colour of a canvas near its corner, in the third frame from now. An opaque one that is not drawn is black. */
async function colourAfterFrames(canvas: Element): Promise<string> {
  if (!(canvas instanceof HTMLCanvasElement)) throw new Error('expected a canvas');
  for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
  return String(
    canvas
      .getContext('2d')
      ?.getImageData(3, canvas.height - 3, 1, 1)
      .data.slice(0, 3),
  );
}

test('what is remembered outlives a reload in the middle of the work, and can be forgotten', async () => {
  const page = await site.open();
  await page.getByRole('switch', { name: 'Remember across reloads' }).check();
  await page.getByText('ready when you are').waitFor();
  await chooseGuide(page);
  await page.getByRole('switch', { name: 'Ask me before searching' }).check();
  await ask(page, lampQuestion);
  await page.getByLabel('Shall these parts be researched?').waitFor();

  await page.reload();
  await page.getByLabel('Shall these parts be researched?').waitFor();
  expect(await page.getByLabel('Your question').inputValue()).toBe(lampQuestion);
  await page.getByRole('button', { name: 'Search for these' }).click();
  expect(await answered(page)).toContain('burns whale oil');
  const story = await page.locator('.steps li').allTextContents();
  expect(story.some((step) => step.includes('goes on where the last visit ended'))).toBe(true);
  expect(story.at(-1)).toMatch(/^reporter/u);

  await page.reload();
  await answered(page);
  expect(await page.locator('.steps li').allTextContents()).toEqual(story);
  await page.locator('.team [data-state="done"]', { hasText: 'reporter' }).waitFor();

  // Left in the middle of a load: what it had not delivered must not keep the answer back.
  await page.getByRole('button', { name: 'Load: 10,000 messages a second' }).click();
  await page.getByTestId('traffic').filter({ hasText: 'messages a second' }).waitFor();
  await page.reload();
  expect(await answered(page)).toContain('burns whale oil');
  await ask(page, 'How many steps does the keeper climb?');
  await page.getByRole('button', { name: 'Search for these' }).click();
  await page.locator('.answer', { hasText: '311 steps' }).waitFor();
  await page.getByRole('switch', { name: 'Remember across reloads' }).uncheck();
  await page.getByText('ready when you are').waitFor();
  expect(await page.locator('.answer').count()).toBe(0);
  await page.reload();
  await page.getByText('ready when you are').waitFor();
  expect(await page.getByRole('switch', { name: 'Remember across reloads' }).isChecked()).toBe(false);
});

test.each(['light', 'dark'])('axe finds nothing in the %s theme, in any state of the page', async (theme) => {
  const page = await site.open({ dark: theme === 'dark' });
  await chooseGuide(page);
  await page.getByRole('switch', { name: 'Ask me before searching' }).check();
  expect(await violations(page)).toEqual([]);
  await ask(page, lampQuestion);
  await page.getByLabel('Shall these parts be researched?').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Search for these' }).click();
  await answered(page);
  await page.getByText('By agent').click();
  expect(await violations(page)).toEqual([]);
  await page.locator('.citation').first().click();
  await page.getByRole('dialog').locator('mark').waitFor();
  expect(await violations(page)).toEqual([]);
});

/** What axe has against the page; the panel has tests of its own. */
async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).exclude('dagger-devtools').analyze();
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

test('on a phone nothing is wider than the screen', async () => {
  const page = await site.open({ width: 360, height: 740 });
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await ask(page);
  await answered(page);
  expect(await overflow()).toBeLessThanOrEqual(0);
  await page.locator('.citation').first().click();
  await page.getByRole('dialog').locator('mark').waitFor();
  expect(await overflow()).toBeLessThanOrEqual(0);
});

test('everything can be done with the keyboard alone', async () => {
  const page = await site.open();
  await chooseGuide(page);
  await page.getByLabel('Your question').focus();
  await page.keyboard.press('ControlOrMeta+A');
  await page.keyboard.type(lampQuestion);
  await page.keyboard.press('Enter');
  await answered(page);
  await page.locator('.citation').first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').locator('mark').waitFor();
});

test('the panel is docked beside the research and shows its agents', async () => {
  const page = await site.open();
  await page.locator('dagger-devtools').getByRole('tab', { name: 'Graph' }).waitFor();
  await page.locator('dagger-devtools').getByText('7 agents').waitFor();
});
