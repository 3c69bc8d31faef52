import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BrowserContext, CDPSession, Page } from 'playwright';
import { build } from 'vite';

/** A site that serves one page. With page.ts: a lab for a store that `?store=` names, at `window.lab`. */
export interface Site {
  readonly url: string;
  readonly origin: string;
  close(): void;
}

/** @param entry The page's script. Default: page.ts beside this file. */
export async function startSite(entry: string = join(import.meta.dirname, 'page.ts')): Promise<Site> {
  const script = await bundle(entry);
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? script : '<!doctype html><title>lab</title><script type="module" src="/page.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
  const origin = `http://localhost:${port}`;
  return {
    url: `${origin}/`,
    origin,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A new tab with a lab on a store. */
export async function openTab(context: BrowserContext, site: Site, store: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${site.url}?store=${encodeURIComponent(store)}`); // its script has run when it is loaded
  return page;
}

/** Chromium's own tools for a tab. */
export function devtools(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}

/** As the browser does with tabs in the background: no timer, no message, no microtask runs any more. */
export async function freeze(page: Page): Promise<() => Promise<void>> {
  const session = await devtools(page);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
  return async () => {
    await session.send('Page.setWebLifecycleState', { state: 'active' });
  };
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      target: 'es2023',
      rolldownOptions: { output: { codeSplitting: false } }, // one script, whatever it loads later
      lib: { entry, formats: ['es'], fileName: 'page' },
    },
  });
  const output = Array.isArray(built) ? built[0] : built;
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}
