import type { Place } from './layered.js';
import type { Point } from './viewport.js';

/** Room that a band takes beside its nodes. */
const BAND_MARGIN = 104;
const MOST_BANDS = 5;
/** More bands must make everything this much larger: a straight flow is easier to read. */
const WORTH = 1.25;

/**
 * Breaks a long flow into bands, as a text into lines; every second one runs back, so that the turn is short. A pipeline of
 * fifteen layers then fills a wide screen and need not shrink to a thread.
 */
export class Bands {
  #layers = Number.POSITIVE_INFINITY;
  #height = 0;
  #bottom = 0;

  /** Finds the number of bands that shows all the largest. True when it is another than before. */
  choose(places: readonly Place[], step: number, width: number, height: number): boolean {
    let [first, last, top, bottom] = [0, 0, 0, 0];
    for (const { layer, across } of places) {
      first = Math.min(first, layer);
      last = Math.max(last, layer);
      top = Math.min(top, across);
      bottom = Math.max(bottom, across);
    }
    const count = last - first + 1;
    const band = bottom - top + BAND_MARGIN;
    let [best, bands] = [0, 1];
    for (let tried = 1; tried <= Math.min(MOST_BANDS, Math.ceil(count / 3)); tried++) {
      const scale = Math.min(1, width / (Math.ceil(count / tried) * step), height / (tried * band));
      if (scale > best * WORTH || tried === 1) [best, bands] = [scale, tried];
    }
    const layers = bands === 1 ? Number.POSITIVE_INFINITY : Math.ceil(count / bands);
    const changed = layers !== this.#layers || (bands > 1 && band !== this.#height);
    this.#layers = layers;
    this.#height = band;
    this.#bottom = bottom;
    return changed;
  }

  world(layer: number, across: number, step: number): Point {
    const band = this.band(layer);
    if (band === 0) return { x: layer * step, y: across };
    const along = layer - band * this.#layers;
    const column = this.flow(layer) === 1 ? along : this.#layers - 1 - along;
    return { x: column * step, y: across + band * this.#height };
  }

  /** 1 in bands that run to the right, -1 in those that run back. */
  flow(layer: number): 1 | -1 {
    return this.band(layer) % 2 === 0 ? 1 : -1;
  }

  /** Where edges run between two bands: just above the lower one. */
  corridor(first: number, second: number): number {
    return (Math.max(first, second) - 1) * this.#height + this.#bottom + BAND_MARGIN / 2;
  }

  /** Which band a layer lies in: 0, 1, 2 … */
  band(layer: number): number {
    return Number.isFinite(this.#layers) ? Math.max(0, Math.floor(layer / this.#layers)) : 0;
  }
}
