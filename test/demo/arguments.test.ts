import { expect, test } from 'vitest';
import { HELP, readArguments, UsageError } from '../../demo/headless/arguments.js';
import { DEFAULT_QUESTION } from '../../demo/research/default-question.js';

test('nothing said means the default question about the installed packages, two rounds, no waiting', () => {
  expect(readArguments([])).toEqual({
    question: DEFAULT_QUESTION,
    docs: undefined,
    out: undefined,
    storage: undefined,
    rounds: 2,
    pace: 0,
    devtools: false,
    help: false,
  });
});

test('options stand before or after the question, whose words need no quotes', () => {
  const read = readArguments([
    '--docs',
    'a',
    'why',
    'is',
    'it',
    'wet?',
    '--rounds=3',
    '--pace',
    '5',
    '--storage',
    'j',
  ]);
  expect(read).toMatchObject({ question: 'why is it wet?', docs: 'a', rounds: 3, pace: 5, storage: 'j' });
});

test.each([
  [['--nonsense'], /--nonsense/u],
  [['--docs'], /--docs/u],
  [['--docs', ''], /--docs: expected a folder/u],
  [['--rounds', 'many'], /--rounds: expected a whole number from 1 to 5, got "many"/u],
  [['--rounds', '0'], /from 1 to 5/u],
  [['--rounds', '6'], /from 1 to 5/u],
  [['--rounds', '1.5'], /from 1 to 5/u],
  [['--pace=-1'], /--pace: expected a whole number/u],
  [['--pace', '1e3'], /--pace: expected a whole number/u],
  [['?!'], /expected a question with at least one word/u],
  [['  '], /expected a question/u],
])('%j is refused with the reason', (programArguments, reason) => {
  expect(() => readArguments(programArguments)).toThrow(reason);
  expect(() => readArguments(programArguments)).toThrow(UsageError);
});

test('the help names every option and every exit code', () => {
  const known = Object.keys(readArguments([])).filter((name) => name !== 'question');
  for (const name of known) expect(HELP).toContain(`--${name}`);
  for (const code of ['0 answered', '1 not answered', '2 bad arguments', '130 cancelled'])
    expect(HELP).toContain(code);
});
