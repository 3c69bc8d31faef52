import { eased } from '../camera.js';

const FLIGHT = 260;
/** A microsecond takes some pixels; a fortnight is more than any run. */
const SHORTEST = 0.02;
const LONGEST = 14 * 24 * 3_600_000;

/** The stretch of time that is seen, in milliseconds since the run began. */
export class TimeWindow {
  from = 0;
  span = 1000;
  reducedMotion = false;
  #flight: { from: number; span: number; toFrom: number; toSpan: number; start: number } | undefined;

  get to(): number {
    return this.from + this.span;
  }

  jump(from: number, span: number): void {
    this.#flight = undefined;
    this.span = Math.min(LONGEST, Math.max(SHORTEST, span));
    this.from = from;
  }

  fly(from: number, span: number): void {
    const toSpan = Math.min(LONGEST, Math.max(SHORTEST, span));
    if (this.reducedMotion) this.jump(from, toSpan);
    else this.#flight = { from: this.from, span: this.span, toFrom: from, toSpan, start: performance.now() };
  }

  /** Zooms by `factor`; the time at `part` (0 to 1) of the window stays there. */
  zoom(factor: number, part: number): void {
    const span = Math.min(LONGEST, Math.max(SHORTEST, this.span / factor));
    this.jump(this.from + (this.span - span) * part, span);
  }

  /** As `zoom`, about the middle, in a flight. */
  zoomStep(factor: number): void {
    const { toFrom = this.from, toSpan = this.span } = this.#flight ?? {};
    const span = toSpan / factor;
    this.fly(toFrom + (toSpan - span) / 2, span);
  }

  /** Moves on to `now`. True while a flight goes on. */
  advance(now: number): boolean {
    const flight = this.#flight;
    if (!flight) return false;
    const part = eased((now - flight.start) / FLIGHT);
    // Both ends move: what is flown to never leaves the screen on the way.
    const to = flight.from + flight.span + (flight.toFrom + flight.toSpan - flight.from - flight.span) * part;
    this.from = flight.from + (flight.toFrom - flight.from) * part;
    this.span = to - this.from;
    if (part >= 1) this.jump(flight.toFrom, flight.toSpan);
    return part < 1;
  }
}
