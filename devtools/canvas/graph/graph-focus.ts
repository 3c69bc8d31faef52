import type { CanvasSelection, CanvasSource } from '../../canvas-contract.js';
import type { Point } from '../../layout/viewport.js';
import type { GraphModel } from './graph-model.js';
import type { GraphEdge, GraphNode } from './graph-parts.js';

/** What the eye should be led to: all nodes when `near` is undefined. */
export interface Focus {
  readonly near: ReadonlySet<string> | undefined;
  /** Whose edges are lit; undefined while a search leads the eye. */
  readonly centre: GraphNode | undefined;
}

const NO_FOCUS: Focus = { near: undefined, centre: undefined };

/** The node that stands for a selection: a message's is its channel, an invocation's its agent. */
export function nodeOf(
  model: GraphModel,
  source: CanvasSource,
  selection: CanvasSelection | undefined,
): GraphNode | undefined {
  if (!selection) return undefined;
  if (selection.kind !== 'node') return model.nodes.get(`${selection.kind}:${selection.name}`);
  const node = source.node(selection.node);
  if (!node) return undefined;
  return model.nodes.get(node.kind === 'invocation' ? `agent:${node.agent}` : `channel:${node.channel}`);
}

/** A search leads the eye to what it found, a selected agent or channel to itself and its neighbours. */
export function focusOf(
  model: GraphModel,
  selected: GraphNode | undefined,
  matches: ReadonlySet<string> | undefined,
): Focus {
  if (matches) return { near: matches, centre: undefined };
  if (!selected) return NO_FOCUS;
  const near = new Set([selected.id]);
  for (const { from, to } of model.edges) {
    if (from === selected) near.add(to.id);
    if (to === selected) near.add(from.id);
  }
  return { near, centre: selected };
}

export function isInFocus({ near, centre }: Focus, { from, to }: GraphEdge): boolean {
  if (!near) return true;
  if (centre) return from === centre || to === centre;
  return near.has(from.id) && near.has(to.id);
}

/** The nearest node in a direction, where what lies aside counts as further; `from` itself when there is none. */
export function nextNode(model: GraphModel, from: GraphNode | undefined, way: Point): GraphNode | undefined {
  const nodes = [...model.nodes.values()].filter(({ kind }) => kind !== 'app');
  if (!from) return nodes[0];
  let best: GraphNode | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const node of nodes) {
    const [dx, dy] = [node.x - from.x, node.y - from.y];
    const along = dx * way.x + dy * way.y;
    const aside = Math.abs(dx * way.y) + Math.abs(dy * way.x);
    const distance = along + aside * 2;
    if (along > 1 && distance < nearest) {
      nearest = distance;
      best = node;
    }
  }
  return best ?? from;
}
