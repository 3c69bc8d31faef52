import type { ErrorRecord } from '../errors.js';
import type { Message } from '../messaging/message.js';
import { NO_SESSION } from './session.js';
import { messageIdOf, nodeIdOf } from './session-ids.js';
import { LabelTable, type TreeLabel, type TreeScope } from './tree-labels.js';
import {
  type DeadLetterNode,
  type InvocationNode,
  type InvocationStatus,
  invocationStatus,
  NODE_STATUSES,
  type PlainSuccess,
  PUBLISH_STATUSES,
  type PublishNode,
  type PublishStatus,
  type TreeEdge,
  type TreeNode,
} from './tree-node.js';
import { TreeRing } from './tree-ring.js';
import { FIRST_INVOCATION } from './tree-rows.js';
import { restoreTreePart, type TreeData, type TreePart, treeParts } from './tree-snapshot.js';

const CODES: Readonly<Record<string, number>> = Object.fromEntries(
  NODE_STATUSES.map((status, code) => [status, code]),
);
// The statuses of the common way are not looked up by name.
const PUBLISHED = codeOf('published');
const UNHEARD = codeOf('unheard');
const REFUSED = codeOf('refused');
const RUNNING = codeOf('running');
const SUCCEEDED = codeOf('succeeded');

function codeOf(status: PublishStatus | InvocationStatus): number {
  return CODES[status] ?? 0;
}

const WAITING = codeOf('waiting');
const NO_ERRORS: readonly ErrorRecord[] = [];

/**
 * What caused what: publishes and invocations as nodes, each the child of the one that caused it. It keeps the newest
 * nodes only, as many as `retention.nodes` says; parents that are gone make roots of their children.
 */
export class ExecutionTree {
  private readonly ring: TreeRing;
  private readonly labels = new LabelTable<TreeLabel>();
  private readonly scopes = new LabelTable<TreeScope>();
  /** Ids that cannot be computed from a row: messages whose id came from outside. */
  private readonly irregularIds = new Map<number, string>();
  private readonly errors = new Map<number, ErrorRecord[]>();
  private readonly letters = new Map<number, Message>();

  /** What it is made of, for those who copy many rows at once. */
  readonly data: TreeData;

  /** @param limit how many nodes are kept. */
  constructor(limit: number) {
    this.ring = new TreeRing(limit, (number) => {
      this.irregularIds.delete(number);
      this.errors.delete(number);
      this.letters.delete(number);
    });
    this.data = {
      ring: this.ring,
      labels: this.labels,
      scopes: this.scopes,
      irregularIds: this.irregularIds,
      errors: this.errors,
      deadLetters: this.letters,
    };
  }

  /** How many nodes are kept. */
  get size(): number {
    return this.ring.next - this.ring.first;
  }

  /** Number of the oldest node kept. */
  get first(): number {
    return this.ring.first;
  }

  /** Number that the next node will get. */
  get next(): number {
    return this.ring.next;
  }

  /** @param heard whether anybody listens. @param publisher number of the publishing delivery; 0: the application. */
  addPublish(
    heard: boolean,
    parent: number,
    label: TreeLabel,
    scope: TreeScope,
    publisher: number,
    ordinal: number,
  ): number {
    if (label.index < 0 || scope.index < 0) this.enter(label, scope);
    const status = heard ? PUBLISHED : UNHEARD;
    return this.ring.append(status, parent, label.index, scope.index, publisher, ordinal);
  }

  /** A publish that came too late. */
  addRefused(parent: number, label: TreeLabel, scope: TreeScope): number {
    if (label.index < 0 || scope.index < 0) this.enter(label, scope);
    return this.ring.append(REFUSED, parent, label.index, scope.index, 0, 0);
  }

  /** The id of a publish that is none of ours. */
  setId(number: number, id: string): void {
    if (this.markSpecial(number)) this.irregularIds.set(number, id);
  }

