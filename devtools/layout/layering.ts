/** An edge between nodes by their places in a list. */
export interface IndexedEdge {
  readonly from: number;
  readonly to: number;
}

/**
 * Puts every node in a layer (0, 1, 2 …) so that edges lead to higher layers, as far as cycles allow.
 *
 * 1. Depth-first search, sources first; an edge to a node on the current path closes a cycle and counts as turned round.
 * 2. Longest path: a node lies one layer after its latest predecessor.
 * 3. A node that nothing leads to moves next to its first successor, so that its edge is short.
 *
 * Takes time linear in nodes and edges, never recurses, and answers the same for the same input.
 */
export function layersOf(count: number, edges: readonly IndexedEdge[]): Int32Array {
  const forward = withoutCycles(count, edges);
  const outgoing = adjacency(count, forward);
  const missing = new Int32Array(count);
  for (const { to } of forward) missing[to] = (missing[to] ?? 0) + 1;
  const sources: number[] = [];
  for (let node = 0; node < count; node++) if (missing[node] === 0) sources.push(node);

  const layers = new Int32Array(count);
  const ready = [...sources];
  for (let next = 0; next < ready.length; next++) {
    const node = ready[next] ?? 0;
    for (const to of outgoing[node] ?? []) {
      layers[to] = Math.max(layers[to] ?? 0, (layers[node] ?? 0) + 1);
      missing[to] = (missing[to] ?? 0) - 1;
      if (missing[to] === 0) ready.push(to);
    }
  }
  for (const source of sources) {
    let nearest = Number.POSITIVE_INFINITY;
    for (const to of outgoing[source] ?? []) nearest = Math.min(nearest, layers[to] ?? 0);
    if (Number.isFinite(nearest)) layers[source] = nearest - 1;
  }
  return layers;
}

/** The edges, with those that close a cycle turned round, and without loops. */
export function withoutCycles(count: number, edges: readonly IndexedEdge[]): IndexedEdge[] {
  const targets = adjacency(count, edges);
  const sources = new Uint8Array(count).fill(1);
  for (const { from, to } of edges) if (from !== to) sources[to] = 0;
  const order: number[] = [];
  for (let node = 0; node < count; node++) if (sources[node] === 1) order.push(node);
  for (let node = 0; node < count; node++) if (sources[node] === 0) order.push(node);

  const UNSEEN = 0;
  const OPEN = 1;
  const DONE = 2;
  const state = new Uint8Array(count);
  const turned = new Set<string>();
  for (const root of order) {
    if (state[root] !== UNSEEN) continue;
    const path = [{ node: root, next: 0 }];
    state[root] = OPEN;
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const to = targets[top.node]?.[top.next++];
      if (to === undefined) {
        state[top.node] = DONE;
        path.pop();
      } else if (state[to] === OPEN) {
        turned.add(`${top.node} ${to}`);
      } else if (state[to] === UNSEEN) {
        state[to] = OPEN;
        path.push({ node: to, next: 0 });
      }
    }
  }
  return edges
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }) => (turned.has(`${from} ${to}`) ? { from: to, to: from } : { from, to }));
}

function adjacency(count: number, edges: readonly IndexedEdge[]): number[][] {
  const targets: number[][] = Array.from({ length: count }, () => []);
  for (const { from, to } of edges) targets[from]?.push(to);
  return targets;
}
