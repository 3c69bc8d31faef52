import type { IndexedEdge } from './layering.js';

/** Nodes of each layer, in their order across it. Edges join neighbouring layers only. */
export type Layers = number[][];

/**
 * Orders the nodes within their layers so that few edges cross: sweeps to and fro, each sorting a layer by the mean
 * place (barycentre) of its neighbours in the layer before. The best order seen is kept.
 */
export function orderLayers(start: Layers, edges: readonly IndexedEdge[], sweeps = 8): Layers {
  const layers = start.map((layer) => [...layer]);
  const count = layers.reduce((sum, layer) => sum + layer.length, 0);
  const before: number[][] = Array.from({ length: count }, () => []);
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) {
    before[to]?.push(from);
    after[from]?.push(to);
  }
  const place = new Float64Array(count);
  for (const layer of layers) notePlaces(layer, place);

  let best = layers.map((layer) => [...layer]);
  let fewest = crossings(layers, after);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    const neighbours = down ? before : after;
    for (let step = 1; step < layers.length; step++) {
      const layer = layers[down ? step : layers.length - 1 - step];
      if (layer) sortByBarycentre(layer, neighbours, place);
    }
    const found = crossings(layers, after);
    if (found < fewest) {
      fewest = found;
      best = layers.map((layer) => [...layer]);
    }
  }
  return best;
}

function sortByBarycentre(layer: number[], neighbours: readonly number[][], place: Float64Array): void {
  const weight = new Map<number, number>();
  for (const node of layer) {
    const around = neighbours[node] ?? [];
    let sum = 0;
    for (const other of around) sum += place[other] ?? 0;
    // A node without neighbours there stays where it is.
    weight.set(node, around.length > 0 ? sum / around.length : (place[node] ?? 0));
  }
  layer.sort((a, b) => (weight.get(a) ?? 0) - (weight.get(b) ?? 0) || (place[a] ?? 0) - (place[b] ?? 0));
  notePlaces(layer, place);
}

/** Places from 0 to 1, so that layers of different sizes compare. */
function notePlaces(layer: readonly number[], place: Float64Array): void {
  layer.forEach((node, index) => {
    place[node] = (index + 0.5) / layer.length;
  });
}

/** How many pairs of edges cross: inversions, counted with a Fenwick tree. */
export function crossings(layers: Layers, after: readonly number[][]): number {
  let total = 0;
  for (let index = 0; index + 1 < layers.length; index++) {
    const next = layers[index + 1] ?? [];
    const rank = new Map(next.map((node, at) => [node, at]));
    const tree = new Int32Array(next.length + 1);
    let seen = 0;
    for (const node of layers[index] ?? []) {
      const targets = (after[node] ?? []).map((to) => rank.get(to) ?? 0);
      for (const target of targets) {
        let notAfter = 0;
        for (let at = target + 1; at > 0; at -= at & -at) notAfter += tree[at] ?? 0;
        total += seen - notAfter;
      }
      for (const target of targets) {
        for (let at = target + 1; at < tree.length; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
        seen++;
      }
    }
  }
  return total;
}
