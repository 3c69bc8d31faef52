import { bytes, type Column, floats } from '../store/column.js';

/** What the forest knows of a range of segments. Filled in place, so that asking makes no garbage. */
export interface SegmentSummary {
  count: number;
  longest: number;
  /** When the last of them ends; -Infinity when none has ended. */
  latestEnd: number;
  /** The highest rank. */
  worst: number;
}

interface Level {
  readonly latestEnd: Column<Float64Array>;
  readonly longest: Column<Float64Array>;
  readonly worst: Column<Uint8Array>;
}

const FAN = 8;

/**
 * Segments of one lane, in the order of their starts, that only ever grows at its end: an implicit forest in columns. Each
 * level sums up eight entries of the one below (latest end, longest, worst rank), so that any range is answered by some
 * tens of look-ups, and a segment that ends later than it was added is mended on one path.
 */
export class SegmentForest {
  readonly #starts = floats();
  readonly #levels: Level[] = [newLevel()];

  get length(): number {
    return this.#starts.length;
  }

  startOf(index: number): number {
    return this.#starts.at(index);
  }

  /** -Infinity while it goes on. */
  endOf(index: number): number {
    return this.#levels[0]?.latestEnd.at(index) ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds a segment; `end` NaN while it goes on. A clock that went back counts as one that stood. */
  append(start: number, end: number, rank: number): number {
    const last = this.length > 0 ? this.#starts.at(this.length - 1) : start;
    const index = this.#starts.push(Math.max(start, last));
    for (let level = 0, place = index; ; level++, place = Math.floor(place / FAN)) {
      const columns = this.#levels[level] ?? this.#raise();
      if (place < columns.worst.length) break;
      columns.latestEnd.push(Number.NEGATIVE_INFINITY);
      columns.longest.push(0);
      columns.worst.push(0);
      if (place === 0) break;
    }
    if (!Number.isNaN(end)) this.finish(index, end, rank);
    return index;
  }

  finish(index: number, end: number, rank: number): void {
    const took = end - this.#starts.at(index);
    let place = index;
    for (const { latestEnd, longest, worst } of this.#levels) {
      // What changes nothing here changes nothing above.
      if (latestEnd.at(place) >= end && longest.at(place) >= took && worst.at(place) >= rank) return;
      if (latestEnd.at(place) < end) latestEnd.set(place, end);
      if (longest.at(place) < took) longest.set(place, took);
      if (worst.at(place) < rank) worst.set(place, rank);
      place = Math.floor(place / FAN);
    }
  }

  /** Sums up the segments from `from` (inclusive) to `to` (exclusive). */
  summarize(from: number, to: number, into: SegmentSummary): void {
    into.count = Math.max(0, to - from);
    into.longest = 0;
    into.latestEnd = Number.NEGATIVE_INFINITY;
    into.worst = 0;
    let [low, high] = [from, to];
    // The top level holds one entry: nothing is left after it.
    for (const level of this.#levels) {
      if (low >= high) return;
      while (low < high && low % FAN !== 0) take(level, low++, into);
      while (low < high && high % FAN !== 0) take(level, --high, into);
      low /= FAN;
      high /= FAN;
    }
  }

  /** Place of the first segment that starts at `time` or later, looked for from `low` on. */
  firstFrom(time: number, low = 0): number {
    let high = this.length;
    let from = low;
    // Neighbours are asked for one after the other: gallop, then halve.
    for (let step = 16; from + step < high; step *= 4) {
      if (this.#starts.at(from + step) >= time) {
        high = from + step;
        break;
      }
      from += step;
    }
    while (from < high) {
      const middle = (from + high) >>> 1;
      if (this.#starts.at(middle) < time) from = middle + 1;
      else high = middle;
    }
    return from;
  }

  /** Visits segments before place `before` that end after `time`, the latest first; at most `most`. */
  reachingOver(before: number, time: number, most: number, visit: (index: number) => void): void {
    let left = most;
    const descend = (level: number, place: number): void => {
      const first = place * FAN ** level;
      if (left <= 0 || first >= before) return;
      if ((this.#levels[level]?.latestEnd.at(place) ?? time) <= time) return;
      if (level === 0) {
        left--;
        visit(place);
        return;
      }
      const length = this.#levels[level - 1]?.worst.length ?? 0;
      for (let child = Math.min(length, (place + 1) * FAN) - 1; child >= place * FAN; child--) {
        descend(level - 1, child);
      }
    };
    const top = this.#levels.length - 1;
    for (let place = (this.#levels[top]?.worst.length ?? 0) - 1; place >= 0; place--) descend(top, place);
  }

  /** A new level on top, that sums up what is below. */
  #raise(): Level {
    const below = this.#levels.at(-1);
    const level = newLevel();
    this.#levels.push(level);
    const summary = { count: 0, longest: 0, latestEnd: Number.NEGATIVE_INFINITY, worst: 0 };
    for (let place = 0; place < Math.min(FAN, below?.worst.length ?? 0); place++) take(below, place, summary);
    level.latestEnd.push(summary.latestEnd);
    level.longest.push(summary.longest);
    level.worst.push(summary.worst);
    return level;
  }
}

function newLevel(): Level {
  return { latestEnd: floats(), longest: floats(), worst: bytes() };
}

function take(level: Level | undefined, place: number, into: SegmentSummary): void {
  if (!level) return;
  const [end, took, rank] = [level.latestEnd.at(place), level.longest.at(place), level.worst.at(place)];
  if (end > into.latestEnd) into.latestEnd = end;
  if (took > into.longest) into.longest = took;
  if (rank > into.worst) into.worst = rank;
}
