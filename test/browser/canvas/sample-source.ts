import { NODE_STATUSES, type TreeNode } from '../../../core/state/tree-node.js';
import type {
  CanvasAgent,
  CanvasChannel,
  CanvasSource,
  InvocationColumns,
  VisitNode,
} from '../../../devtools/canvas-contract.js';

type Status = TreeNode['status'];

/** A source that tests fill by hand: lists that they may change, and nodes and rows that they add. */
export class SampleSource implements CanvasSource {
  version = 1;
  generation = 1;
  live = true;
  busy = false;
  clock = 1_790_000_000_000;
  readonly firstNode = 1;
  agentList: CanvasAgent[] = [];
  channelList: CanvasChannel[] = [];
  readonly #nodes: TreeNode[] = [];
  readonly #lanes: string[] = [];
  #columns: Mutable<InvocationColumns> = {
    length: 0,
    lane: new Uint16Array(16),
    queued: new Float64Array(16),
    start: new Float64Array(16),
    end: new Float64Array(16),
    status: new Uint8Array(16),
    node: new Uint32Array(16),
    attempt: new Uint8Array(16),
  };

  get nextNode(): number {
    return this.#nodes.length + 1;
  }

  agents(): readonly CanvasAgent[] {
    return this.agentList;
  }

  channels(): readonly CanvasChannel[] {
    return this.channelList;
  }

  node(number: number): TreeNode | undefined {
    return this.#nodes[number - 1];
  }

  nodes(from: number, to: number): Iterable<TreeNode> {
    return this.#nodes.slice(Math.max(0, from - 1), Math.max(0, to - 1));
  }

  visitNodes(from: number, to: number, visit: VisitNode): void {
    for (const node of this.nodes(from, to)) {
      const label = node.kind === 'publish' ? `p${node.channel}` : `i${node.agent}`;
      visit(node.number, node.parent, label, NODE_STATUSES.indexOf(node.status), node.run);
    }
  }

  parentOf(number: number): number {
    return this.node(number)?.parent ?? 0;
  }

  statusOf(number: number): number {
    const node = this.node(number);
    return node ? NODE_STATUSES.indexOf(node.status) : -1;
  }

  invocations(): InvocationColumns {
    return this.#columns;
  }

  lanes(): readonly string[] {
    return this.#lanes;
  }

  now(): number {
    return this.clock;
  }

  addAgent(name: string, more: Partial<CanvasAgent> = {}): this {
    const idle = { running: 0, waiting: 0, succeeded: 0, failed: 0, rate: 0, activeAt: 0, registered: true };
    this.agentList = [...this.agentList, { name, ...idle, ...more }];
    this.version++;
    return this;
  }

  addChannel(
    name: string,
    publishers: string[],
    subscribers: string[],
    more: Partial<CanvasChannel> = {},
  ): this {
    const idle = { depth: 0, capacity: 1000, rate: 0, published: 0, dropped: 0, activeAt: 0 };
    this.channelList = [...this.channelList, { name, publishers, subscribers, ...idle, ...more }];
    this.version++;
    return this;
  }

  changeChannel(name: string, more: Partial<CanvasChannel>): void {
    this.channelList = this.channelList.map((each) => (each.name === name ? { ...each, ...more } : each));
    this.version++;
  }

  addPublish(parent: number, channel: string, status: 'published' | 'unheard' = 'published'): number {
    const number = this.nextNode;
    const publishedAt = this.clock;
    const id = `message_${number}`;
    this.#nodes.push({ kind: 'publish', number, parent, channel, run: 'run-1', id, status, publishedAt });
    this.version++;
    return number;
  }

  addInvocation(parent: number, agent: string, channel: string, status: Status, durationMs = 12): number {
    const number = this.nextNode;
    this.#nodes.push(invocation(number, parent, agent, channel, status, this.clock, durationMs));
    this.version++;
    return number;
  }

  setStatus(number: number, status: Status, durationMs = 12): void {
    const node = this.node(number);
    if (node?.kind !== 'invocation') throw new Error(`${number} is no invocation`);
    const { parent, agent, channel } = node;
    this.#nodes[number - 1] = invocation(number, parent, agent, channel, status, this.clock, durationMs);
    this.version++;
  }

  /** Adds an attempt; `end` NaN while it goes on. Answers its row. */
  addRow(
    agent: string,
    queued: number,
    start: number,
    end: number,
    status: Status,
    node = 0,
    attempt = 1,
  ): number {
    let lane = this.#lanes.indexOf(agent);
    if (lane < 0) lane = this.#lanes.push(agent) - 1;
    const columns = this.#columns;
    if (columns.length === columns.lane.length) this.#grow();
    const row = this.#columns.length++;
    this.#columns.lane[row] = lane;
    this.#columns.queued[row] = queued;
    this.#columns.start[row] = start;
    this.#columns.end[row] = end;
    this.#columns.status[row] = NODE_STATUSES.indexOf(status);
    this.#columns.node[row] = node;
    this.#columns.attempt[row] = attempt;
    this.version++;
    return row;
  }

  endRow(row: number, end: number, status: Status): void {
    this.#columns.end[row] = end;
    this.#columns.status[row] = NODE_STATUSES.indexOf(status);
    this.version++;
  }

  #grow(): void {
    const old = this.#columns;
    const size = old.length * 2;
    this.#columns = {
      length: old.length,
      lane: new Uint16Array(size),
      queued: new Float64Array(size),
      start: new Float64Array(size),
      end: new Float64Array(size),
      status: new Uint8Array(size),
      node: new Uint32Array(size),
      attempt: new Uint8Array(size),
    };
    this.#columns.lane.set(old.lane);
    this.#columns.queued.set(old.queued);
    this.#columns.start.set(old.start);
    this.#columns.end.set(old.end);
    this.#columns.status.set(old.status);
    this.#columns.node.set(old.node);
    this.#columns.attempt.set(old.attempt);
  }
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function invocation(
  number: number,
  parent: number,
  agent: string,
  channel: string,
  status: Status,
  startedAt: number,
  took: number,
): TreeNode {
  if (status === 'published' || status === 'unheard' || status === 'refused') throw new Error('of publishes');
  const settled = status !== 'running' && status !== 'waiting';
  return {
    kind: 'invocation',
    number,
    parent,
    channel,
    run: 'run-1',
    id: `${agent}_${number}`,
    agent,
    status,
    attempts: 1,
    startedAt,
    durationMs: settled ? took : undefined,
    errors: [],
    deadLetter: undefined,
  };
}

/** Chance that repeats itself: the same numbers from 0 to 1 each time. */
export function seededRandom(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
