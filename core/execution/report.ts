import type { ErrorRecord, PubSubError } from '../errors.js';
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
  /** Why the last attempt failed; absent on success. Its `cause` is what the agent threw, in this session. */
  readonly finalError?: PubSubError;
  /** How long the last attempt took; 0 where more nodes than `retention.nodes` keeps have come since it started. */
  readonly durationMs: number;
}

/** What a run came to. */
export interface PubSubExecutionReport {
  readonly executionId: string;
  readonly status: RunStatus;
  /** True when the run completed and every delivery succeeded. */
  readonly overallSuccess: boolean;
  /** Why it did not complete, or the first failure, with its `cause`; absent when all went well. */
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

/** The outcome that a settled node of the tree tells of. `errorOf` makes an error of its record. */
export function outcomeOf(
  node: InvocationNode,
  errorOf: (record: ErrorRecord) => PubSubError,
): NodeExecutionOutcome {
  const { id, agent, channel, attempts, errors, status, durationMs = 0 } = node;
  const success = status === 'succeeded';
  const last = errors.at(-1);
  const finalError = success || !last ? undefined : errorOf(last);
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

/** The report of a run that has ended; with an error, that is why it did not go well. */
export function reportOf(
  run: RunRecord,
  status: RunStatus,
  counts: RunCounts,
  agentOutcomes: readonly NodeExecutionOutcome[],
  budget: number | undefined,
  error: PubSubError | undefined,
): PubSubExecutionReport {
  return {
    executionId: run.id,
    status,
    overallSuccess: status === 'completed',
    ...(error && { error }),
    agentOutcomes,
    counts,
    tokens: { used: run.tokensUsed, budget: budget ?? null },
    startedAt: isoTime(run.startedAt),
    finishedAt: isoTime(run.finishedAt ?? run.startedAt),
  };
}
