import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Flags for a Chromium that tests on its own: no sandbox (containers run as root), no GPU, and nothing of what a
 * browser does by itself on the network.
 */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What `chromium.launch` of Playwright takes. */
export interface ChromiumLaunchOptions {
  readonly executablePath: string;
  readonly args: string[];
}

/** One place where a Chromium may be. Answers undefined when there is none. */
type Search = () => string | undefined | Promise<string | undefined>;

const searches: Readonly<Record<string, Search>> = { playwright, system, npm };

/**
 * Finds a Chromium: the one of `CHROME_PATH`, else Playwright's own, else the system's, else the one that the npm
 * package `@sparticuz/chromium` carries (Linux x64). The answer is kept in `CHROME_PATH`, so that it is looked for
 * once in a whole tree of processes. Set `CHROMIUM_SOURCE` to `playwright`, `system` or `npm` to force one place.
 *
 * @throws Error with what to do when there is none. A test that needs a browser never passes without one.
 */
export async function findChromium(): Promise<string> {
  const given = process.env.CHROME_PATH;
  if (given !== undefined && given !== '') {
    if (isExecutable(given)) return given;
    throw new Error(`CHROME_PATH is ${given}, where there is no executable file.`);
  }
  const forced = process.env.CHROMIUM_SOURCE;
  const places = forced === undefined || forced === '' ? Object.keys(searches) : [forced];
  for (const place of places) {
    const found = await searches[place]?.();
    if (found !== undefined) {
      process.env.CHROME_PATH = found;
      return found;
    }
  }
  throw new Error(
    `No Chromium found (looked in: ${places.join(', ')}). Install one ("apt-get install chromium", or ` +
      '"npx playwright install chromium"), or set CHROME_PATH to the executable of a Chromium or Chrome.',
  );
}

/** The executable and the flags, as Playwright takes them. */
export async function chromiumLaunchOptions(): Promise<ChromiumLaunchOptions> {
  return { executablePath: await findChromium(), args: [...CHROMIUM_FLAGS] };
}

async function playwright(): Promise<string | undefined> {
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return isExecutable(path) ? path : undefined;
}

function system(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const candidates = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  candidates.push('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  return candidates.find(isExecutable);
}

async function npm(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  // Read when the package is imported: it then unpacks the shared libraries that a bare Linux lacks, and puts them
  // on LD_LIBRARY_PATH, which the browser inherits from us.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs20.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  const path = await packaged.executablePath();
  return isExecutable(path) ? path : undefined;
}

function isExecutable(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
