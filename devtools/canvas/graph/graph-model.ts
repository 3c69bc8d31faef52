import type { CanvasAgent, CanvasChannel, CanvasSource } from '../../canvas-contract.js';
import { Bands } from '../../layout/bands.js';
import { edgePath, type PathPoint } from '../../layout/edge-path.js';
import { Folds } from '../../layout/folds.js';
import type { LayoutEdge, Place } from '../../layout/layered.js';
import { Placement } from '../../layout/placement.js';
import type { Box, Point } from '../../layout/viewport.js';
import { eased } from '../camera.js';
import { boundsOf } from './graph-bounds.js';
import {
  APP,
  type GraphEdge,
  type GraphNode,
  linksOf,
  SIZES,
  weighEdges,
  widening,
  widthFor,
} from './graph-parts.js';

const GAP = 26;
/** Between the centres of two layers: to the right, where no name is long, and down. */
const LAYER_STEP = { across: 172, down: 88 } as const;
const GLIDE = 420;
/** How far beside the middle an edge that runs against the flow leaves and arrives. */
const BACK_OFFSET = 11;

/** Agents and channels as a graph, with places that last. */
export class GraphModel {
  readonly nodes: Map<string, GraphNode> = new Map();
  edges: GraphEdge[] = [];
  vertical = false;
  #placement = new Placement({ gap: GAP });
  #folds = new Folds();
  #bands = new Bands();
  #size: Point = { x: 0, y: 0 };
  /** Between the centres of two layers; known once, as every point of every edge is placed by it. */
  #step: number = LAYER_STEP.across;
  #moveStart = Number.NEGATIVE_INFINITY;
  #moving = false;
  #edgesKey = '';

  /**
   * Takes the size of the screen. A narrow one turns the flow downwards, and everything is placed afresh; on a wide one
   * a long flow breaks into bands.
   */
  resize(width: number, height: number, now: number): void {
    this.#size = { x: width, y: height };
    const turns = height > width * 1.15 !== this.vertical;
    if (turns) {
      this.vertical = !this.vertical;
      this.#placement = new Placement({ gap: GAP });
      this.#placement.update(this.#layoutNodes(), this.#links());
    }
    if (this.#arrange() || turns) this.#aim(now);
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
      this.#arrange();
      this.#aim(now);
    }
    weighEdges(this.edges);
    return changed;
  }

  /** Places everything afresh, pinned nodes aside. */
  relayout(now: number): void {
    this.#placement.layout(this.#layoutNodes(), this.#links());
    this.#arrange();
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

  /** What everything will take up when it has come to rest, the ways of the edges included. */
  bounds(): Box | undefined {
    const gliding = [...this.nodes.values()].filter(({ x, y, target }) => x !== target.x || y !== target.y);
    const put = (places: readonly Point[]): void => {
      for (const [at, node] of gliding.entries()) Object.assign(node, places[at]);
      if (gliding.length > 0) this.#route();
    };
    const shown = gliding.map(({ x, y }) => ({ x, y }));
    put(gliding.map(({ target }) => target));
    const box = boundsOf(this.nodes.values(), this.edges);
    put(shown);
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
        width: widthFor(kind, name),
        height: SIZES[kind].height,
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

  #links(): LayoutEdge[] {
    return this.edges.map(({ from, to }) => ({ from: from.id, to: to.id }));
  }

  /** Folds what is too long for the screen across the flow, and breaks what is too long along it. True when places change. */
  #arrange(): boolean {
    const { x, y } = this.#size;
    this.#step = LAYER_STEP.across + widening(this.nodes.values());
    const room = this.vertical
      ? { along: y, across: x, step: LAYER_STEP.down, gap: GAP }
      : { along: x, across: y, step: this.#step, gap: GAP };
    const placed = this.#layoutNodes().flatMap((node) => {
      const place = this.#placement.place(node.id);
      return place ? [{ ...node, place }] : [];
    });
    const folded = this.#folds.fold(placed, room);
    const places = [...this.nodes.keys()].flatMap((id) => this.#place(id) ?? []);
    return this.#bands.choose(places, this.#step, x, y) || folded;
  }

