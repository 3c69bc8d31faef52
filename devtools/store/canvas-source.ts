import type { RunState } from '../../core/state/run-state.js';
import { NODE_STATUSES, type TreeNode } from '../../core/state/tree-node.js';
import type {
  CanvasAgent,
  CanvasChannel,
  CanvasSource,
  InvocationColumns,
  VisitNode,
} from '../canvas-contract.js';
import type { Activity } from './activity.js';
import { NodeRows } from './node-rows.js';
import type { PanelStore } from './panel-store.js';
import { Rates, secondBefore } from './rates.js';

/** Milliseconds of invocations shown in a flood to those who do with the newest. */
const NEWEST_MS = 50;
const SUCCEEDED = NODE_STATUSES.indexOf('succeeded');
const FAILURES = (['failed', 'invalid'] as const).map((status) => NODE_STATUSES.indexOf(status));

const NO_INVOCATIONS: InvocationColumns = {
  length: 0,
  lane: new Uint16Array(0),
  queued: new Float64Array(0),
  start: new Float64Array(0),
  end: new Float64Array(0),
  status: new Uint8Array(0),
  node: new Uint32Array(0),
  attempt: new Uint8Array(0),
};

/** What the drawn views read, answered from the store. Lists are made once per version. */
export class StoreSource implements CanvasSource {
  readonly #store: PanelStore;
  readonly #channelRates = new Rates();
  readonly #agentRates = new Rates();
  readonly #rows = new NodeRows();
  #ratesGeneration = -1;
  #ratesLive = false;
  #ratesOf = '';
  #listsOf = '';
  #agents: readonly CanvasAgent[] = [];
  #channels: readonly CanvasChannel[] = [];
  #invocationsOf = '';
  #invocations: InvocationColumns = NO_INVOCATIONS;
  #originOf = '';
  #origin = 0;

  constructor(store: PanelStore) {
    this.#store = store;
  }

  get version(): number {
    return this.#store.version;
  }

  get generation(): number {
    return this.#store.generation;
  }

  get live(): boolean {
    return this.#store.live;
  }

  get busy(): boolean {
    return this.#store.isFlooded;
  }

  get firstNode(): number {
    return this.#store.state.tree.first;
  }

  get nextNode(): number {
    return this.#store.state.tree.next;
  }

