import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** What a program sees that loads a validator and checks two values, in a Node started with these flags. */
async function inNode(...flags: string[]): Promise<unknown> {
  const program = `
    import { loadValidator } from ${JSON.stringify(new URL('../../../core/schema/load-validator.ts', import.meta.url).href)};
    const notes = [];
    const validator = await loadValidator((note) => notes.push(note));
    const check = validator.compile({ type: 'object', properties: { url: { type: 'string' } } });
    console.log(JSON.stringify({ name: validator.name, notes, good: check({ url: 'x' }) ?? null, bad: check({ url: 7 }) }));
  `;
  const args = [...flags, '--import', 'tsx', '--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args, { timeout: 20_000 });
  return JSON.parse(stdout);
}

const bad = [{ path: '/url', message: 'must be string', received: '7' }];

test('Node that refuses generated code gets the eval-free validator, and one note', async () => {
  expect(await inNode('--disallow-code-generation-from-strings')).toEqual({
    name: 'cfworker',
    notes: [expect.stringContaining('refuses generated code')],
    good: null,
    bad,
  });
});

test('any other Node gets ajv, with the same issues', async () => {
  expect(await inNode()).toEqual({ name: 'ajv', notes: [], good: null, bad });
});
