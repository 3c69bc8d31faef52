import { parseArgs } from 'node:util';
import { DEFAULT_QUESTION } from '../research/default-question.js';

export interface Arguments {
  readonly question: string;
  /** Folder with the documents; undefined for those of the installed packages. */
  readonly docs: string | undefined;
  /** Folder for the pictures of the tree; undefined for a fresh temporary one. */
  readonly out: string | undefined;
  /** Folder of the journal; undefined for a run in memory. */
  readonly storage: string | undefined;
  readonly rounds: number;
  /** Milliseconds every agent waits before a step, to be watched. */
  readonly pace: number;
  /** Whether the panel is served to a browser, and stays open when all is done. */
  readonly devtools: boolean;
  readonly help: boolean;
}

/** Something is wrong with what the user typed. */
export class UsageError extends Error {}

export const HELP = `Asks a team of agents a question about a folder of documents.

  npm start                                   the default question, about the installed packages
  npm start -- "question"                     your question, about the installed packages
  npm start -- --docs DIR "question"          your question, about the documents in DIR

Options
  --docs DIR      Markdown and text files under DIR (.md .markdown .mdx .txt)
  --out DIR       where the tree of the run is written, as .dot, and as .svg if Graphviz is installed;
                  a new temporary folder by default
  --storage DIR   keep a journal in DIR: killed at any moment and started again with the same
                  arguments, the team goes on where it was
  --rounds N      most searches for each part of the question, 1 to 5; 2 by default
  --pace MS       let every agent wait MS milliseconds before each step, to watch; 0 to 60000
  --devtools      show the team at work in a browser: an address is printed, which is served until Ctrl-C
  --help          this text

Without --docs the documents are README files and docs folders of the packages in node_modules:
at most 600 files, 4 MB in all, 512 kB each. With --docs the same limits hold.

Exit codes: 0 answered, 1 not answered, 2 bad arguments, 130 cancelled with Ctrl-C.`;

/** @throws UsageError that says what is wrong and what was expected. */
export function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv);
  const question = positionals.join(' ').trim();
  if (positionals.length > 0 && !/[\p{L}\p{N}]/u.test(question)) {
    throw new UsageError(`expected a question with at least one word, got ${JSON.stringify(question)}`);
  }
  return {
    question: question === '' ? DEFAULT_QUESTION : question,
    docs: folder(values.docs, '--docs'),
    out: folder(values.out, '--out'),
    storage: folder(values.storage, '--storage'),
    rounds: whole(values.rounds, '--rounds', 1, 5) ?? 2,
    pace: whole(values.pace, '--pace', 0, 60_000) ?? 0,
    devtools: values.devtools ?? false,
    help: values.help ?? false,
  };
}

type Values = Readonly<
  Partial<Record<'docs' | 'out' | 'storage' | 'rounds' | 'pace', string>> & {
    devtools?: boolean;
    help?: boolean;
  }
>;

function parse(argv: readonly string[]): {
  readonly values: Values;
  readonly positionals: readonly string[];
} {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        docs: text,
        out: text,
        storage: text,
        rounds: text,
        pace: text,
        devtools: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function folder(value: string | undefined, option: string): string | undefined {
  if (value?.trim() === '') throw new UsageError(`${option}: expected a folder, got an empty text`);
  return value;
}

function whole(value: string | undefined, option: string, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (/^\d+$/u.test(value) && number >= least && number <= most) return number;
  throw new UsageError(
    `${option}: expected a whole number from ${least} to ${most}, got ${JSON.stringify(value)}`,
  );
}
