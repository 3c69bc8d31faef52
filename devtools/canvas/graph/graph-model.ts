import { scaleSymlog } from 'd3';
import type { CanvasAgent, CanvasChannel, CanvasSource } from '../../canvas-contract.js';
import { edgePath } from '../../layout/edge-path.js';
import type { LayoutEdge } from '../../layout/layered.js';
import { Placement } from '../../layout/placement.js';
import { type Box, joined, type Point } from '../../layout/viewport.js';
import { eased } from '../camera.js';

export interface GraphNode {
  readonly id: string;
  readonly kind: 'agent' | 'channel' | 'app';
  readonly name: string;
  agent: CanvasAgent | undefined;
  channel: CanvasChannel | undefined;
  readonly width: number;
  readonly height: number;
  /** Centre, where it is shown now. */
  x: number;
  y: number;
  target: Point;
  from: Point;
  /** Where the user has put it. */
  pinned: Point | undefined;
  /** When its failures or drops last grew (`performance.now()`). */
  troubleAt: number;
}

export interface GraphEdge {
  readonly id: string;
  readonly from: GraphNode;
  readonly to: GraphNode;
  readonly channel: GraphNode;
  path: Float64Array;
  width: number;
  rate: number;
}

const SIZES = {
  agent: { width: 152, height: 46 },
  channel: { width: 132, height: 36 },
  app: { width: 72, height: 30 },
} as const;
const GAP = 26;
/** Between the centres of two layers: to the right, and down. */
const LAYER_STEP = { across: 232, down: 112 } as const;
const GLIDE = 420;
/** How far beside the middle an edge that runs against the flow leaves and arrives. */
const BACK_OFFSET = 11;

/** Pixels by messages a second. */
const edgeWidth = scaleSymlog().domain([0, 10_000]).range([1.4, 7.5]).clamp(true);

/** Agents and channels as a graph, with places that last. */
export class GraphModel {
  readonly nodes: Map<string, GraphNode> = new Map();
  edges: GraphEdge[] = [];
  vertical = false;
  #placement = new Placement({ gap: GAP });
  #moveStart = Number.NEGATIVE_INFINITY;
  #moving = false;
  #edgesKey = '';

  /** Turns the flow downwards (narrow screens) or to the right. Everything is placed afresh. */
  turn(vertical: boolean): void {
    if (vertical === this.vertical) return;
    this.vertical = vertical;
    this.#placement = new Placement({ gap: GAP });
    this.#edgesKey = '';
  }

  /** Takes what the source says now. True when nodes or edges have come or gone. */
  update(source: CanvasSource, now: number): boolean {
    const agents = source.agents();
    const channels = source.channels();
    const seen = new Set<string>();
    for (const agent of agents) this.#note('agent', agent.name, agent, undefined, seen, now);
    for (const channel of channels) this.#note('channel', channel.name, undefined, channel, seen, now);
    const links = linksOf(channels, new Set(agents.map(({ name }) => name)));
    if (links.some(({ from }) => from === APP)) this.#note('app', 'app', undefined, undefined, seen, now);
    for (const id of this.nodes.keys()) if (!seen.has(id)) this.nodes.delete(id);

    const key = `${[...seen].join('\n')}\n\n${links.map(({ from, to }) => `${from}\t${to}`).join('\n')}`;
    const changed = key !== this.#edgesKey;
    if (changed) {
      this.#edgesKey = key;
      this.#placement.update(this.#layoutNodes(), links);
      this.#edgesFrom(links);
      this.#aim(now);
    }
    this.#weigh();
    return changed;
  }

