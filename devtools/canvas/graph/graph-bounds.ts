import { type Box, joined } from '../../layout/viewport.js';
import type { GraphEdge, GraphNode } from './graph-parts.js';

/** What nodes and edges take up, as they are shown. */
export function boundsOf(nodes: Iterable<GraphNode>, edges: readonly GraphEdge[]): Box | undefined {
  let box: Box | undefined;
  for (const { x, y, width, height } of nodes) {
    const [across, down] = [width / 2, height / 2];
    box = joined(box, { left: x - across, right: x + across, top: y - down, bottom: y + down });
  }
  for (const { path } of edges) {
    for (let at = 0; at < path.length; at += 4) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = path.subarray(at, at + 4);
      // An end of a curve and its handle: it swings out three quarters of the way to there, at most.
      const [dx, dy] = [Math.abs(x1 - x0) / 4, Math.abs(y1 - y0) / 4];
      box = joined(box, {
        left: Math.min(x0, x1) + dx,
        right: Math.max(x0, x1) - dx,
        top: Math.min(y0, y1) + dy,
        bottom: Math.max(y0, y1) - dy,
      });
    }
  }
  return box;
}
