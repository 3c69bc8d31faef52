import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-entries.js';
import { runCommand } from './processes.js';

/** What the page is made of. */
const SOURCES = ['core', 'devtools'];
const PAGE = join(packageRoot, 'dist/devtools/server/built-page/index.html');

/**
 * Before the first test: builds the page that `serveDevtools` serves, unless it is there and newer than its sources. A checkout has
 * none before its first build.
 */
export async function setup(): Promise<void> {
  const newest = Math.max(...SOURCES.flatMap(filesIn).map(changedAt));
  if (changedAt(PAGE) >= newest) return;
  const { code, output } = await runCommand('vite', ['build', '--mode', 'devtools-page'], {
    // Vitest has another one, and React would be the one for development.
    environment: { NODE_ENV: 'production' },
  });
  if (code !== 0) throw new Error(`the page could not be built:\n${output}`);
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(join(packageRoot, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** 0 for what is not there. */
function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
