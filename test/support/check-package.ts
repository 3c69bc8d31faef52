import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifest, packageRoot } from './package-entries.js';
import { runCommand } from './processes.js';

/**
 * Packs the built package as npm would and looks at the result as its users will: publint, are-the-types-wrong, and
 * that our type declarations name no package that is not installed with us. Needs `npm run build` before.
 */
async function main(): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'dagger-pack-'));
  try {
    const packed = await runCommand('npm', ['pack', '--ignore-scripts', '--pack-destination', scratch]);
    const archive = readdirSync(scratch).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error(`npm pack failed:\n${packed.output}`);
    const file = join(scratch, archive);
    await demand('publint', ['run', file, '--strict']);
    await demand('attw', [file, '--profile', 'esm-only', '--no-definitely-typed', '--no-emoji']);
    demandNoStrangersInTypes();
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function demand(command: string, commandArguments: readonly string[]): Promise<void> {
  const { code, output } = await runCommand(command, commandArguments);
  console.log(output);
  if (code !== 0) {
    console.log(`${command} found problems`);
    process.exitCode = 1;
  }
}

/** d3 is bundled into the panel: were its types in ours, they would be `any` for whoever has not installed it. */
function demandNoStrangersInTypes(): void {
  const allowed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  const files = readdirSync(join(packageRoot, 'dist'), { recursive: true, encoding: 'utf8' });
  for (const name of files.filter((file) => file.endsWith('.d.ts'))) {
    const text = readFileSync(join(packageRoot, 'dist', name), 'utf8');
    for (const [, specifier = ''] of text.matchAll(/(?:from |import\()['"]([^'"]+)['"]/g)) {
      const known = allowed.some((each) => specifier === each || specifier.startsWith(`${each}/`));
      if (!known && !specifier.startsWith('.')) {
        console.log(`dist/${name} names ${specifier}, which is not installed with the package`);
        process.exitCode = 1;
      }
    }
  }
}

await main();