  addInvocation(parent: number, label: TreeLabel, scope: TreeScope, delivery: number): number {
    if (label.index < 0 || scope.index < 0) this.enter(label, scope);
    // No duration yet: see `TreeRows.begin`.
    return this.ring.append(WAITING, parent, label.index, scope.index, delivery, 0x7fc0_0000);
  }

  /** Gives new names their places, after those that no node uses any more were swept out. */
  private enter(label: TreeLabel, scope: TreeScope): void {
    const { ring } = this;
    if (this.labels.wantsSweep) {
      this.labels.sweep((numberOf) => {
        for (const row of ring.used()) ring.renumberLabels(row, 1, numberOf);
      });
    }
    if (this.scopes.wantsSweep) {
      this.scopes.sweep((numberOf) => {
        for (const row of ring.used()) ring.renumberScopes(row, 1, numberOf);
      });
    }
    this.labels.indexOf(label);
    this.scopes.indexOf(scope);
  }

  /** False when the node is not kept any more. */
  started(number: number, attempts: number): boolean {
    const row = this.ring.row(number);
    if (row < 0) return false;
    this.ring.start(row, RUNNING, attempts);
    return true;
  }

  /** False when the node is not kept any more. */
  settled(number: number, status: InvocationStatus): boolean {
    const row = this.ring.row(number);
    if (row < 0) return false;
    this.ring.settle(row, status === 'succeeded' ? SUCCEEDED : codeOf(status));
    return true;
  }

  /** Changes the status and nothing else: back in the mailbox, parked, cancelled before it began. */
  mark(number: number, status: InvocationStatus, attempts: number): void {
    const row = this.ring.row(number);
    if (row >= 0) this.ring.setState(row, codeOf(status), attempts);
  }

  setErrors(number: number, errors: readonly ErrorRecord[]): void {
    if (this.markSpecial(number)) this.errors.set(number, [...errors]);
  }

  setDeadLetter(number: number, message: Message): void {
    if (this.markSpecial(number)) this.letters.set(number, message);
  }

  /** Before something is kept beside the row of a node, to go when the row goes. False when the row is gone already. */
  private markSpecial(number: number): boolean {
    const row = this.ring.row(number);
    if (row >= 0) this.ring.markSpecial(row);
    return row >= 0;
  }

  /** The message of a dead letter that is still kept. */
  deadLetter(number: number): Message | undefined {
    return this.letters.get(number);
  }

  /** Deliveries that failed for good and whose messages are kept, oldest first; see `executor.retryDeadLetter`. */
  *deadLetters(run?: string): Generator<DeadLetterNode> {
    for (const [number, message] of this.letters) {
      const node = this.get(number);
      if (node?.kind !== 'invocation' || (run !== undefined && node.run !== run)) continue;
      yield { ...node, deadLetter: message };
    }
  }

  /** The dead letter of the invocation with this id, which ends with its delivery's number: that is quickly compared. */
  findDeadLetter(id: string): DeadLetterNode | undefined {
    const delivery = Number(id.slice(id.lastIndexOf('_') + 1));
    for (const [number, message] of this.letters) {
      if (this.ring.delivery(this.ring.row(number)) !== delivery) continue;
      const node = this.get(number);
      if (node?.kind === 'invocation' && node.id === id) return { ...node, deadLetter: message };
    }
    return undefined;
  }

  /**
   * Takes a dead letter away, and answers the number of its node: the one given, or another where the log is read with
   * another limit than it was written with, as what outlives its node has a new one. 0: it is not kept.
   */
  takeDeadLetter(number: number, message: string, agent: string): number {
    const isIt = (each: number): boolean => {
      const node = this.letters.get(each)?.id === message ? this.get(each) : undefined;
      return node?.kind === 'invocation' && node.agent === agent;
    };
    const found = isIt(number) ? number : ([...this.letters.keys()].find(isIt) ?? 0);
    this.letters.delete(found);
    return found;
  }

