import { existsSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { playwright } from '@vitest/browser-playwright';
import { type ConfigEnv, defaultClientConditions, defaultServerConditions, type UserConfig } from 'vite';
import type { TestProjectConfiguration, ViteUserConfig } from 'vitest/config';
import { bundledLicences } from './test/support/bundled-licences.js';
import { CHROMIUM_FLAGS, findChromium } from './test/support/find-chromium.js';
import { manifest, missingSources, packageEntries, packageRoot } from './test/support/package-entries.js';
import { projectCountsReporter } from './test/support/project-counts.js';

/**
 * One file for all that Vite does here: `vitest` (the tests), `vite build` (the library), `vite build --mode devtools-page`
 * (the page that `serveDevtools` serves), `vite` and `vite build --mode demo` (the demo page).
 *
 * The condition `dagger-source` makes `dagger-agents/…` mean our TypeScript sources, so that tests, demo and
 * examples import the package by its name, without a build.
 */
const sourceFirst: UserConfig = {
  resolve: { conditions: ['dagger-source', ...defaultClientConditions] },
  ssr: {
    resolve: {
      conditions: ['dagger-source', ...defaultServerConditions],
      externalConditions: ['dagger-source', 'node', 'module-sync'],
    },
  },
};

async function config({ command, mode }: ConfigEnv): Promise<ViteUserConfig> {
  // Tests build it, too: asked first.
  if (mode === 'devtools-page') return panelPage;
  if (process.env.VITEST !== undefined) {
    const reporters = ['default', projectCountsReporter()];
    return { ...sourceFirst, test: { reporters, projects: await testProjects() } };
  }
  if (command === 'serve' || mode === 'demo') return { ...sourceFirst, ...demoPage };
  return libraryBuild();
}
export default config;

/** The demo page: `npm run demo` serves it, `npm run build` writes it to demo/dist, to be opened from any path. */
const demoPage: UserConfig = {
  root: join(packageRoot, 'demo'),
  base: './',
  plugins: [react()],
  build: { outDir: 'dist', emptyOutDir: true, sourcemap: true, target: 'es2023' },
};

/** The panel as a page of its own, React included: a server that serves it need not have that installed. */
const panelPage: UserConfig = {
  root: join(packageRoot, 'devtools/server/page'),
  base: './',
  plugins: [react(), bundledLicences()],
  build: {
    outDir: join(packageRoot, 'dist/devtools/server/built-page'),
    emptyOutDir: true,
    target: 'es2023',
    // As files of their own: the page's policy allows no others.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
};

/**
 * ES modules of every entry in package.json; dynamic imports stay chunks of their own, dependencies stay outside. What
 * the doc comments say is in the `.d.ts` files; without them Node reads half as much.
 */
function libraryBuild(): UserConfig {
  const missing = missingSources();
  if (missing.length > 0) throw new Error(`package.json exports what does not exist: ${missing.join(', ')}`);
  return {
    plugins: [bundledLicences()],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      sourcemap: true,
      minify: false,
      target: 'es2023',
      lib: {
        entry: Object.fromEntries(packageEntries().map(({ name, source }) => [name, source])),
        formats: ['es'],
      },
      rolldownOptions: {
        external: runtimeDependencies(),
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          comments: { jsdoc: false, annotation: true, legal: true },
          codeSplitting: { groups: sharedCore },
        },
      },
    },
  };
}

/** Node pays about a millisecond for each file it imports: what several entry points share of the core is two files. */
const sharedCore = [
  { name: 'state', test: /[\\/]core[\\/]state[\\/]/, tags: ['$initial' as const], minShareCount: 2 },
  {
    name: 'foundation',
    test: /[\\/]core[\\/]([a-z]+|schema[\\/]compile-schema)\.ts$/,
    minShareCount: 2,
    priority: 1,
  },
];

/**
 * What the user's package manager installs is never bundled: dependencies, and the peers. Packages that are loaded by
 * every program (ajv, of a hundred files, among them) are bundled instead, and no dependencies: their licences are kept.
 */
function runtimeDependencies(): RegExp[] {
  const names = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return [/^node:/, ...names.map((name) => new RegExp(`^${name}(/|$)`))];
}

const nodeOnly = '**/*.node.test.{ts,tsx}';

async function testProjects(): Promise<TestProjectConfiguration[]> {
  // Where there is none, the projects that need one fail in require-chromium.ts; the others still run.
  const executablePath = await findChromium().catch(() => undefined);
  const launchOptions = { args: [...CHROMIUM_FLAGS], ...(executablePath && { executablePath }) };
  const requireChromium = join(packageRoot, 'test/support/require-chromium.ts');
  const servedPage = join(packageRoot, 'test/support/served-page.ts');
  return [
    {
      ...sourceFirst,
      test: {
        name: 'node',
        include: ['test/**/*.test.{ts,tsx}'],
        exclude: ['test/browser/**', 'test/e2e/**', 'test/types/**', '**/node_modules/**'],
        globalSetup: [servedPage],
        testTimeout: 30_000,
        sequence: { groupOrder: 1 },
      },
    },
    {
      ...sourceFirst,
      plugins: [react()],
      optimizeDeps: { include: browserDependencies() },
      test: {
        name: 'browser',
        include: ['test/core/**/*.test.{ts,tsx}', 'test/browser/**/*.test.{ts,tsx}'],
        exclude: [nodeOnly, '**/node_modules/**'],
        testTimeout: 30_000,
        globalSetup: [requireChromium],
        sequence: { groupOrder: 2 },
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider: playwright({ launchOptions }),
          instances: [{ browser: 'chromium' }],
        },
      },
    },
    {
      ...sourceFirst,
      test: {
        name: 'types',
        include: [],
        typecheck: {
          enabled: true,
          only: true,
          include: ['test/types/**/*.test-d.ts'],
          tsconfig: 'tsconfig.json',
          ignoreSourceErrors: true,
        },
        sequence: { groupOrder: 0 },
      },
    },
    {
      ...sourceFirst,
      test: {
        name: 'e2e',
        include: ['test/e2e/**/*.test.{ts,tsx}'],
        globalSetup: [requireChromium, servedPage],
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        sequence: { groupOrder: 3 },
      },
    },
  ];
}

/** Prepared before the first test: a dependency that is found on the way would reload the page in mid-test. */
function browserDependencies(): string[] {
  const wanted = ['ajv', 'ajv/dist/2020.js', '@cfworker/json-schema', 'idb-keyval', 'mitt', 'zod', 'valibot'];
  wanted.push('fast-check', 'react', 'react-dom', 'react-dom/client', 'react/jsx-dev-runtime', 'd3');
  return wanted.filter((name) =>
    existsSync(join(packageRoot, 'node_modules', name.split('/dist')[0] ?? name)),
  );
}
