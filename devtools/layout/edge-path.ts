import type { Point } from './viewport.js';

/** A point that an edge passes, and which way it runs there: 1 along the axis of the flow, -1 against it. */
export interface PathPoint extends Point {
  readonly way: 1 | -1;
}

/** How far a turn swings out, at least. */
const SWING = 44;

/**
 * A smooth way through points that leaves and arrives along the flow: for each stretch four points of a cubic Bézier
 * curve, as x0 y0 x1 y1 x2 y2 x3 y3. `vertical` when the flow goes down and not to the right.
 */
export function edgePath(points: readonly PathPoint[], vertical: boolean): Float64Array {
  const path = new Float64Array(Math.max(0, points.length - 1) * 8);
  for (let index = 0; index + 1 < points.length; index++) {
    const [from, to] = [points[index], points[index + 1]];
    if (!from || !to) continue;
    const along = vertical ? to.y - from.y : to.x - from.x;
    const aside = Math.abs(vertical ? to.x - from.x : to.y - from.y);
    const straight = along * from.way > 0 && from.way === to.way;
    const reach = straight ? Math.abs(along) / 2 : Math.max(Math.abs(along) / 3, Math.min(SWING, aside / 2));
    const [out, back] = [from.way * reach, -to.way * reach];
    const first = vertical ? { x: from.x, y: from.y + out } : { x: from.x + out, y: from.y };
    const second = vertical ? { x: to.x, y: to.y + back } : { x: to.x + back, y: to.y };
    path.set([from.x, from.y, first.x, first.y, second.x, second.y, to.x, to.y], index * 8);
  }
  return path;
}

/** The point at `part` (0 to 1) of the way; each stretch takes the same share. */
export function pointOn(path: Float64Array, part: number): Point {
  const stretches = path.length / 8;
  if (stretches === 0) return { x: 0, y: 0 };
  const scaled = Math.min(Math.max(part, 0), 1) * stretches;
  const stretch = Math.min(stretches - 1, Math.floor(scaled));
  const t = scaled - stretch;
  return { x: cubic(path, stretch * 8, t), y: cubic(path, stretch * 8 + 1, t) };
}

/** Direction of the flow at the end, in radians. */
export function endAngle(path: Float64Array): number {
  const end = pointOn(path, 1);
  const before = pointOn(path, 0.97);
  return Math.atan2(end.y - before.y, end.x - before.x);
}

/** Distance from a point to the way, by samples: near enough for a mouse. */
export function distanceTo(path: Float64Array, point: Point): number {
  let nearest = Number.POSITIVE_INFINITY;
  const samples = (path.length / 8) * 16;
  for (let sample = 0; sample <= samples && samples > 0; sample++) {
    const at = pointOn(path, sample / samples);
    nearest = Math.min(nearest, Math.hypot(at.x - point.x, at.y - point.y));
  }
  return nearest;
}

function cubic(path: Float64Array, at: number, t: number): number {
  const u = 1 - t;
  const [a = 0, b = 0, c = 0, d = 0] = [path[at], path[at + 2], path[at + 4], path[at + 6]];
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}
