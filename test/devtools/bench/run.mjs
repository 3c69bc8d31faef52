// Runs a benchmark of the panel, bundled as an application would be: what runs TypeScript directly keeps the names of
// closures, which slows them down. node test/devtools/bench/run.mjs opening | main-thread | recording [arguments …]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const [name, ...rest] = process.argv.slice(2);
// As deep as the helpers that look for the package from where they are.
const bundle = fileURLToPath(new URL(`../${name}.tmp.mjs`, import.meta.url));
await build({
  entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  conditions: ['dagger-source'],
  logLevel: 'error',
});
const { status } = spawnSync(process.execPath, ['--expose-gc', bundle, ...rest], { stdio: 'inherit' });
rmSync(bundle);
process.exitCode = status ?? 1;
