import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-entries.js';

/** What people read: the front page, the changelog, and everything in docs/. */
export const documents: readonly string[] = [
  'README.md',
  'CHANGELOG.md',
  ...readdirSync(join(packageRoot, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** The text of a document of this repository. */
export function readDocument(path: string): string {
  return readFileSync(join(packageRoot, path), 'utf8');
}

/** The cells of every table row under each `##` heading, without the heads of the tables. */
export function tablesByHeading(markdown: string): Map<string, string[][]> {
  const tables = new Map<string, string[][]>();
  let heading = '';
  let inBody = false;
  for (const line of markdown.split('\n')) {
    if (line.startsWith('## ')) heading = line.slice(3).trim();
    if (!line.startsWith('|')) {
      inBody = false;
    } else if (/^\|[\s:|-]+\|$/.test(line)) {
      inBody = true;
    } else if (inBody) {
      const cells = line.split(/(?<!\\)\|/).slice(1, -1);
      tables.set(heading, [...(tables.get(heading) ?? []), cells.map((cell) => cell.trim())]);
    }
  }
  return tables;
}

/** The contents of `code spans`. */
export function codeSpans(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The fenced blocks of a language, in order. */
export function codeBlocks(markdown: string, language: string): string[] {
  return [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)]
    .filter(([, found]) => found === language)
    .map(([, , code = '']) => code);
}