  /** Messages published per second, over the last second or so. */
  get messageRate(): number {
    const { state } = this.#store;
    this.#sampleChannels(state);
    return [...state.channels.keys()].reduce((sum, name) => sum + this.#channelRates.of(name), 0);
  }

  agents(): readonly CanvasAgent[] {
    this.#refresh();
    return this.#agents;
  }

  channels(): readonly CanvasChannel[] {
    this.#refresh();
    return this.#channels;
  }

  node(number: number): TreeNode | undefined {
    return this.#store.state.tree.get(number);
  }

  *nodes(from: number, to: number): Iterable<TreeNode> {
    const { tree } = this.#store.state;
    for (let number = Math.max(from, tree.first); number < Math.min(to, tree.next); number++) {
      const node = tree.get(number);
      if (node) yield node;
    }
  }

  visitNodes(from: number, to: number, visit: VisitNode): void {
    this.#rows.visit(this.#store.state.tree, from, to, visit);
  }

  parentOf(number: number): number {
    const { tree } = this.#store.state;
    const { ring } = tree.data;
    const row = ring.row(number);
    const parent = row < 0 ? 0 : ring.parent(row);
    return tree.has(parent) ? parent : 0;
  }

  statusOf(number: number): number {
    const { ring } = this.#store.state.tree.data;
    const row = ring.row(number);
    return row < 0 ? -1 : ring.status(row);
  }

  invocations(newestWillDo = false): InvocationColumns {
    const { recording, position, generation, version, seeking, live } = this.#store;
    if (!recording) return NO_INVOCATIONS;
    const newest = newestWillDo && live ? this.#store.gathering.newestFor(NEWEST_MS) : undefined;
    if (newest) return this.#part(newest);
    if (live && !newestWillDo) this.#store.gathering.need();
    const wanted = `${generation} ${position === 'live' ? version : position}`;
    if (wanted !== this.#invocationsOf && !seeking) {
      const { invocations } = recording.activity;
      this.#invocations = position === 'live' ? invocations.columns() : invocations.columnsAt(position);
      this.#invocationsOf = wanted;
    }
    return this.#invocations;
  }

  lanes(): readonly string[] {
    return this.#store.recording?.lanes.names ?? [];
  }

  #part(newest: Activity): InvocationColumns {
    const columns = newest.invocations.columns();
    const { recording, generation } = this.#store;
    const gathered = recording?.activity.invocations.columns() ?? columns;
    const wanted = `${generation} ${gathered.length}`;
    if (wanted !== this.#originOf) {
      this.#originOf = wanted;
      const { length, queued } = gathered.length > 0 ? gathered : columns;
      this.#origin = Number.POSITIVE_INFINITY;
      for (let row = 0; row < length; row++)
        this.#origin = Math.min(this.#origin, queued[row] ?? this.#origin);
    }
    const since = (recording?.log.timeOf(newest.seq) ?? 0) - NEWEST_MS;
    return { ...columns, part: { rows: newest, covers: NEWEST_MS, since, origin: this.#origin } };
  }

  now(): number {
    return this.#store.now();
  }

  #refresh(): void {
    const { version, generation, state } = this.#store;
    const wanted = `${version} ${generation}`;
    if (wanted === this.#listsOf) return;
    this.#listsOf = wanted;
    this.#sampleChannels(state);
    this.#sampleAgents();
    this.#channels = this.#listChannels(state);
    this.#agents = this.#listAgents(state);
  }

  #listAgents(state: RunState): CanvasAgent[] {
    const { recording, live } = this.#store;
    const lanes = this.lanes();
    const names = new Set([...state.agents.keys(), ...lanes]);
    const waiting = new Map<string, number>();
    for (const channel of state.channels.values()) {
      for (const { agent, length } of channel.mailboxes.values()) {
        if (length > 0) waiting.set(agent, (waiting.get(agent) ?? 0) + length);
      }
    }
    const flows = recording?.flows;
    const past = live ? undefined : this.#totalsAt();
    const running = new Map<string, number>();
    for (const { status, mailbox } of state.unfinished) {
      if (status === 'running') running.set(mailbox.agent, (running.get(mailbox.agent) ?? 0) + 1);
    }
    return [...names].map((name) => {
      const lane = lanes.indexOf(name);
      const total = (status: number): number => past?.get(lane * NODE_STATUSES.length + status) ?? 0;
      const known = flows?.of(lane);
      return {
        name,
        running: running.get(name) ?? 0,
        waiting: waiting.get(name) ?? 0,
        succeeded: past ? total(SUCCEEDED) : (known?.succeeded ?? 0),
        failed: past ? FAILURES.reduce((sum, status) => sum + total(status), 0) : (known?.failed ?? 0),
        rate: this.#agentRates.of(name),
        activeAt: known?.activeAt ?? 0,
        registered: state.agents.has(name),
      };
    });
  }

  /** How often each lane and status occurs up to the position. */
  #totalsAt(): Map<number, number> {
    const { length, lane, status } = this.invocations();
    const counts = new Uint32Array(NODE_STATUSES.length * (this.lanes().length + 1));
    for (let row = 0; row < length; row++) {
      const place = (lane[row] ?? 0) * NODE_STATUSES.length + (status[row] ?? 0);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    return new Map([...counts].entries());
  }

  #listChannels(state: RunState): CanvasChannel[] {
    const { seq, recording } = this.#store;
    const seen = recording?.flows.publishers;
    const declared = new Map<string, Set<string>>();
    for (const [name, { publications }] of state.agents) {
      for (const channel of publications) {
        const agents = declared.get(channel) ?? new Set();
        declared.set(channel, agents.add(name));
      }
    }
    return [...state.channels.values()].map((channel) => {
      const { name, capacity, publishedCount, droppedCount, subscribers, mailboxes } = channel;
      let depth = 0;
      for (const { length } of mailboxes.values()) depth = Math.max(depth, length);
      const publishers = new Set([...(declared.get(name) ?? []), ...(seen?.of(name, seq) ?? [])]);
      const rate = this.#channelRates.of(name);
      return {
        name,
        depth,
        capacity,
        rate,
        published: publishedCount,
        dropped: droppedCount,
        activeAt: rate > 0 ? this.now() : 0,
        subscribers: subscribers.map(({ agent }) => agent),
        publishers: [...publishers],
      };
    });
  }

  #sampleChannels(state: RunState): void {
    const { version, live, generation } = this.#store;
    const wanted = `${version} ${generation}`;
    if (wanted === this.#ratesOf) return;
    this.#ratesOf = wanted;
    if (generation !== this.#ratesGeneration) {
      this.#ratesGeneration = generation;
      // While a flood is watched what came earlier is dropped again and again, and sums go on from there.
      if (!live || !this.#ratesLive) {
        this.#channelRates.clear();
        this.#agentRates.clear();
      }
      this.#ratesLive = live;
      if (!live) this.#rebuildRates();
    }
    if (!live) return;
    const totals = [...state.channels.values()].map((each) => [each.name, each.publishedCount] as const);
    this.#channelRates.sample(this.now(), new Map(totals));
  }

  #sampleAgents(): void {
    const { recording, live } = this.#store;
    if (!live || !recording) return;
    const { flows } = recording;
    const runs = this.lanes().map((name, lane) => [name, flows.of(lane).started] as const);
    this.#agentRates.sample(this.now(), new Map(runs));
  }

  #rebuildRates(): void {
    const { recording, seq } = this.#store;
    if (!recording) return;
    const now = recording.log.timeOf(seq);
    const { published, started } = secondBefore(recording, seq);
    for (const [rates, sums] of [
      [this.#channelRates, published] as const,
      [this.#agentRates, started] as const,
    ]) {
      rates.sample(now - 1000, new Map());
      rates.sample(now, sums);
    }
  }
}
