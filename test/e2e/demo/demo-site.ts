import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { chromiumLaunchOptions } from '../../support/find-chromium.js';
import { packageRoot } from '../../support/package-entries.js';

/** The demo page as `npm run build` writes it, served with a policy that allows nothing inline and no eval. */
export interface DemoSite {
  readonly browser: Browser;
  readonly origin: string;
  /** Everything that a page put on its console or threw, since the site was started. */
  readonly complaints: string[];
  open(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Where an earlier visit has stored something; by default a new one. */
  readonly context?: BrowserContext;
}

const POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** @param directory Where the page is built. */
export async function startDemoSite(directory: string): Promise<DemoSite> {
  await buildPage(directory);
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = join(directory, normalize(pathname === '/' ? '/index.html' : pathname));
    readFile(file).then(
      (content) => {
        response.setHeader('Content-Security-Policy', POLICY);
        response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
        response.end(content);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  const origin = `http://127.0.0.1:${port}`;
  const browser = await chromium.launch(await chromiumLaunchOptions());
  const complaints: string[] = [];
  return {
    browser,
    origin,
    complaints,
    async open({ width = 1280, height = 800, dark = false, context } = {}) {
      const page = await (context ?? (await browser.newContext())).newPage();
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light', reducedMotion: 'reduce' });
      page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
      page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
      await page.goto(`${origin}/`);
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** In a process of its own, as users build it: what vitest sets would make it another page. */
async function buildPage(directory: string): Promise<void> {
  const { VITEST: _vitest, NODE_ENV: _mode, ...env } = process.env;
  const vite = join(packageRoot, 'node_modules/vite/bin/vite.js');
  const options = ['build', '--mode', 'demo', '--outDir', directory, '--emptyOutDir', '--logLevel', 'error'];
  await promisify(execFile)(process.execPath, [vite, ...options], { cwd: packageRoot, env });
}
