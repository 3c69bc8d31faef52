import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type PubSubExecutionReport, PubSubExecutor, type RunSpec, serializeTreeToDot } from 'dagger-agents';
import { serveDevtools } from 'dagger-agents/devtools/server';
import { fileSystemStorage } from 'dagger-agents/storage/filesystem';
import type { ResearchReport } from '../agents/channels.js';
import { narrate } from '../agents/narrate.js';
import { Notebook } from '../agents/notebook.js';
import { QUESTIONS, researchTeam } from '../agents/team.js';
import type { Corpus } from '../research/corpus.js';
import type { Arguments } from './arguments.js';
import type { Progress } from './progress.js';

export interface ResearchResult {
  /** Undefined when the run ended before there was one. */
  readonly report: ResearchReport | undefined;
  /** Undefined when the answer was there already, from an earlier run. */
  readonly execution: PubSubExecutionReport | undefined;
  readonly dot: string;
  /** How many documents the index was made of. */
  readonly documents: number;
}

/**
 * Runs the team once, or goes on with what an interrupted run has left in the storage folder. An abort of `signal` ends
 * the run: for good in memory; with a journal what is left waits in it for the next start.
 */
export async function research(
  options: Arguments,
  corpus: Corpus,
  progress: Progress,
  signal: AbortSignal,
): Promise<ResearchResult> {
  const executor = await PubSubExecutor.open(
    options.storage === undefined ? {} : { storage: fileSystemStorage({ directory: options.storage }) },
  );
  try {
    if (options.devtools) {
      // Not closed with the executor: what has been done can be looked at as long as the program goes on.
      const { url } = await serveDevtools(executor, { name: 'research team' });
      progress.step(`panel       ${url}`);
    }
    let documents = 0;
    executor.registerAgents(
      researchTeam({
        corpus,
        rounds: options.rounds,
        onIndexing: (done, total) => {
          documents = total;
          progress.detail(`indexing ${done} of ${total} documents`);
          if (done === total) progress.step(`indexed ${total} documents`);
        },
        beforeStep: async (_agent, stepSignal) => {
          if (options.pace > 0) await wait(options.pace, undefined, { signal: stepSignal });
        },
      }),
    );
    executor.subscribe((event) => {
      const line = narrate(event);
      if (line) progress.step(`${line.agent.padEnd(10)}  ${line.text}`);
    });

    const researchId = researchIdOf(options);
    const notebook = new Notebook(executor.cache, researchId);
    let execution: PubSubExecutionReport | undefined;
    const unfinished =
      notebook.question !== '' || executor.listChannels().some(({ messageCount }) => messageCount > 0);
    if (unfinished && notebook.report === undefined) {
      progress.step('going on with what an earlier run has left');
      execution = await untilInterrupted({ resume: true });
    }
    if (notebook.report === undefined && !signal.aborted) {
      const payload = { researchId, question: options.question };
      execution = await untilInterrupted({ channel: QUESTIONS, payload });
    }
    const dot = serializeTreeToDot(executor.tree, execution?.executionId ?? researchId);
    return { report: notebook.report, execution, dot, documents };
  } finally {
    await executor.close();
  }

  async function untilInterrupted(spec: RunSpec): Promise<PubSubExecutionReport> {
    const run = executor.execute(spec);
    const interrupt = (): void => {
      if (options.storage === undefined) run.cancel('Ctrl-C');
      else executor.stop({ graceSeconds: 0.5 }).catch(() => run.cancel('Ctrl-C'));
    };
    signal.addEventListener('abort', interrupt, { once: true });
    try {
      return await run.report;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }
}

/** The same question about the same folder is the same research, also after a crash. */
function researchIdOf({ question, docs, rounds }: Arguments): string {
  const identity = JSON.stringify([question, docs === undefined ? 'packages' : resolve(docs), rounds]);
  return createHash('sha256').update(identity).digest('hex').slice(0, 12);
}
