import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright';
import { CHROMIUM_FLAGS, findChromium } from '../../support/find-chromium.js';

/**
 * A Chromium as people run it, in a group of processes of its own that can be killed at once. One that Playwright
 * starts keeps every page awake and in focus, so that none can be frozen.
 */
export interface RealBrowser {
  /** The user's own context: its tabs share one store. */
  readonly context: BrowserContext;
  /** Whether it has written this among its errors. */
  hasReported(text: string): boolean;
  /** Kills all its processes at this moment, as a crash does. The profile stays. */
  kill(): Promise<void>;
  /** Ends it, and deletes the profile if it was not given. */
  end(): Promise<void>;
}

/** @param profile Folder of the profile, to find again what an earlier one has stored. Default: a new one. */
export async function startBrowser(profile?: string): Promise<RealBrowser> {
  const folder = profile ?? (await makeProfile());
  const child = spawn(
    await findChromium(),
    [
      ...CHROMIUM_FLAGS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      '--no-default-browser-check',
      '--password-store=basic',
      '--enable-logging=stderr',
      '--log-level=2',
      'about:blank',
    ],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors += text.toString();
  });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const killGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // it is gone already
    }
  };
  process.once('exit', killGroup);
  let browser: Browser;
  try {
    browser = await chromium.connectOverCDP(await debuggerAddress(child), { noDefaults: true });
  } catch (error) {
    killGroup();
    throw error;
  }
  const kill = async (): Promise<void> => {
    killGroup();
    await gone;
    process.off('exit', killGroup);
  };
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('the browser has no context');
  return {
    context,
    hasReported: (text) => errors.includes(text),
    kill,
    end: async () => {
      await kill();
      if (profile === undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

export function makeProfile(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'dagger-profile-'));
}

function debuggerAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.on('data', (text: Buffer) => {
      printed += text.toString();
      const address = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`the browser ended with ${code}: ${printed}`)));
  });
}