  /** Whether a node is still kept. */
  has(number: number): boolean {
    return this.ring.row(number) >= 0;
  }

  /** The node with this number, or undefined when it is not kept (any more). */
  get(number: number): TreeNode | undefined {
    const row = this.ring.row(number);
    if (row < 0) return undefined;
    const isPublish = this.ring.status(row) < FIRST_INVOCATION;
    return isPublish ? this.publishNode(number, row) : this.invocationNode(number, row);
  }

  /**
   * The outcome of an invocation that succeeded at its first attempt; undefined for any other node. It says less than
   * `get` and costs less: outcomes are made for every delivery.
   */
  plainSuccess(number: number): PlainSuccess | undefined {
    const { ring } = this;
    const row = ring.row(number);
    return row < 0 ? undefined : ring.plainOutcome(row, SUCCEEDED, this.labels, this.scopes);
  }

  private publishNode(number: number, row: number): PublishNode {
    const { ring } = this;
    const within = this.scopes.get(ring.scope(row));
    const regular = messageIdOf(within?.session ?? NO_SESSION, ring.delivery(row), ring.count(row));
    return {
      kind: 'publish',
      number,
      id: this.irregularIds.get(number) ?? regular,
      parent: this.kept(ring.parent(row)),
      channel: this.labels.get(ring.label(row))?.channel ?? '',
      run: within?.run,
      status: PUBLISH_STATUSES[ring.status(row)] ?? 'published',
      publishedAt: ring.time(row),
    };
  }

  private invocationNode(number: number, row: number): InvocationNode {
    const { ring } = this;
    const within = this.scopes.get(ring.scope(row));
    const named = this.labels.get(ring.label(row));
    const agent = named?.agent ?? '';
    const took = ring.took(row);
    const message = this.letters.get(number);
    return {
      kind: 'invocation',
      number,
      id: named ? nodeIdOf(named.agent, within?.session ?? NO_SESSION, ring.delivery(row)) : '',
      parent: this.kept(ring.parent(row)),
      agent,
      channel: named?.channel ?? '',
      run: within?.run,
      status: invocationStatus(ring.status(row)),
      attempts: ring.count(row),
      startedAt: ring.time(row),
      durationMs: Number.isNaN(took) ? undefined : took,
      errors: this.errors.get(number) ?? NO_ERRORS,
      deadLetter: message,
    };
  }

  private kept(number: number): number {
    return this.has(number) ? number : 0;
  }

  /** All nodes kept, oldest first; only those of one run when it is named. */
  *nodes(run?: string): Generator<TreeNode> {
    for (let number = this.first; number < this.next; number++) {
      const node = this.get(number);
      if (node && (run === undefined || node.run === run)) yield node;
    }
  }

  /** The node with this id (a node id or a message id). Looks at every node kept. */
  find(id: string): TreeNode | undefined {
    for (const node of this.nodes()) if (node.id === id) return node;
    return undefined;
  }

  /** All edges between nodes kept, in the order of the nodes they lead to. */
  *edges(run?: string): Generator<TreeEdge> {
    for (const { number, parent, channel } of this.nodes(run)) {
      if (parent > 0) yield { from: parent, to: number, channel };
    }
  }

  /** Everything, for a snapshot. */
  parts(): Generator<TreePart> {
    return treeParts(this.data);
  }

  /** Before parts are restored: which nodes they will be. */
  restoreRange(first: number, next: number): void {
    this.ring.startAt(next, next - first);
  }

  /** Puts a part of a snapshot back. Nodes beyond what this tree keeps are left out. */
  restorePart(part: TreePart): void {
    restoreTreePart(this.data, part);
  }
}

/** The tree for those who look at it: it changes by events alone, so what changes it is no one else's. */
export type TreeView = Pick<
  ExecutionTree,
  'size' | 'first' | 'next' | 'nodes' | 'edges' | 'find' | 'has' | 'get' | 'deadLetters'
>;
