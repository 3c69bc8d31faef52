import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../support/package-entries.js';

const rows = readFileSync(join(packageRoot, 'test/FAULTS.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/u.test(line))
  .map((line) => {
    const [, number = '', , , shownBy = ''] = line.split('|');
    return {
      number: Number(number),
      files: [...shownBy.matchAll(/`([^`]+)`/gu)].map(([, file = '']) => file),
    };
  });

test('every fault of the list has its row, in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
});

test('every row names at least one test file, and every file named is there and tests something', () => {
  for (const { number, files } of rows) {
    expect(files.length, `fault ${number}`).toBeGreaterThan(0);
    for (const file of files) {
      const path = join(packageRoot, 'test', file);
      expect(existsSync(path), `fault ${number}: ${file}`).toBe(true);
      expect(readFileSync(path, 'utf8'), file).toMatch(/\b(test|storageConformance|simulateSeeds)\b/u);
    }
  }
});