  /** Places everything afresh, pinned nodes aside. */
  relayout(now: number): void {
    this.#placement.layout(
      this.#layoutNodes(),
      this.edges.map(({ from, to }) => ({ from: from.id, to: to.id })),
    );
    this.#aim(now);
  }

  pin(node: GraphNode, at: Point | undefined, now: number): void {
    node.pinned = at;
    if (at) {
      node.x = at.x;
      node.y = at.y;
      node.target = at;
      node.from = at;
      this.#route();
    } else {
      this.#aim(now);
    }
  }

  /** Moves everything on to `now`. True while something glides. */
  advance(now: number, reducedMotion: boolean): boolean {
    if (!this.#moving) return false;
    const part = reducedMotion ? 1 : eased((now - this.#moveStart) / GLIDE);
    for (const node of this.nodes.values()) {
      node.x = node.from.x + (node.target.x - node.from.x) * part;
      node.y = node.from.y + (node.target.y - node.from.y) * part;
    }
    this.#moving = part < 1;
    this.#route();
    return this.#moving;
  }

  /** Where everything will be when it has come to rest. */
  bounds(): Box | undefined {
    let box: Box | undefined;
    for (const { target, width, height } of this.nodes.values()) {
      const [halfWidth, halfHeight] = [width / 2, height / 2];
      box = joined(box, {
        left: target.x - halfWidth,
        right: target.x + halfWidth,
        top: target.y - halfHeight,
        bottom: target.y + halfHeight,
      });
    }
    return box;
  }

  nodeAt({ x, y }: Point): GraphNode | undefined {
    let found: GraphNode | undefined;
    for (const node of this.nodes.values()) {
      if (Math.abs(node.x - x) <= node.width / 2 && Math.abs(node.y - y) <= node.height / 2) found = node;
    }
    return found;
  }

  #note(
    kind: GraphNode['kind'],
    name: string,
    agent: CanvasAgent | undefined,
    channel: CanvasChannel | undefined,
    seen: Set<string>,
    now: number,
  ): void {
    const id = kind === 'app' ? APP : `${kind}:${name}`;
    seen.add(id);
    let node = this.nodes.get(id);
    if (!node) {
      const origin = { x: Number.NaN, y: Number.NaN };
      node = {
        id,
        kind,
        name,
        agent,
        channel,
        ...SIZES[kind],
        ...origin,
        target: origin,
        from: origin,
        pinned: undefined,
        troubleAt: Number.NEGATIVE_INFINITY,
      };
      this.nodes.set(id, node);
    }
    const before = (node.agent?.failed ?? 0) + (node.channel?.dropped ?? 0);
    node.agent = agent;
    node.channel = channel;
    if ((agent?.failed ?? 0) + (channel?.dropped ?? 0) > before) node.troubleAt = now;
  }

  #layoutNodes(): { id: string; extent: number }[] {
    return [...this.nodes.values()].map(({ id, width, height }) => ({
      id,
      extent: this.vertical ? width : height,
    }));
  }

  #edgesFrom(links: readonly LayoutEdge[]): void {
    const old = new Map(this.edges.map((edge) => [edge.id, edge]));
    this.edges = links.flatMap((link) => {
      const [from, to] = [this.nodes.get(link.from), this.nodes.get(link.to)];
      if (!from || !to) return [];
      const id = `${link.from} > ${link.to}`;
      const channel = from.kind === 'channel' ? from : to;
      const known = old.get(id);
      if (known?.from === from && known.to === to) return [known];
      return [{ id, from, to, channel, path: new Float64Array(0), width: 1, rate: 0 }];
    });
  }

  /** Sends every node from where it is to its place. */
  #aim(now: number): void {
    for (const node of this.nodes.values()) {
      const place = this.#placement.place(node.id);
      const target = node.pinned ?? (place ? this.#world(place.layer, place.across) : { x: 0, y: 0 });
      const isNew = Number.isNaN(node.x);
      node.target = target;
      node.from = isNew ? target : { x: node.x, y: node.y };
      if (isNew) {
        node.x = target.x;
        node.y = target.y;
      }
    }
    this.#moveStart = now;
    this.#moving = true;
    this.#route();
  }

  #world(layer: number, across: number): Point {
    return this.vertical
      ? { x: across, y: layer * LAYER_STEP.down }
      : { x: layer * LAYER_STEP.across, y: across };
  }

  #route(): void {
    for (const edge of this.edges) {
      const { from, to } = edge;
      const bent = !from.pinned && !to.pinned;
      const between = bent ? this.#placement.waypoints({ from: from.id, to: to.id }) : [];
      const back = this.vertical ? to.y < from.y : to.x < from.x;
      const points = between.map(({ layer, across }) => this.#world(layer, across));
      edge.path = edgePath(
        [this.#port(from, !back, back), ...points, this.#port(to, back, back)],
        this.vertical,
      );
    }
  }

  /** Where an edge touches a node: `after` on the side that the flow leaves by. */
  #port(node: GraphNode, after: boolean, back: boolean): Point {
    const side = after ? 1 : -1;
    const offset = back ? BACK_OFFSET : 0;
    return this.vertical
      ? { x: node.x + offset, y: node.y + (side * node.height) / 2 }
      : { x: node.x + (side * node.width) / 2, y: node.y + offset };
  }

  /** Rates of edges: a subscriber gets all of a channel; what publishers share is split by how busy they are. */
  #weigh(): void {
    const shares = new Map<GraphNode, number>();
    for (const { from, channel } of this.edges) {
      if (from !== channel) shares.set(channel, (shares.get(channel) ?? 0) + activity(from));
    }
    for (const edge of this.edges) {
      const rate = edge.channel.channel?.rate ?? 0;
      const all = shares.get(edge.channel) ?? 0;
      edge.rate = edge.from === edge.channel ? rate : all > 0 ? (rate * activity(edge.from)) / all : 0;
      edge.width = edgeWidth(edge.rate);
    }
  }
}

export const APP = 'app:';

function activity(node: GraphNode): number {
  return node.kind === 'app' ? 1 : (node.agent?.rate ?? 0) + 1e-6;
}

function linksOf(channels: readonly CanvasChannel[], agents: ReadonlySet<string>): LayoutEdge[] {
  const idOf = (name: string): string => (name === 'app' && !agents.has(name) ? APP : `agent:${name}`);
  return channels.flatMap(({ name, publishers, subscribers }) => [
    ...publishers.map((publisher) => ({ from: idOf(publisher), to: `channel:${name}` })),
    ...subscribers.map((subscriber) => ({ from: `channel:${name}`, to: idOf(subscriber) })),
  ]);
}
