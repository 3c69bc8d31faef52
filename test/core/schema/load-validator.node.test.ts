import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** A module of ours, as a program names it that stands nowhere. */
const module = (path: string): string =>
  JSON.stringify(new URL(`../../../core/${path}`, import.meta.url).href);

const LOADED = `
  import { loadValidator } from ${module('schema/load-validator.ts')};
  const notes = [];
  const validator = await loadValidator({ info: (note) => notes.push(note), warn() {} });
  const check = validator.compile({ type: 'object', properties: { url: { type: 'string' } } });
  console.log(JSON.stringify({ name: validator.name, notes, good: check({ url: 'x' }) ?? null, bad: check({ url: 7 }) }));
`;

const STAGED = `
  import { compileSchema } from ${module('schema/compile-schema.ts')};
  import { stagedValidator } from ${module('schema/load-validator.ts')};
  const notes = [];
  const validator = stagedValidator({ info: (note) => notes.push(note), warn() {} });
  const urls = compileSchema({ type: 'object', properties: { url: { type: 'string' } } }, validator, 'here');
  const good = urls.check({ url: 'x' });
  const notesBefore = notes.length;
  const bad = await urls.check({ url: 7 });
  console.log(JSON.stringify({ good: good.ok, notesBefore, bad: bad.issues, name: validator.name, notes }));
`;

/** What a program prints, in a Node started with these flags. */
async function inNode(program: string, ...flags: string[]): Promise<unknown> {
  const args = [...flags, '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args, { timeout: 20_000 });
  return JSON.parse(stdout);
}

const bad = [{ path: '/url', message: 'must be string', received: '7' }];

test('Node that refuses generated code gets the eval-free validator, and one note', async () => {
  expect(await inNode(LOADED, '--disallow-code-generation-from-strings')).toEqual({
    name: 'cfworker',
    notes: [expect.stringContaining('refuses generated code')],
    good: null,
    bad,
  });
});

test('any other Node gets ajv, with the same issues', async () => {
  expect(await inNode(LOADED)).toEqual({ name: 'ajv', notes: [], good: null, bad });
});

test('in stages, refused code is found out at the first value that has to wait, with the same words', async () => {
  const refused = await inNode(STAGED, '--disallow-code-generation-from-strings');
  const notes = [expect.stringContaining('refuses generated code')];
  expect(refused).toEqual({ good: true, notesBefore: 0, bad, name: 'cfworker', notes });
  expect(await inNode(STAGED)).toEqual({ good: true, notesBefore: 0, bad, name: 'ajv', notes: [] });
});
