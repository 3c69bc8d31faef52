import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Arguments, HELP, readArguments, UsageError } from './headless/arguments.js';
import { folderCorpus, packagesCorpus } from './headless/folder-corpus.js';
import { Progress } from './headless/progress.js';
import { renderAnswer, renderFigures } from './headless/render.js';
import { research } from './headless/research-run.js';
import { writeTree } from './headless/tree-files.js';

const CANCELLED = 130;
const project = fileURLToPath(new URL('..', import.meta.url));

/** The research demo without a page: a question in, an answer with its sources out. Answers with the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const options = readArguments(argv);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const progress = new Progress(process.stdout);
  const cancel = new AbortController();
  const interrupt = (): void => {
    progress.step('cancelling …');
    cancel.abort(new Error('Ctrl-C'));
  };
  process.once('SIGINT', interrupt); // a second Ctrl-C ends the process at once
  try {
    progress.step(`question    ${options.question}`);
    const corpus =
      options.docs === undefined
        ? await packagesCorpus(join(project, 'node_modules'))
        : await folderCorpus(options.docs);
    const { report, execution, dot, documents } = await research(options, corpus, progress, cancel.signal);
    progress.stop();
    if (report) console.log(`\n${renderAnswer(report)}`);
    else console.log(`\nNo answer: the run ended before the report was written.${laterHint(options)}`);
    const read = `${documents} ${documents === 1 ? 'document' : 'documents'}`;
    const indexed = corpus.leftOut > 0 ? `${read}, ${corpus.leftOut} left out` : read;
    console.log(
      execution
        ? `\n${renderFigures(execution, indexed)}`
        : '\nAnswered by an earlier run: nothing was left to do.',
    );
    for (const file of await writeTree(dot, options.out)) console.log(`  tree       ${file}`);
    if (cancel.signal.aborted) return CANCELLED;
    if (options.devtools) await untilInterrupted(cancel.signal);
    return report ? 0 : 1;
  } finally {
    progress.stop();
    process.off('SIGINT', interrupt);
  }
}

/** The panel alone does not keep the program alive. */
async function untilInterrupted(signal: AbortSignal): Promise<void> {
  console.log('\nThe panel is served until Ctrl-C.');
  const alive = setInterval(() => {}, 60_000);
  await once(signal, 'abort');
  clearInterval(alive);
}

function laterHint({ storage }: Arguments): string {
  return storage === undefined ? '' : ' Start again with the same arguments to go on.';
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\nSee: npm start -- --help`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}
