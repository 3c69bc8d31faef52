import { describe, PubSubError } from '../errors.js';
import { isoTime, requireName } from '../identifiers.js';
import type { RunCounts, RunKind, RunRecord } from '../state/run-record.js';
import type { Recorder } from './recorder.js';

/** A run as `listRuns()` shows it. */
export interface RunSummary {
  readonly id: string;
  readonly kind: RunKind;
  /** `running`; `interrupted` when its executor went away before it had ended; else how it ended. */
  readonly status: RunRecord['status'];
  readonly counts: RunCounts;
  readonly tokensUsed: number;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601; absent while it has not ended. */
  readonly finishedAt?: string;
}

/** How many ended runs are remembered, and for how long. */
export interface HistoryLimits {
  readonly maxRuns: number;
  readonly maxAgeSeconds: number;
}

/** Remembers the runs that have been, and forgets them in time. */
export class RunHistory {
  readonly #recorder: Recorder;
  readonly #limits: HistoryLimits;

  constructor(recorder: Recorder, limits: HistoryLimits) {
    this.#recorder = recorder;
    this.#limits = limits;
  }

  /** All runs remembered, oldest first. */
  list(): RunSummary[] {
    return [...this.#recorder.state.runs.values()].map(summaryOf);
  }

  /** @throws PubSubError `EXECUTION_ERROR` when there is no such run, or work of it is left. */
  delete(id: string): void {
    requireName(id, 'run');
    const run = this.#recorder.state.runs.get(id);
    if (!run) throw new PubSubError('EXECUTION_ERROR', `no run ${describe(id)}`, { details: { run: id } });
    if (run.isRunning || run.outstanding > 0) {
      throw new PubSubError(
        'EXECUTION_ERROR',
        `run "${id}" is not over: ${run.outstanding} deliveries are unfinished`,
        {
          details: { run: id, status: run.status, outstanding: run.outstanding },
        },
      );
    }
    this.#recorder.record({ type: 'run.deleted', run: id });
  }

  /** Forgets what is too old or too much. Runs with work left stay. */
  prune(): void {
    const { runs } = this.#recorder.state;
    const oldest = this.#recorder.now() - this.#limits.maxAgeSeconds * 1000;
    let tooMany = runs.size - this.#limits.maxRuns;
    // Oldest first, so the walk ends at the first that stays.
    for (const run of [...runs.values()]) {
      const tooOld = run.finishedAt !== undefined && run.finishedAt < oldest;
      if (tooMany <= 0 && !tooOld) break;
      tooMany--;
      if (!run.isRunning && run.outstanding === 0)
        this.#recorder.record({ type: 'run.deleted', run: run.id });
    }
  }
}

function summaryOf(run: RunRecord): RunSummary {
  const { id, kind, status, counts, tokensUsed, startedAt, finishedAt } = run;
  return {
    id,
    kind,
    status,
    counts: { ...counts },
    tokensUsed,
    startedAt: isoTime(startedAt),
    ...(finishedAt !== undefined && { finishedAt: isoTime(finishedAt) }),
  };
}
