import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { packageEntries, packageRoot } from './package-entries.js';

/**
 * What an import of each entry point costs a page: bundled with its dependencies and minified, gzipped, React left
 * out. `first` is what loads at once; `lazy` are the chunks that load when they are needed (a validator, a view).
 * Budgets are in bytes, about a tenth above today's sizes: a new feature may raise one, in the commit that brings it.
 */
const budgets: Readonly<Record<string, { readonly first: number; readonly lazy: number }>> = {
  'core/index': { first: 50_500, lazy: 57_500 },
  'storage-adapters/key-value': { first: 3_400, lazy: 0 },
  'storage-adapters/open-storage.browser': { first: 10_000, lazy: 0 },
  'storage-adapters/open-storage.node': { first: 13_800, lazy: 0 },
  'storage-adapters/memory': { first: 2_500, lazy: 0 },
  'storage-adapters/indexeddb': { first: 10_000, lazy: 0 },
  'storage-adapters/filesystem': { first: 13_800, lazy: 0 },
  'core/inspection/index': { first: 18_900, lazy: 0 },
  'devtools/noop': { first: 400, lazy: 0 },
  'devtools/index': { first: 6_600, lazy: 101_000 },
  'devtools/mount': { first: 6_300, lazy: 101_000 },
  'devtools/server/serve-devtools': { first: 13_000, lazy: 0 },
  'core/testing/index': { first: 1_800, lazy: 0 },
  'storage-adapters/testing/conformance': { first: 6_000, lazy: 0 },
};

interface Size {
  readonly first: number;
  readonly lazy: number;
}

async function measure(file: string): Promise<Size> {
  const output = await build({
    root: packageRoot,
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      write: false,
      minify: true,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: file,
        external: [/^node:/, /^react(-dom)?(\/|$)/],
        preserveEntrySignatures: 'strict',
      },
    },
  });
  const chunks = (Array.isArray(output) ? output : [output])
    .flatMap((each) => ('output' in each ? each.output : []))
    .filter((each): each is Rolldown.OutputChunk => each.type === 'chunk');
  const first = new Set(
    chunks.filter((chunk) => chunk.isEntry).flatMap((chunk) => loadedWith(chunk, chunks)),
  );
  const sizeOf = (wanted: readonly Rolldown.OutputChunk[]): number =>
    wanted.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0);
  return { first: sizeOf([...first]), lazy: sizeOf(chunks.filter((chunk) => !first.has(chunk))) };
}

function loadedWith(
  chunk: Rolldown.OutputChunk,
  all: readonly Rolldown.OutputChunk[],
): Rolldown.OutputChunk[] {
  const inner = all.filter((each) => chunk.imports.includes(each.fileName));
  return [chunk, ...inner.flatMap((each) => loadedWith(each, all))];
}

async function main(): Promise<void> {
  const names = packageEntries().map(({ name }) => name);
  const strangers = Object.keys(budgets).filter((name) => !names.includes(name));
  if (strangers.length > 0) throw new Error(`Budgets for what is not exported: ${strangers.join(', ')}`);
  console.log('entry point, gzipped'.padEnd(40), 'first (budget)'.padEnd(20), 'lazy (budget)');
  for (const name of names) {
    const budget = budgets[name];
    if (budget === undefined) throw new Error(`${name} has no size budget in test/support/size.ts`);
    const size = await measure(join(packageRoot, 'dist', `${name}.js`));
    const over = size.first > budget.first || size.lazy > budget.lazy;
    console.log(
      name.padEnd(40),
      `${size.first} (${budget.first})`.padEnd(20),
      `${size.lazy} (${budget.lazy})${over ? '  OVER BUDGET' : ''}`,
    );
    if (over) process.exitCode = 1;
  }
}

await main();
