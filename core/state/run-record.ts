import type { ErrorRecord } from '../errors.js';
import { NO_SESSION } from './session.js';
import { type TreeScope, treeScope } from './tree-labels.js';

/** How a run began: with a message, listening, or to finish what another left. */
export type RunKind = 'message' | 'reactive' | 'resume';

/** How a run ended. */
export type RunStatus = 'completed' | 'failed' | 'cancelled' | 'timed-out' | 'paused' | 'budget-exceeded';

/** What a run did, in numbers. */
export interface RunCounts {
  /** Messages published. */
  readonly published: number;
  /** Deliveries made: one for each message and agent. */
  readonly delivered: number;
  readonly succeeded: number;
  /** Deliveries that failed for good: dead letters and inputs that did not fit. */
  readonly failed: number;
  /** Attempts that failed and were followed by another. */
  readonly retried: number;
  /** Deliveries pushed out of a full mailbox. */
  readonly dropped: number;
  /** Messages that nobody subscribed to. */
  readonly unheard: number;
}

/** One run, as the state keeps it. */
export class RunRecord {
  readonly id: string;
  readonly kind: RunKind;
  readonly startedAt: number;
  /** `interrupted`: the executor went away before the run had ended. */
  status: RunStatus | 'running' | 'interrupted' = 'running';
  finishedAt: number | undefined = undefined;
  error: ErrorRecord | undefined = undefined;
  counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] } = {
    published: 0,
    delivered: 0,
    succeeded: 0,
    failed: 0,
    retried: 0,
    dropped: 0,
    unheard: 0,
  };
  tokensUsed = 0;
  tokensReserved = 0;
  /** How the tree names what it does in this session: see `RunState.scopeOf`. */
  scope: TreeScope;
  /** Unfinished deliveries that it owns. */
  outstanding = 0;
  /** Those of them that cannot go on by themselves: parked, or their agent is gone. */
  stalled = 0;

  constructor(id: string, kind: RunKind, startedAt: number) {
    this.id = id;
    this.kind = kind;
    this.startedAt = startedAt;
    this.scope = treeScope(id, NO_SESSION);
  }

  get isRunning(): boolean {
    return this.status === 'running';
  }
}
