import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chromiumLaunchOptions } from '../support/find-chromium.js';
import { packageRoot } from '../support/package-entries.js';

/**
 * The page: an executor passes a message; then a validator is loaded that checks two values. It shows what it got as
 * text.
 */
const PAGE_SCRIPT = `
import { defineAgent, PubSubExecutor } from ${JSON.stringify(`${packageRoot}/core/index.ts`)};
import { loadValidator } from ${JSON.stringify(`${packageRoot}/core/schema/load-validator.ts`)};

const violations = [];
document.addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI));
const notes = [];
const executor = await PubSubExecutor.open({ logger: { info: (note) => notes.push(note) } });
const passed = new Promise((resolve) => {
  executor.registerAgent(
    defineAgent({
      name: 'reader',
      subscribe: 'pages',
      inputSchema: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
      process: ({ payload }) => resolve(payload.url),
    }),
  );
});
await executor.execute({ channel: 'pages', payload: { url: 'first' } }).report;
const first = await passed;
await new Promise((resolve) => setTimeout(resolve));
const atFirst = { first, notes: notes.length, violations: violations.length };
const validator = await loadValidator({ info: (note) => notes.push(note), warn() {} });
const check = validator.compile({ type: 'object', properties: { url: { type: 'string' } } });
const result = { atFirst, name: validator.name, notes, good: check({ url: 'x' }) ?? null, bad: check({ url: 7 }) };
// Violations are reported in a task of their own.
await new Promise((resolve) => setTimeout(resolve));
document.body.textContent = JSON.stringify({ ...result, violations });
`;

let browser: Browser;
let server: Server;
let origin: string;

/** Bundles the page's script as an application would, and serves it with the policy that the query asks for. */
beforeAll(async () => {
  const entry = 'virtual:page.js';
  const result = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === entry ? `\0${entry}` : undefined),
        load: (id) => (id === `\0${entry}` ? PAGE_SCRIPT : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js', chunkFileNames: '[name].js' } },
    },
  });
  if (!('output' in result)) throw new Error('expected one bundle');
  const files = new Map(result.output.map((file) => [`/${file.fileName}`, 'code' in file ? file.code : '']));

  server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const script = files.get(url.pathname);
    const policy = url.searchParams.get('policy');
    if (policy !== null) response.setHeader('Content-Security-Policy', policy);
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(
      script ?? '<!doctype html><title>page</title><body><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await chromium.launch(await chromiumLaunchOptions());
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

async function onPage(policy?: string): Promise<unknown> {
  const page = await browser.newPage();
  const query = policy === undefined ? '' : `?${new URLSearchParams({ policy })}`;
  await page.goto(`${origin}/${query}`);
  const text = await page.waitForFunction(() => document.body.textContent?.trim());
  const shown: unknown = JSON.parse(String(await text.jsonValue()));
  await page.close();
  return shown;
}

const bad = [{ path: '/url', message: 'must be string', received: '7' }];
/** The first message needs no validator, so nothing has tried to generate code. */
const atFirst = { first: 'first', notes: 0, violations: 0 };

test("under script-src 'self' a page gets the eval-free validator, one note, and one reported violation", async () => {
  expect(await onPage("script-src 'self'")).toEqual({
    atFirst,
    name: 'cfworker',
    notes: [expect.stringContaining("a Content-Security-Policy without 'unsafe-eval'")],
    good: null,
    bad,
    violations: ['eval'],
  });
});

test('without a policy, or with one that allows it, a page gets ajv', async () => {
  const expected = { atFirst, name: 'ajv', notes: [], good: null, bad, violations: [] };
  expect(await onPage()).toEqual(expected);
  expect(await onPage("script-src 'self' 'unsafe-eval'")).toEqual(expected);
});
