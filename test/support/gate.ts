import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './processes.js';

/**
 * `npm test`: everything that must hold before a change lands, in one command, without the network.
 * Ends with `N passed, N failed` on a line of its own: the tests of all projects, and each broken check as a failure.
 */

interface Check {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly files: number;
}

/** The part of vitest's JSON report that we read. */
interface TestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

const scratch = mkdtempSync(join(tmpdir(), 'dagger-gate-'));

const checks: readonly Check[] = [
  { name: 'format and lint', command: 'biome', arguments: ['ci', '.', '--error-on-warnings'] },
  { name: 'types', command: 'tsc', arguments: ['-p', 'tsconfig.json'] },
  { name: 'build', command: 'npm', arguments: ['run', '--silent', 'build'] },
  { name: 'package', command: 'tsx', arguments: ['test/support/check-package.ts'] },
  { name: 'size', command: 'tsx', arguments: ['test/support/size.ts'] },
];

async function main(): Promise<void> {
  let broken = 0;
  for (const check of checks) {
    const started = performance.now();
    const { code, output } = await runCommand(check.command, check.arguments);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'BROKEN'} ${check.name} (${seconds} s)`);
    // What a size is worth is seen over time, so it is printed even when it holds.
    if (code !== 0 || check.name === 'size') console.log(output);
    if (code !== 0) broken += 1;
  }
  const tests = await runTests();
  if (tests.skipped > 0) console.log(`BROKEN ${tests.skipped} tests are switched off; each counts as failed`);
  const failed = tests.failed + tests.skipped + broken;
  console.log(`${tests.passed + tests.failed} tests ran in ${tests.files} files, ${checks.length} checks`);
  console.log(`${tests.passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && tests.passed > 0 ? 0 : 1;
}

async function runTests(): Promise<TestCounts> {
  const reportFile = join(scratch, 'tests.json');
  const { code } = await runCommand(
    'vitest',
    ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
    { show: true },
  );
  const counts = countTests(reportFile);
  // An error outside every test (an unhandled rejection, a missing browser) fails the run though no test failed.
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function countTests(reportFile: string): TestCounts {
  let report: TestReport;
  try {
    report = JSON.parse(readFileSync(reportFile, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0, files: 0 }; // the run ended before it could report
  }
  let [passed, failed, skipped] = [0, 0, 0];
  for (const file of report.testResults) {
    const results = file.assertionResults;
    passed += results.filter(({ status }) => status === 'passed').length;
    const failures = results.filter(({ status }) => status === 'failed').length;
    skipped += results.filter(({ status }) => status !== 'passed' && status !== 'failed').length;
    // A file that cannot even be loaded has no test to blame.
    failed += failures === 0 && file.status === 'failed' ? 1 : failures;
  }
  return { passed, failed, skipped, files: report.testResults.length };
}

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