  #place(id: string): Place | undefined {
    return this.#folds.place(id, this.#placement.place(id));
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
      const place = this.#place(node.id);
      const target = node.pinned ?? (place ? this.#world(place) : { x: 0, y: 0 });
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

  #world({ layer, across }: Place): Point {
    if (this.vertical) return { x: across, y: layer * LAYER_STEP.down };
    return this.#bands.world(layer, across, this.#step);
  }

  /** 1 where the flow runs to the right (or down), -1 in the bands where it runs back. */
  #flowAt(place: Place | undefined): 1 | -1 {
    return this.vertical || !place ? 1 : this.#bands.flow(place.layer);
  }

  #route(): void {
    for (const edge of this.edges) {
      const points = this.#corridorWay(edge) ?? this.#flowWay(edge);
      edge.path = edgePath(points, this.vertical);
    }
  }

  /** The way along the flow, through the waypoints of the layers that it passes. */
  #flowWay(edge: GraphEdge): PathPoint[] {
    const { from, to } = edge;
    const [start, end] = [this.#place(from.id), this.#place(to.id)];
    const forward = this.#runsForward(edge);
    const turn = (flow: 1 | -1): 1 | -1 => (forward ? flow : opposite(flow));
    const bent = !from.pinned && !to.pinned && start && end && this.#bandOf(start) === this.#bandOf(end);
    const passed = (bent ? this.#placement.waypoints({ from: from.id, to: to.id }) : []).map((before) => {
      const place = this.#folds.waypoint(before);
      return { ...this.#world(place), way: turn(this.#flowAt(place)) };
    });
    const offset = forward ? 0 : BACK_OFFSET;
    return [
      this.#leave(from, turn(this.#flowAt(start)), offset),
      ...passed,
      this.#arrive(to, turn(this.#flowAt(end)), offset),
    ];
  }

  /** From band to band, but for the turn itself, an edge runs between the bands, so that it crosses no node there. */
  #corridorWay({ from, to }: GraphEdge): PathPoint[] | undefined {
    const [start, end] = [this.#place(from.id), this.#place(to.id)];
    if (!start || !end || from.pinned || to.pinned || Math.abs(start.layer - end.layer) <= 1)
      return undefined;
    const [first, second] = [this.#bandOf(start), this.#bandOf(end)];
    if (first === second) return undefined;
    const y = this.#bands.corridor(first, second);
    const way = to.x >= from.x ? 1 : -1;
    const turns = [from.x - (way * from.width) / 2, to.x + (way * to.width) / 2];
    const along = turns.map((x) => ({ x, y, way }) as const);
    return [
      this.#leave(from, opposite(way), BACK_OFFSET),
      ...along,
      this.#arrive(to, opposite(way), BACK_OFFSET),
    ];
  }

  #leave(node: GraphNode, way: 1 | -1, offset: number): PathPoint {
    return { ...this.#port(node, way, offset), way };
  }

  #arrive(node: GraphNode, way: 1 | -1, offset: number): PathPoint {
    return { ...this.#port(node, opposite(way), offset), way };
  }

  #bandOf({ layer }: Place): number {
    return this.vertical ? 0 : this.#bands.band(layer);
  }

  #runsForward({ from, to }: GraphEdge): boolean {
    const [first, second] = [this.#place(from.id), this.#place(to.id)];
    if (from.pinned || to.pinned || !first || !second) {
      const along = this.vertical ? to.y - from.y : to.x - from.x;
      return along * this.#flowAt(first) >= 0;
    }
    return second.layer >= first.layer;
  }

  /** Where an edge touches a node: on its side towards the axis (1) or away from it (-1). */
  #port(node: GraphNode, side: 1 | -1, offset: number): Point {
    return this.vertical
      ? { x: node.x + offset, y: node.y + (side * node.height) / 2 }
      : { x: node.x + (side * node.width) / 2, y: node.y + offset };
  }
}

function opposite(way: 1 | -1): 1 | -1 {
  return way === 1 ? -1 : 1;
}
