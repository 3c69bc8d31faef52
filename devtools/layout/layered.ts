import { type IndexedEdge, layersOf } from './layering.js';
import { orderLayers } from './ordering.js';
import { spaced } from './spacing.js';

/** A node to place: `extent` is the length that it takes across its layer. */
export interface LayoutNode {
  readonly id: string;
  readonly extent: number;
}

export interface LayoutEdge {
  readonly from: string;
  readonly to: string;
}

/** Layer along the flow, and the centre across it. */
export interface Place {
  readonly layer: number;
  readonly across: number;
}

/** What an edge takes of each layer that it passes. */
export const WAYPOINT_EXTENT = 14;

export function waypointId(edge: LayoutEdge, layer: number): string {
  return `${edge.from} > ${edge.to} @ ${layer}`;
}

/** An edge over more layers than this runs straight: its waypoints would cost more room than they save. */
const LONGEST_ROUTED = 24;

/** Layers in which an edge gets a waypoint: those strictly between the two, in the direction of the edge. */
export function layersBetween(from: number, to: number): number[] {
  if (Math.abs(to - from) > LONGEST_ROUTED) return [];
  const step = Math.sign(to - from);
  const layers: number[] = [];
  for (let layer = from + step; step !== 0 && layer !== to; layer += step) layers.push(layer);
  return layers;
}

/**
 * Places all nodes afresh: layers, order within them, then distances. Edges that pass layers get a waypoint in each,
 * under `waypointId`, so that they run between nodes and not behind them.
 */
export function layeredLayout(
  nodes: readonly LayoutNode[],
  edges: readonly LayoutEdge[],
  gap: number,
): Map<string, Place> {
  const index = new Map(nodes.map(({ id }, at) => [id, at]));
  const known = edges.filter(({ from, to }) => index.has(from) && index.has(to) && from !== to);
  const indexed = known.map(({ from, to }) => ({ from: index.get(from) ?? 0, to: index.get(to) ?? 0 }));
  const layerOf = [...layersOf(nodes.length, indexed)];
  const ids = nodes.map(({ id }) => id);
  const extents = nodes.map(({ extent }) => extent);

  const short: IndexedEdge[] = [];
  known.forEach((edge, at) => {
    const { from, to } = indexed[at] ?? { from: 0, to: 0 };
    const [start = 0, end = 0] = [layerOf[from], layerOf[to]];
    const up = end >= start;
    let previous = from;
    const join = (next: number): void => {
      short.push(up ? { from: previous, to: next } : { from: next, to: previous });
      previous = next;
    };
    for (const layer of layersBetween(start, end)) {
      layerOf.push(layer);
      extents.push(WAYPOINT_EXTENT);
      join(ids.push(waypointId(edge, layer)) - 1);
    }
    if (start !== end && Math.abs(end - start) <= LONGEST_ROUTED) join(to);
  });

  const layers: number[][] = [];
  layerOf.forEach((layer, vertex) => {
    while (layers.length <= layer) layers.push([]);
    layers[layer]?.push(vertex);
  });
  const ordered = orderLayers(layers, short);
  const across = acrossLayers(ordered, short, extents, gap);
  return new Map(ids.map((id, at) => [id, { layer: layerOf[at] ?? 0, across: across[at] ?? 0 }]));
}

/** Each layer in turn moves as near to its neighbours as its order allows; to and fro, until little moves. */
function acrossLayers(
  layers: readonly (readonly number[])[],
  edges: readonly IndexedEdge[],
  extents: readonly number[],
  gap: number,
): Float64Array {
  const across = new Float64Array(extents.length);
  const before: number[][] = extents.map(() => []);
  const after: number[][] = extents.map(() => []);
  for (const { from, to } of edges) {
    before[to]?.push(from);
    after[from]?.push(to);
  }
  const settle = (layer: readonly number[], wish: (vertex: number) => number): void => {
    const places = spaced(
      layer.map(wish),
      layer.map((vertex) => extents[vertex] ?? 0),
      gap,
    );
    layer.forEach((vertex, at) => {
      across[vertex] = places[at] ?? 0;
    });
  };
  const mean = (vertex: number, around: readonly number[]): number => {
    if (around.length === 0) return across[vertex] ?? 0;
    return around.reduce((sum, other) => sum + (across[other] ?? 0), 0) / around.length;
  };
  for (const layer of layers) settle(layer, () => 0);
  for (let sweep = 0; sweep < 6; sweep++) {
    for (const layer of layers) settle(layer, (vertex) => mean(vertex, before[vertex] ?? []));
    for (const layer of [...layers].reverse()) settle(layer, (vertex) => mean(vertex, after[vertex] ?? []));
  }
  for (const layer of layers) {
    settle(layer, (vertex) => mean(vertex, [...(before[vertex] ?? []), ...(after[vertex] ?? [])]));
  }
  return across;
}
