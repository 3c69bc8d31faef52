import { readFileSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { build as buildWithVite } from 'vite';

export const BENCH: string = dirname(fileURLToPath(import.meta.url));
export const ROOT: string = join(BENCH, '..', '..');
export const PEERS: string = join(BENCH, 'peers');

/** Inside the peers' folder, so that what is built there finds the peers' packages; ignored by git. */
const OUTPUT = join(PEERS, '.build');

/** Not bundled: what is CommonJS and imported when needed loses its names when esbuild puts it into a file of its own. */
const LOADED_BY_NODE = ['ajv', 'ajv/*'];

/** Where the built modules are. */
export interface Bundles {
  readonly child: string;
  /** The built file of a source file in this folder: `bundles.of('probes/memory.ts')`. */
  of(source: string): string;
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

/** The packages that only the peers need, by name; the optional ones (native, built on install) last. */
export function peerPackages(): { needed: string[]; optional: string[] } {
  const manifest: Manifest = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8'));
  return { needed: Object.keys(manifest.dependencies), optional: Object.keys(manifest.optionalDependencies) };
}

/**
 * Bundles the child process and every module it may be asked for, from the sources. Running the TypeScript directly
 * would measure the loader as well: it wraps every closure to keep its name.
 */
export async function bundleForNode(sources: readonly string[]): Promise<Bundles> {
  await rm(OUTPUT, { recursive: true, force: true });
  await mkdir(OUTPUT, { recursive: true });
  const entry = (source: string): string => source.replace(/\.ts$/, '').replaceAll('/', '-');
  await build({
    entryPoints: Object.fromEntries(
      ['child.ts', ...sources].map((source) => [entry(source), join(BENCH, source)]),
    ),
    outdir: OUTPUT,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['dagger-source'],
    external: [...Object.values(peerPackages()).flat(), ...LOADED_BY_NODE],
    logLevel: 'error',
  });
  const of = (source: string): string => join(OUTPUT, `${entry(source)}.mjs`);
  return { child: of('child.ts'), of };
}

/** Bundles one module into one text, for a page or for a start-up measurement. */
export async function bundleToText(options: {
  readonly contents: string;
  readonly platform: 'browser' | 'node';
  readonly conditions: readonly string[];
}): Promise<string> {
  const result = await build({
    stdin: { contents: options.contents, resolveDir: BENCH, loader: 'ts', sourcefile: 'entry.ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: options.platform,
    target: options.platform === 'node' ? 'node20' : 'es2023',
    conditions: [...options.conditions],
    logLevel: 'error',
  });
  return result.outputFiles[0]?.text ?? '';
}

/** The package as it is published, from the sources as they are now; the folder takes the place of `dist/`. */
export async function buildPackage(): Promise<string> {
  const outDir = join(OUTPUT, 'package');
  const configFile = join(ROOT, 'vite.config.ts');
  await buildWithVite({ root: ROOT, configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } });
  return outDir;
}
