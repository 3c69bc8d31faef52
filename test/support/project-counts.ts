import { writeFileSync } from 'node:fs';
import type { Reporter } from 'vitest/node';

/** How the tests of one vitest project went. */
export interface ProjectCounts {
  passed: number;
  failed: number;
  /** Skipped, or marked to be written later. */
  skipped: number;
  files: number;
}

/** By project: `node`, `browser (chromium)`, `types`, `e2e`. */
export type TestCounts = Record<string, ProjectCounts>;

/** Where the gate wants the counts; without it they are only printed. */
export const countsFileVariable = 'DAGGER_TEST_COUNTS';

/** A vitest reporter that says at the end how many tests each project ran. */
export function projectCountsReporter(): Reporter {
  return {
    onTestRunEnd(modules) {
      const counts: TestCounts = {};
      for (const module of modules) {
        const name = module.project.name;
        const project = counts[name] ?? { passed: 0, failed: 0, skipped: 0, files: 0 };
        counts[name] = project;
        project.files += 1;
        const failedBefore = project.failed;
        for (const test of module.children.allTests()) {
          const { state } = test.result();
          if (state === 'passed') project.passed += 1;
          else if (state === 'failed') project.failed += 1;
          else project.skipped += 1;
        }
        // A file that cannot even be loaded, or whose hook fails, has no test to blame.
        if (module.state() === 'failed' && project.failed === failedBefore) project.failed += 1;
      }
      for (const [name, { passed, failed, skipped, files }] of Object.entries(counts)) {
        console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped, in ${files} files`);
      }
      const file = process.env[countsFileVariable];
      if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
    },
  };
}
