import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gardenFolder, gardenQuestion } from './garden.js';
import { Program } from './program.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dagger-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const about = (...more: string[]): string[] => [
  '--docs',
  gardenFolder,
  '--out',
  join(folder, 'out'),
  ...more,
  gardenQuestion,
];

/** What readers have noted so far, a line each. */
const notes = (program: Program): string[] => program.stdout.match(/reader +q\d: .*/gu) ?? [];

test('killed with kill -9 again and again, it goes on where it was and gives the same answer', async () => {
  const whole = new Program(about());
  expect((await whole.ended).code).toBe(0);
  const journaled = about('--storage', join(folder, 'journal'), '--pace', '250');

  const runs: Program[] = [];
  // Four read at a time: when the fifth note is there, the first four are a quarter of a second old.
  for (const moment of [/searcher +q1/u, /(?:reader[\s\S]*){5}/u, /reasoner +q\d/u]) {
    const program = new Program(journaled);
    await program.printed(moment);
    program.child.kill('SIGKILL');
    expect((await program.ended).signal).toBe('SIGKILL');
    runs.push(program);
  }
  const last = new Program(journaled);
  expect((await last.ended).code).toBe(0);
  expect(last.stdout).toContain('going on with what an earlier run has left');
  expect(last.answer).toBe(whole.answer);

  const [, second, third] = runs;
  const finished = second ? notes(second).slice(0, 4) : [];
  expect(finished).toHaveLength(4);
  const later = [third, last].flatMap((program) => (program ? notes(program) : []));
  expect(later.filter((note) => finished.includes(note))).toEqual([]);
  expect(new Set([...runs, last].flatMap(notes))).toEqual(new Set(notes(whole)));

  const again = new Program(journaled);
  expect((await again.ended).code).toBe(0);
  expect(again.answer).toBe(whole.answer);
  expect(again.stdout).toContain('nothing was left to do');
  expect(notes(again)).toEqual([]);
}, 120_000);

test('Ctrl-C with a journal stops for now; the next start goes on', async () => {
  const whole = new Program(about());
  await whole.ended;
  const journaled = about('--storage', join(folder, 'journal'), '--pace', '250');
  const first = new Program(journaled);
  await first.printed(/searcher +q1/u);
  first.child.kill('SIGINT');
  expect(await first.ended).toEqual({ code: 130, signal: null });
  expect(first.stdout).toContain('Start again with the same arguments to go on.');
  expect(first.stdout).toMatch(/^Run \S+: paused/mu);
  const second = new Program(journaled);
  expect((await second.ended).code).toBe(0);
  expect(second.answer).toBe(whole.answer);
}, 60_000);
