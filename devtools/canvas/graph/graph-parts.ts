import { scaleSymlog } from 'd3';
import type { CanvasAgent, CanvasChannel } from '../../canvas-contract.js';
import type { LayoutEdge } from '../../layout/layered.js';
import type { Point } from '../../layout/viewport.js';

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

/** Of nodes whose names are short. */
export const SIZES = {
  agent: { width: 140, height: 46 },
  channel: { width: 126, height: 34 },
  app: { width: 64, height: 30 },
} as const;
const WIDEST = 220;
/** Pixels beside a name, and those that a letter takes where the graph is small and its names are written large. */
const BESIDE = 36;
const LETTER = 11;

/** Wide enough for the name, within bounds: a longer one is cut, and read as a whole under the pointer. */
export function widthFor(kind: GraphNode['kind'], name: string): number {
  const { width } = SIZES[kind];
  return kind === 'app' ? width : Math.min(WIDEST, Math.max(width, BESIDE + name.length * LETTER));
}

/** How much further apart than usual layers are, so that the widest agent and the widest channel may be neighbours. */
export function widening(nodes: Iterable<GraphNode>): number {
  const { agent, channel } = SIZES;
  const widest: Record<GraphNode['kind'], number> = { agent: agent.width, channel: channel.width, app: 0 };
  for (const { kind, width } of nodes) widest[kind] = Math.max(widest[kind], width);
  return (widest.agent - agent.width + widest.channel - channel.width) / 2;
}

/** Pixels by messages a second. */
const edgeWidth = scaleSymlog().domain([0, 10_000]).range([1.4, 7.5]).clamp(true);

/** Rates of edges: a subscriber gets all of a channel; what publishers share is split by how busy they are. */
export function weighEdges(edges: readonly GraphEdge[]): void {
  const shares = new Map<GraphNode, number>();
  for (const { from, channel } of edges) {
    if (from !== channel) shares.set(channel, (shares.get(channel) ?? 0) + activity(from));
  }
  for (const edge of edges) {
    const rate = edge.channel.channel?.rate ?? 0;
    const all = shares.get(edge.channel) ?? 0;
    edge.rate = edge.from === edge.channel ? rate : all > 0 ? (rate * activity(edge.from)) / all : 0;
    edge.width = edgeWidth(edge.rate);
  }
}

/** The application itself, as a node. */
export const APP = 'app:';

function activity(node: GraphNode): number {
  return node.kind === 'app' ? 1 : (node.agent?.rate ?? 0) + 1e-6;
}

/** Who publishes on what, and who reads it. */
export function linksOf(channels: readonly CanvasChannel[], agents: ReadonlySet<string>): LayoutEdge[] {
  const idOf = (name: string): string => (name === 'app' && !agents.has(name) ? APP : `agent:${name}`);
  return channels.flatMap(({ name, publishers, subscribers }) => [
    ...publishers.map((publisher) => ({ from: idOf(publisher), to: `channel:${name}` })),
    ...subscribers.map((subscriber) => ({ from: `channel:${name}`, to: idOf(subscriber) })),
  ]);
}
