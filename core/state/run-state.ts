import type { AgentMetadata } from '../agents/agent-metadata.js';
import type { Channel } from '../messaging/channel.js';
import { CacheTable } from './cache-table.js';
import { DeliveryList } from './delivery-list.js';
import { ExecutionTree } from './execution-tree.js';
import type { HumanRequest, HumanResolution } from './human-request.js';
import { OutsideIds } from './outside-ids.js';
import type { RunRecord } from './run-record.js';
import { NO_SESSION, type Session } from './session.js';
import { TaskTable } from './task-table.js';
import { type TreeScope, treeScope } from './tree-labels.js';

/** How much history the state keeps. */
export interface StateLimits {
  /** Nodes of the execution tree (and ids of messages that came from outside). */
  readonly nodes: number;
}

/**
 * Everything that is known. It holds data and changes nothing by itself: see `message-changes`, `delivery-changes` and
 * `run-changes`, each function of which is the effect of one kind of event.
 */
export class RunState {
  /** Sequence number of the newest event that is part of this state. */
  seq = 0;
  paused = false;
  session: Session = NO_SESSION;
  /** Messages the application published in this session. */
  published = 0;
  nextDelivery = 1;
  readonly limits: StateLimits;
  readonly channels: Map<string, Channel> = new Map();
  readonly agents: Map<string, AgentMetadata> = new Map();
  readonly runs: Map<string, RunRecord> = new Map();
  readonly unfinished: DeliveryList = new DeliveryList();
  readonly tree: ExecutionTree;
  readonly cache: CacheTable = new CacheTable();
  readonly tasks: TaskTable = new TaskTable();
  /** Questions that wait for an answer, by id. */
  readonly humans: Map<string, HumanRequest> = new Map();
  /** Answers to questions of deliveries that are not finished: asked again, they are given again. */
  readonly resolutions: Map<string, HumanResolution> = new Map();
  /** Ids of messages whose id came from outside. */
  readonly outsideIds: OutsideIds;
  /** What belongs to no run. */
  #scope: TreeScope = treeScope(undefined, NO_SESSION);
  /** Scopes of earlier sessions, the newest of each run. */
  readonly #earlierScopes = new WeakMap<RunRecord | RunState, TreeScope>();

  constructor(limits: StateLimits) {
    this.limits = limits;
    this.tree = new ExecutionTree(limits.nodes);
    this.outsideIds = new OutsideIds(limits.nodes);
  }

  /** One event more is about to change it: what this enters in the tree happens then. */
  advance(at: number): void {
    this.seq++;
    this.tree.data.ring.now = at;
  }

  /** Runs that have not ended. */
  runningRuns(): RunRecord[] {
    return [...this.runs.values()].filter((run) => run.isRunning);
  }

  /** How the tree names what this run does in this session; the same object as long as both are the same. */
  scopeOf(run: RunRecord | undefined): TreeScope {
    const scope = run === undefined ? this.#scope : run.scope;
    return scope.session === this.session ? scope : this.renewScope(run);
  }

  private renewScope(run: RunRecord | undefined): TreeScope {
    const scope = treeScope(run?.id, this.session);
    if (run) run.scope = scope;
    else this.#scope = scope;
    return scope;
  }

  /** The same for the session of a delivery, which may have been one before this. */
  scopeWithin(run: RunRecord | undefined, session: Session): TreeScope {
    if (session.prefix === this.session.prefix) return this.scopeOf(run);
    let scope = this.#earlierScopes.get(run ?? this);
    if (scope?.session.prefix !== session.prefix) {
      scope = treeScope(run?.id, session);
      this.#earlierScopes.set(run ?? this, scope);
    }
    return scope;
  }
}
