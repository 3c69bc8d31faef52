import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Progress } from '../../demo/headless/progress.js';
import { gardenFolder, gardenQuestion } from './garden.js';
import { Program } from './program.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dagger-headless-'));
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

describe('piped', () => {
  test('prints plain lines, the answer with its sources, the figures, and writes the tree', async () => {
    const program = new Program(about());
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stderr).toBe('');
    expect(program.stdout).not.toContain('\u001b');
    expect(program.stdout).toMatch(/^ +\d+\.\d s {2}searcher +q1: \d documents? to read$/mu);
    expect(program.answer).toContain(`Question: ${gardenQuestion}`);
    expect(program.answer).toMatch(/^ {2}\[1\] \S+\.(?:md|txt):\d+$/mu);
    expect(program.stdout).toMatch(/^Run \S+: completed in \d+\.\d\d s, 5 documents$/mu);
    expect(program.stdout).toMatch(/^ {2}messages +\d+ published, \d+ delivered, 0 dropped/mu);
    expect(program.stdout).toMatch(/^ {2}reader +\d+ +0 +\d+ ms$/mu);
    const dot = join(folder, 'out', 'research.dot');
    expect(program.stdout).toContain(dot);
    expect(readFileSync(dot, 'utf8')).toMatch(/^digraph [\s\S]*reader[\s\S]*\}\n$/u);
    if (program.stdout.includes('.svg'))
      expect(readFileSync(join(folder, 'out', 'research.svg'), 'utf8')).toContain('<svg');
    else expect(existsSync(join(folder, 'out', 'research.svg'))).toBe(false);
  });

  test('prints its help', async () => {
    const program = new Program(['--help']);
    expect((await program.ended).code).toBe(0);
    for (const option of ['--docs', '--out', '--storage', '--rounds', '--pace', '--devtools'])
      expect(program.stdout).toContain(option);
  });

  test.each([
    [['--nonsense'], /--nonsense/u],
    [['--docs', '/no/such/folder', 'why?'], /no folder "\/no\/such\/folder"/u],
  ])('refuses %j with exit code 2 and a reason', async (programArguments, reason) => {
    const program = new Program(programArguments);
    expect((await program.ended).code).toBe(2);
    expect(program.stderr).toMatch(reason);
    expect(program.stderr).not.toMatch(/^\s+at /mu);
  });

  test('says so when the documents know nothing', async () => {
    const program = new Program(['--docs', gardenFolder, '--out', folder, 'Do helicopters hover?']);
    expect((await program.ended).code).toBe(0);
    expect(program.answer).toContain('The documents say nothing about this.');
  });
});

test('Ctrl-C ends the run, still reports, and exits with 130', async () => {
  const program = new Program(about('--pace', '250'));
  await program.printed(/searcher +q1/u);
  program.child.kill('SIGINT');
  expect(await program.ended).toEqual({ code: 130, signal: null });
  expect(program.stdout).toMatch(/^No answer: /mu);
  expect(program.stdout).toMatch(/^Run \S+: cancelled/mu);
  expect(program.stdout).toMatch(/^ {2}planner +1 +0/mu);
  expect(program.stderr).toBe('');
});

test('with --devtools the panel is served until Ctrl-C, also when all is done', async () => {
  const program = new Program(about('--devtools'));
  await program.printed(/^The panel is served until Ctrl-C\.$/mu);
  const url = /panel +(http:\S+)/u.exec(program.stdout)?.[1] ?? expect.fail(program.stdout);
  expect(await (await fetch(url)).text()).toContain('<title>Dagger devtools</title>');
  program.child.kill('SIGINT');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(program.stderr).toBe('');
});

describe('on a terminal', () => {
  const screen = (columns: number) => {
    const written: string[] = [];
    return { written, isTTY: true, columns, write: (text: string) => written.push(text) };
  };

  test('one line changes in place, never longer than the screen, and is gone at the end', () => {
    const terminal = screen(30);
    const progress = new Progress(terminal);
    progress.step('a step with a text far longer than thirty columns');
    progress.detail('a detail');
    progress.stop();
    expect(terminal.written).toHaveLength(3);
    for (const text of terminal.written) {
      expect(text.startsWith('\r\u001b[2K')).toBe(true);
      expect([...text.slice(5)].length).toBeLessThan(30);
      expect(text).not.toContain('\n');
    }
    expect(terminal.written.at(-1)).toBe('\r\u001b[2K');
  });

  test('elsewhere every step is a line, and details are left out', () => {
    const written: string[] = [];
    const progress = new Progress({ write: (text: string) => written.push(text) });
    progress.step('one');
    progress.detail('two');
    progress.stop();
    expect(written).toEqual([expect.stringMatching(/^ +\d\.\d s {2}one\n$/u)]);
  });
});
