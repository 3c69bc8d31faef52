import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../support/package-entries.js';
import { runCommand } from '../support/processes.js';

/** Inside the package, so that programs in there import it by its name as users do; left out of git, lint and types. */
export const scratch: string = join(packageRoot, 'test/types/.tmp');

/**
 * What the compiler has to say about programs that use this package, under our own strict settings:
 * `file.ts(line,column): error …`, one each; nothing when all is well.
 */
export async function compileErrors(files: Readonly<Record<string, string>>): Promise<string[]> {
  mkdirSync(scratch, { recursive: true });
  const folder = mkdtempSync(join(scratch, 'docs-'));
  try {
    const compilerOptions = { declaration: false, isolatedDeclarations: false, noUnusedLocals: false };
    const config = {
      extends: join(packageRoot, 'tsconfig.json'),
      compilerOptions,
      include: [],
      exclude: [],
      files: Object.keys(files),
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const { code, output } = await runCommand('tsc', ['-p', folder, '--pretty', 'false']);
    const errors = output.split('\n').filter((line) => /error TS\d+:/.test(line));
    if (code !== 0 && errors.length === 0) throw new Error(`the compiler failed:\n${output}`);
    // The package's own sources are the business of the type check of the whole repository.
    const inside = `${basename(folder)}/`;
    return errors
      .filter((line) => line.includes(inside))
      .map((line) => line.slice(line.indexOf(inside) + inside.length));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
