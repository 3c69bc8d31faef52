import { PubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import type { RunCounts, RunRecord, RunStatus } from '../state/run-record.js';
import type { InvocationNode } from '../state/tree-node.js';

/** How one delivery of a message to an agent ended, after all its attempts. */
export interface NodeExecutionOutcome {
  readonly nodeId: string;
  readonly agent: string;
  readonly channel: string;
  readonly success: boolean;
  readonly attempts: number;
  /** What went wrong in the attempts that were followed by another. */
  readonly retryMessages: readonly string[];
  /** Why the last attempt failed; absent on success. */
  readonly finalError?: PubSubError;
  /** How long the last attempt took. */
  readonly durationMs: number;
}

/** What a run came to. */
export interface PubSubExecutionReport {
  readonly executionId: string;
  readonly status: RunStatus;
  /** True when the run completed and every delivery succeeded. */
  readonly overallSuccess: boolean;
  /** Why it did not complete, or the first failure; absent when all went well. */
  readonly error?: PubSubError;
  /** In the order they were settled; the newest only, as many as `retention.nodes` keeps. */
  readonly agentOutcomes: readonly NodeExecutionOutcome[];
  readonly counts: RunCounts;
  readonly tokens: { readonly used: number /** null without a budget. */; readonly budget: number | null };
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601. */
  readonly finishedAt: string;
}

/** The outcome that a settled node of the tree tells of. */
export function outcomeOf(node: InvocationNode): NodeExecutionOutcome {
  const { id, agent, channel, attempts, errors, status, durationMs = 0 } = node;
  const success = status === 'succeeded';
  const last = errors.at(-1);
  const finalError = success || !last ? undefined : PubSubError.fromRecord(last);
  return {
    nodeId: id,
    agent,
    channel,
    success,
    attempts,
    retryMessages: (finalError ? errors.slice(0, -1) : errors).map(({ message }) => message),
    ...(finalError && { finalError }),
    durationMs,
  };
}

/** The report of a run that has ended. `notStored` says why its end could not be made durable. */
export function reportOf(
  run: RunRecord,
  status: RunStatus,
  counts: RunCounts,
  agentOutcomes: readonly NodeExecutionOutcome[],
  budget: number | undefined,
  notStored: PubSubError | undefined,
): PubSubExecutionReport {
  const error = notStored ?? (run.error ? PubSubError.fromRecord(run.error) : undefined);
  return {
    executionId: run.id,
    status: notStored ? 'failed' : status,
    overallSuccess: status === 'completed' && !notStored,
    ...(error && { error }),
    agentOutcomes,
    counts,
    tokens: { used: run.tokensUsed, budget: budget ?? null },
    startedAt: isoTime(run.startedAt),
    finishedAt: isoTime(run.finishedAt ?? run.startedAt),
  };
}
