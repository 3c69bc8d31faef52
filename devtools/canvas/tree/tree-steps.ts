import type { Point } from '../../layout/viewport.js';
import { CARD, type TreeScene } from './tree-model.js';

/** The place itself, its parent, and so on up to the root. */
export function ancestorsOf({ parent }: TreeScene, from: number): number[] {
  const way: number[] = [];
  for (let place = from; place >= 0; place = parent[place] ?? -1) way.push(place);
  return way;
}

/** The place that an arrow key leads to; the same when there is nothing that way. */
export function stepFrom({ parent, nodes }: TreeScene, place: number, key: string): number {
  if (place < 0) return 0;
  if (key === 'ArrowLeft') return (parent[place] ?? -1) < 0 ? place : (parent[place] ?? place);
  if (key === 'ArrowRight') {
    const child = parent.indexOf(place);
    return child < 0 ? place : child;
  }
  // In the list, marks of one depth stand together, from top to bottom.
  const other = place + (key === 'ArrowUp' ? -1 : 1);
  return nodes[other]?.depth === nodes[place]?.depth ? other : place;
}

/** The card whose middle lies nearest to a point of the world, where all will rest; -1 when there is none. */
export function nearestPlace({ x, y }: TreeScene, point: Point): number {
  let best = -1;
  let nearest = Number.POSITIVE_INFINITY;
  for (let place = 0; place < x.length; place++) {
    const [dx, dy] = [(x[place] ?? 0) + CARD.width / 2 - point.x, (y[place] ?? 0) - point.y];
    const distance = Math.abs(dx) + Math.abs(dy);
    if (distance < nearest) {
      nearest = distance;
      best = place;
    }
  }
  return best;
}
