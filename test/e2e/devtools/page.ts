import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import react from '@vitejs/plugin-react';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { chromiumLaunchOptions } from '../../support/find-chromium.js';
import { packageRoot } from '../../support/package-entries.js';

/** A page's script, bundled as an application would, served from memory with a strict policy. */
export interface ServedPage {
  readonly browser: Browser;
  readonly origin: string;
  /** Everything that a page complained about since it was opened. */
  readonly complaints: string[];
  open(options?: PageOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface PageOptions {
  readonly query?: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
}

export const STRICT_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:";

export async function servePage(script: string): Promise<ServedPage> {
  const entry = 'virtual:page.tsx';
  const result = await build({
    root: packageRoot,
    configFile: false,
    logLevel: 'error',
    resolve: { conditions: ['dagger-source', 'module', 'browser', 'development|production'] },
    plugins: [
      react(),
      {
        name: 'page',
        resolveId: (id) => (id === entry ? `${packageRoot}/virtual-page.tsx` : undefined),
        load: (id) => (id === `${packageRoot}/virtual-page.tsx` ? script : undefined),
      },
    ],
    build: {
      write: false,
      target: 'es2023',
      minify: false,
      modulePreload: false,
      rolldownOptions: { input: entry, output: { entryFileNames: 'page.js', chunkFileNames: '[name].js' } },
    },
  });
  if (!('output' in result)) throw new Error('expected one bundle');
  const files = new Map(result.output.map((file) => [`/${file.fileName}`, 'code' in file ? file.code : '']));
  const html =
    '<!doctype html><html lang="en"><title>page</title><body><main><h1>A page</h1><div id="place"></div></main><script type="module" src="/page.js"></script>';
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const found = files.get(pathname);
    response.setHeader('Content-Security-Policy', STRICT_POLICY);
    if (found === undefined && pathname !== '/')
      response.statusCode = pathname === '/favicon.ico' ? 204 : 404;
    response.setHeader('Content-Type', found === undefined ? 'text/html' : 'text/javascript');
    response.end(found ?? (pathname === '/' ? html : ''));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await chromium.launch(await chromiumLaunchOptions());
  const complaints: string[] = [];
  return {
    browser,
    origin,
    complaints,
    async open({ query = '', width = 1280, height = 800, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? 'dark' : 'light',
        acceptDownloads: true,
      });
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      await page.goto(`${origin}/${query}`);
      return page;
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
