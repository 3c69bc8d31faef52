import type { Corpus } from '../research/corpus.js';
import { Library } from '../research/library.js';

export interface TeamOptions {
  /** Where the documents come from. */
  readonly corpus: Corpus;
  /** Most searches for one part of a question, the first included. Default 2. */
  readonly rounds?: number;
  /** Most documents read for one search. Default 6. */
  readonly documents?: number;
  /** Tries to read a document before it is given up; no more than `maxAttempts` of the executor. Default 3. */
  readonly attempts?: number;
  /** Asks a person to confirm or change the plan. Default false. */
  readonly approvePlan?: boolean;
  /** Called with every document skimmed for the search index. */
  readonly onIndexing?: (done: number, total: number) => void;
  /** Called before each step of an agent, to slow it down or to make it fail on purpose. */
  readonly beforeStep?: (agent: string, signal: AbortSignal) => Promise<void> | void;
}

/** What every agent of a team shares, apart from the executor's cache and tasks. */
export interface TeamTools {
  readonly rounds: number;
  readonly documents: number;
  readonly attempts: number;
  readonly approvePlan: boolean;
  /** The library, opened at the first call. Derived from the corpus, so never stored. */
  library(): Promise<Library>;
  beforeStep(agent: string, signal: AbortSignal): Promise<void>;
}

export function teamTools(options: TeamOptions): TeamTools {
  let library: Promise<Library> | undefined;
  return {
    rounds: options.rounds ?? 2,
    documents: options.documents ?? 6,
    attempts: options.attempts ?? 3,
    approvePlan: options.approvePlan ?? false,
    library() {
      library ??= Library.open(options.corpus, options.onIndexing).catch((error: unknown) => {
        library = undefined; // so that a retry opens it again
        throw error;
      });
      return library;
    },
    beforeStep: async (agent, signal) => options.beforeStep?.(agent, signal),
  };
}
