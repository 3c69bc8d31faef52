import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCommand } from '../support/processes.js';
import { compileErrors, scratch } from './compile.js';
import { documents, readDocument } from './markdown.js';

interface Program {
  readonly name: string;
  readonly document: string;
  readonly code: string;
  /** The text block right after it. */
  readonly prints: string | undefined;
}

/** Every `ts` block that people read is a whole program; a `text` block right after one is what it prints. */
const programs = documents.flatMap(programsOf);

function programsOf(document: string): Program[] {
  const blocks = /^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm;
  return [...readDocument(document).matchAll(blocks)].map(([, code = '', prints], index) => ({
    name: `${document.replace(/\W/g, '-')}-${index + 1}.ts`,
    document,
    code,
    prints,
  }));
}

mkdirSync(scratch, { recursive: true });
const folder = mkdtempSync(join(scratch, 'run-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the documents have programs to check', () => {
  expect(new Set(programs.map(({ document }) => document)).size).toBeGreaterThanOrEqual(6);
});

test('all of them compile under the strictest settings', async () => {
  const files = programs.map(({ name, code }) => [name, code] as const);
  expect(await compileErrors(Object.fromEntries(files))).toEqual([]);
});

describe('each runs, and prints what the document says', () => {
  test.each(programs)('$name', async ({ name, code, prints }) => {
    const file = join(folder, name);
    writeFileSync(file, code);
    // What it stores where the platform keeps a user's data is stored in here.
    const environment = { HOME: folder, XDG_DATA_HOME: folder, LOCALAPPDATA: folder };
    const result = await runCommand('tsx', ['--conditions=dagger-source', file], { environment });
    expect(result).toEqual({ code: 0, output: prints ?? result.output });
  });
});
