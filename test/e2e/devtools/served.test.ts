import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { chromiumLaunchOptions } from '../../support/find-chromium.js';
import { packageRoot } from '../../support/package-entries.js';
import { violations } from './panel-page.js';

let browser: Browser | undefined;
/** What the page complained about. */
const complaints: string[] = [];

beforeAll(async () => {
  browser = await chromium.launch(await chromiumLaunchOptions());
});
afterAll(() => browser?.close());
afterEach(() => expect(complaints.splice(0)).toEqual([]));

interface Program {
  readonly process: ChildProcess;
  readonly url: string;
  /** What it has printed after the address. */
  readonly lines: string[];
}

/** A process of its own, with agents, whose panel is served. */
async function started(options: Readonly<Record<string, unknown>> = {}): Promise<Program> {
  const script = `${packageRoot}/test/support/programs/watched.ts`;
  const loader = ['--conditions=dagger-source', '--import', 'tsx'];
  const process_ = spawn(process.execPath, [...loader, script, JSON.stringify(options)], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void process_.kill('SIGKILL'));
  const lines: string[] = [];
  let rest = '';
  process_.stdout?.on('data', (text: Buffer) => {
    const parts = (rest + text.toString()).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
  });
  await expect.poll(() => lines.length, { timeout: 20_000 }).toBeGreaterThan(0);
  const url = lines.shift() ?? '';
  return { process: process_, url, lines };
}

async function opened(url: string): Promise<Page> {
  const context = await browser?.newContext({ viewport: { width: 1280, height: 800 } });
  if (!context) return expect.fail('no browser');
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    // The browser itself says that a program does not answer, or refuses the key.
    if (message.type() === 'error' && !/^Failed to load resource/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(url);
  return page;
}

const shown = (page: Page): Promise<void> => page.getByRole('tablist', { name: 'Views' }).waitFor();

async function published(page: Page, channel: string, payload: string): Promise<void> {
  await page.getByRole('button', { name: 'Publish a message' }).click();
  await page.getByRole('combobox', { name: 'Channel' }).fill(channel);
  await page.getByLabel('Payload, as JSON').fill(payload);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page
    .getByText(/^Published .* on /)
    .first()
    .waitFor();
}

async function killed(program: Program): Promise<void> {
  program.process.kill('SIGKILL');
  await once(program.process, 'exit');
}

test('a program in Node is watched in a browser, and told what to do', async () => {
  const { url, lines } = await started();
  const page = await opened(url);
  await shown(page);
  await expect.poll(() => page.title()).toBe('the press · Dagger');
  await page.getByText('2 agents').waitFor();
  await expect.poll(() => lines).toEqual(['heard {"page":1}']);

  await published(page, 'drafts', '{"title":"Worms"}');
  await published(page, 'pages', '{"page":2}');
  await page.getByRole('tab', { name: 'Humans 1' }).click();
  await page.getByRole('textbox', { name: 'Answer (as JSON)' }).fill('"yes"');
  await page.getByRole('button', { name: 'Answer' }).click();
  await expect.poll(() => lines).toContain('answered "yes"');

  await page.getByRole('tab', { name: 'Messages' }).click();
  // The payload of the other one has gone by before anybody watched.
  await page.locator('.table-row', { hasText: 'facts' }).last().click();
  await page.getByText('(a fact)').waitFor();
  expect(await page.getByText('of a page').count()).toBe(0);
  expect(await violations(page)).toEqual([]);
});

test('when the program is killed the panel says so and shows what came last; one started anew is shown', async () => {
  const options = { port: 0, key: 'a-key-that-stays-the-same' };
  const first = await started(options);
  const port = Number(new URL(first.url).port);
  const page = await opened(first.url);
  await shown(page);
  await page.getByRole('tab', { name: 'Messages' }).click();
  await page.locator('.table-row', { hasText: 'facts' }).waitFor();
  await killed(first);
  await page.getByText('trying again').waitFor();
  await page.getByText('The connection is lost', { exact: true }).waitFor();
  await page.locator('.table-row', { hasText: 'facts' }).waitFor();
  expect(await page.getByRole('button', { name: 'Pause the executor' }).isDisabled()).toBe(true);
  // What only the program knows is not waited for.
  await page.locator('.table-row', { hasText: 'facts' }).click();
  await page.locator('p.dim', { hasText: 'The connection is lost' }).waitFor();

  const second = await started({ ...options, port });
  expect(second.url).toBe(first.url);
  await expect.poll(() => page.locator('#status').textContent(), { timeout: 20_000 }).toBe('');
  await page.locator('.table-row', { hasText: 'facts' }).waitFor();
  expect(await page.getByRole('button', { name: 'Pause the executor' }).isDisabled()).toBe(false);
});

test('a program started anew with another key is not spoken to', async () => {
  const first = await started();
  const page = await opened(first.url);
  await shown(page);
  await killed(first);
  await started({ port: Number(new URL(first.url).port) });
  await page.getByText('This address is not valid any more').waitFor({ timeout: 20_000 });
});

test('watching does not keep the program alive', async () => {
  const program = await started({ ends: true });
  const page = await opened(program.url);
  await shown(page);
  const [code] = await once(program.process, 'exit');
  expect(code).toBe(0);
  expect(program.lines).toContain('nothing left to do');
  await page.getByText('trying again').waitFor();
});

test('a panel that was closed is there again at the next visit', async () => {
  const { url } = await started();
  const page = await opened(url);
  await shown(page);
  await page.getByRole('button', { name: 'Close the panel' }).click();
  await page.getByRole('button', { name: 'Open the Dagger devtools' }).waitFor();
  await page.reload();
  await shown(page);
});
