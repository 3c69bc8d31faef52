import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './processes.js';
import { countsFileVariable, type ProjectCounts, type TestCounts } from './project-counts.js';

/**
 * `npm test`: everything that must hold before a change lands, in one command, without the network.
 * Ends with `N passed, N failed` on a line of its own: the tests of all projects, and each broken check as a failure.
 */

interface Check {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  /** The check without which this one has nothing to look at. */
  readonly needs?: string;
}

const scratch = mkdtempSync(join(tmpdir(), 'dagger-gate-'));

const checks: readonly Check[] = [
  {
    name: 'format and lint',
    command: 'biome',
    arguments: ['ci', '.', '--error-on-warnings', '--colors=off'],
  },
  { name: 'types', command: 'tsc', arguments: ['-p', 'tsconfig.json'] },
  { name: 'build', command: 'npm', arguments: ['run', '--silent', 'build'] },
  { name: 'package', command: 'tsx', arguments: ['test/support/check-package.ts'], needs: 'build' },
  { name: 'size', command: 'tsx', arguments: ['test/support/size.ts'], needs: 'build' },
];

/** Every vitest project of vite.config.ts. */
const projects = ['types', 'node', 'browser', 'e2e'];

async function main(): Promise<void> {
  const broken = new Set<string>();
  for (const check of checks) {
    if (check.needs !== undefined && broken.has(check.needs)) {
      console.log(`BROKEN ${check.name} (needs ${check.needs})`);
      broken.add(check.name);
      continue;
    }
    const started = performance.now();
    const { code, output } = await runCommand(check.command, check.arguments);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'BROKEN'} ${check.name} (${seconds} s)`);
    // What a size is worth is seen over time, so it is printed even when it holds.
    if (code !== 0 || check.name === 'size') console.log(output);
    if (code !== 0) broken.add(check.name);
  }
  const counts = await runTests();
  const sum = (field: keyof ProjectCounts): number =>
    Object.values(counts).reduce((total, project) => total + project[field], 0);
  if (sum('skipped') > 0)
    console.log(`BROKEN ${sum('skipped')} tests are switched off; each counts as failed`);
  const failed = sum('failed') + sum('skipped') + broken.size;
  console.log(
    `${sum('passed') + sum('failed')} tests ran in ${sum('files')} files, and ${checks.length} checks`,
  );
  console.log(`${sum('passed')} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function runTests(): Promise<TestCounts> {
  const file = join(scratch, 'counts.json');
  const { code } = await runCommand('vitest', ['run'], {
    show: true,
    environment: { [countsFileVariable]: file },
  });
  const counts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestCounts) : {};
  for (const name of projects) {
    const ran = Object.keys(counts).some((project) => project.split(' ')[0] === name);
    // A project whose tests are not even found is a hole in the fence, whatever the runner thinks of it.
    if (!ran) counts[name] = { passed: 0, failed: 1, skipped: 0, files: 0 };
    if (!ran) console.log(`BROKEN no test of the project ${name} ran`);
  }
  // An error outside every test (an unhandled rejection, a crashed worker) fails the run though no test failed.
  const blamed = Object.values(counts).some((project) => project.failed > 0);
  if (code !== 0 && !blamed) counts['outside every test'] = { passed: 0, failed: 1, skipped: 0, files: 0 };
  return counts;
}

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
