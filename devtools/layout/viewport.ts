/** Where the world is seen: a point of the world lies on the screen at `point * scale + (x, y)`. CSS pixels. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle in the world. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Scales that a view allows, smallest and largest. */
export type ScaleLimits = readonly [smallest: number, largest: number];

export function panned(view: Viewport, dx: number, dy: number): Viewport {
  return { x: view.x + dx, y: view.y + dy, scale: view.scale };
}

/** Zooms by `factor`; what lies under `at` (on the screen) stays there. */
export function zoomedAt(view: Viewport, factor: number, at: Point, limits: ScaleLimits): Viewport {
  const scale = Math.min(limits[1], Math.max(limits[0], view.scale * factor));
  const ratio = scale / view.scale;
  return { x: at.x - (at.x - view.x) * ratio, y: at.y - (at.y - view.y) * ratio, scale };
}

/** The largest view, of at most `largest`, that shows all of `box` within `margin` pixels of each side. */
export function fitted(
  box: Box,
  width: number,
  height: number,
  margin: number,
  limits: ScaleLimits,
): Viewport {
  const boxWidth = Math.max(1, box.right - box.left);
  const boxHeight = Math.max(1, box.bottom - box.top);
  const room = Math.min((width - 2 * margin) / boxWidth, (height - 2 * margin) / boxHeight);
  const scale = Math.min(limits[1], Math.max(limits[0], room));
  return {
    x: width / 2 - ((box.left + box.right) / 2) * scale,
    y: height / 2 - ((box.top + box.bottom) / 2) * scale,
    scale,
  };
}

/** The same scale, with the point of the world in the middle of the screen. */
export function centredOn(view: Viewport, point: Point, width: number, height: number): Viewport {
  return { x: width / 2 - point.x * view.scale, y: height / 2 - point.y * view.scale, scale: view.scale };
}

/** The least move that brings the point at least `margin` pixels inside the screen. */
export function revealing(
  view: Viewport,
  point: Point,
  width: number,
  height: number,
  margin: number,
): Viewport {
  const at = toScreen(view, point);
  const inside = (value: number, size: number): number =>
    size < 2 * margin ? size / 2 : Math.min(size - margin, Math.max(margin, value));
  return panned(view, inside(at.x, width) - at.x, inside(at.y, height) - at.y);
}

export function toScreen(view: Viewport, point: Point): Point {
  return { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
}

export function toWorld(view: Viewport, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

/** Part way from one view to another; scales by ratio, so that the speed looks even. */
export function viewBetween(
  from: Viewport,
  to: Viewport,
  part: number,
  width: number,
  height: number,
): Viewport {
  if (part >= 1) return to;
  const scale = from.scale * (to.scale / from.scale) ** part;
  const middle = { x: width / 2, y: height / 2 };
  const start = toWorld(from, middle);
  const end = toWorld(to, middle);
  // Move in step with the zoom: otherwise the target swings past the edge of the screen on long ways.
  const done =
    from.scale === to.scale ? part : (1 / scale - 1 / from.scale) / (1 / to.scale - 1 / from.scale);
  const centre = { x: start.x + (end.x - start.x) * done, y: start.y + (end.y - start.y) * done };
  return centredOn({ x: 0, y: 0, scale }, centre, width, height);
}

/** Smallest box around both. */
export function joined(first: Box | undefined, second: Box): Box {
  if (!first) return second;
  return {
    left: Math.min(first.left, second.left),
    top: Math.min(first.top, second.top),
    right: Math.max(first.right, second.right),
    bottom: Math.max(first.bottom, second.bottom),
  };
}
