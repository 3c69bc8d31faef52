import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ERROR_CODES } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../support/package-entries.js';
import { codeBlocks, codeSpans, documents, readDocument, tablesByHeading } from './markdown.js';

const readme = readDocument('README.md');
const tables = tablesByHeading(readme);

test('the first agent fits in 20 lines', () => {
  const lines = (codeBlocks(readme, 'ts')[0] ?? '').split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.length).toBeLessThanOrEqual(20);
});

test('every error code has its row, with a cause and a cure', () => {
  const rows = tables.get('Errors') ?? [];
  expect(rows.map(([code = '']) => code)).toEqual(ERROR_CODES.map((code) => `\`${code}\``));
  for (const [code, cause = '', cure = ''] of rows) {
    expect(cause.length, `cause of ${code}`).toBeGreaterThan(10);
    expect(cure.length, `cure of ${code}`).toBeGreaterThan(10);
  }
});

test('every dependency is named once, with its reason', () => {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const { dependencies, peerDependencies, devDependencies } = manifest;
  const wanted = new Set(Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }));
  const rows = tables.get('Dependencies') ?? [];
  expect(rows.flatMap(([names = '']) => codeSpans(names)).sort()).toEqual([...wanted].sort());
  for (const [names, reason = ''] of rows) expect(reason.length, names).toBeGreaterThan(10);
});

test('every example is in the list', () => {
  const linked = [...readme.matchAll(/\| \[[\w-]+\]\((demo\/examples\/[\w-]+\.ts)\)/g)].map(
    ([, path = '']) => path,
  );
  expect(linked.length).toBe(7);
});

describe('links inside the repository lead somewhere', () => {
  test.each(documents)('%s', (document) => {
    const text = readDocument(document).replace(/^```[\s\S]*?^```$/gm, '');
    const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter(
      (target) => !target.startsWith('https://') && !leadsSomewhere(document, target),
    );
    expect(broken).toEqual([]);
  });
});

function leadsSomewhere(document: string, target: string): boolean {
  const [path = '', fragment] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(join(packageRoot, file))) return false;
  return fragment === undefined || anchors(readDocument(file)).includes(fragment);
}

/** How GitHub names the headings of a page. */
function anchors(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
