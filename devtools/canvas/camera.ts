import {
  type Box,
  centredOn,
  fitted,
  type Point,
  panned,
  revealing,
  type ScaleLimits,
  type Viewport,
  viewBetween,
  zoomedAt,
} from '../layout/viewport.js';

/** Milliseconds that a change of view takes. */
const FLIGHT = 320;

/** Scale below which the texts of a node cannot be read, and the one at which what was looked for is shown then. */
const LEGIBLE = 0.45;
const NEAR = 0.9;

/** Slows down towards the end. */
export function eased(part: number): number {
  return 1 - (1 - Math.min(1, Math.max(0, part))) ** 3;
}

/** The viewport of a view, and how it moves: at once under the hand, in a short flight otherwise. */
export class Camera {
  readonly limits: ScaleLimits;
  width = 0;
  height = 0;
  reducedMotion = false;
  /** False until the user has moved it: then new content is fitted. */
  moved = false;
  #view: Viewport = { x: 0, y: 0, scale: 1 };
  #from: Viewport = this.#view;
  #to: Viewport = this.#view;
  #start = Number.NEGATIVE_INFINITY;

  constructor(limits: ScaleLimits) {
    this.limits = limits;
  }

  get view(): Viewport {
    return this.#view;
  }

  /** Where the flight leads; the view itself when it rests. */
  get target(): Viewport {
    return this.#to;
  }

  /** Moves on to `now`. True while a flight goes on. */
  advance(now: number): boolean {
    const part = (now - this.#start) / FLIGHT;
    this.#view =
      part >= 1 ? this.#to : viewBetween(this.#from, this.#to, eased(part), this.width, this.height);
    return part < 1;
  }

  jump(view: Viewport): void {
    this.#view = view;
    this.#to = view;
    this.#start = Number.NEGATIVE_INFINITY;
  }

  fly(view: Viewport): void {
    if (this.reducedMotion) {
      this.jump(view);
      return;
    }
    this.#from = this.#view;
    this.#to = view;
    this.#start = performance.now();
  }

  pan(dx: number, dy: number): void {
    this.moved = true;
    this.jump(panned(this.#view, dx, dy));
  }

  zoom(factor: number, at: Point): void {
    this.moved = true;
    this.jump(zoomedAt(this.#view, factor, at, this.limits));
  }

  /** Zooms about the middle, in a flight: for keys and buttons. */
  zoomStep(factor: number): void {
    this.moved = true;
    this.fly(zoomedAt(this.#to, factor, { x: this.width / 2, y: this.height / 2 }, this.limits));
  }

  fit(box: Box, margin: number, largest: number): Viewport {
    return fitted(box, this.width, this.height, margin, [this.limits[0], largest]);
  }

  reveal(point: Point, margin: number): void {
    const next = revealing(this.#to, point, this.width, this.height, margin);
    if (next.x !== this.#to.x || next.y !== this.#to.y) this.fly(next);
  }

  /** The same for what somebody looks for: where it would be too small to be read, the view comes near. */
  approach(point: Point, margin: number): void {
    if (this.#to.scale >= LEGIBLE) {
      this.reveal(point, margin);
      return;
    }
    this.moved = true;
    this.fly(centredOn({ ...this.#to, scale: NEAR }, point, this.width, this.height));
  }

  /** Shifts the picture without moving what is looked at: the world itself has shifted. */
  shift(dx: number, dy: number): void {
    this.#view = panned(this.#view, dx, dy);
    this.#from = panned(this.#from, dx, dy);
    this.#to = panned(this.#to, dx, dy);
  }
}
