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
 *
 * Segments come many at a time: adding one touches only the lowest level, those above it follow when somebody asks.
 */
export class SegmentForest {
  readonly #starts = floats();
  readonly #lowest: Level = newLevel();
  readonly #levels: Level[] = [this.#lowest];
  /** Segments that the levels above the lowest know of. */
  #summed = 0;

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

  /** Forgets all segments, and keeps most of their memory. */
  clear(): void {
    this.#starts.length = 0;
    const { latestEnd, longest, worst } = this.#lowest;
    for (const column of [latestEnd, longest, worst]) column.length = 0;
    this.#levels.length = 1;
    this.#summed = 0;
  }

  /** Adds a segment; `end` NaN while it goes on. A clock that went back counts as one that stood. */
  append(start: number, end: number, rank: number): number {
    const last = this.length > 0 ? this.#starts.at(this.length - 1) : start;
    const begin = Math.max(start, last);
    const index = this.#starts.push(begin);
    const isOpen = Number.isNaN(end);
    const { latestEnd, longest, worst } = this.#lowest;
    latestEnd.push(isOpen ? Number.NEGATIVE_INFINITY : end);
    longest.push(isOpen ? 0 : Math.max(0, end - begin));
    worst.push(isOpen ? 0 : rank);
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
      if (index >= this.#summed) return;
      place = Math.floor(place / FAN);
    }
  }

  /** Sums up the segments from `from` (inclusive) to `to` (exclusive). */
  summarize(from: number, to: number, into: SegmentSummary): void {
    into.count = Math.max(0, to - from);
    into.longest = 0;
    into.latestEnd = Number.NEGATIVE_INFINITY;
    into.worst = 0;
    this.#sumUp();
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
    this.#sumUp();
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

  /** Takes what was added since the last time into the levels above the lowest: an eighth of the work for each. */
  #sumUp(): void {
    let from = this.#summed;
    let to = this.length;
    if (from === to) return;
    this.#summed = to;
    for (let level = 0; to > 1; level++) {
      const below = this.#levels[level] ?? this.#lowest;
      let above = this.#levels[level + 1];
      if (!above) {
        above = newLevel();
        this.#levels.push(above);
        from = 0;
      }
      for (let into = Math.floor(from / FAN); into * FAN < to; into++) sumUpEntry(below, to, above, into);
      from = Math.floor(from / FAN);
      to = Math.ceil(to / FAN);
    }
  }
}

function newLevel(): Level {
  return { latestEnd: floats(), longest: floats(), worst: bytes() };
}

/** Sums up those of the first `length` entries that lie below an entry of the next level, which is added when it is new. */
function sumUpEntry(below: Level, length: number, above: Level, into: number): void {
  const [ends, lengths, ranks] = [below.latestEnd.values, below.longest.values, below.worst.values];
  const to = Math.min(length, (into + 1) * FAN);
  let latestEnd = Number.NEGATIVE_INFINITY;
  let longest = 0;
  let worst = 0;
  for (let place = into * FAN; place < to; place++) {
    latestEnd = Math.max(latestEnd, ends[place] ?? latestEnd);
    longest = Math.max(longest, lengths[place] ?? 0);
    worst = Math.max(worst, ranks[place] ?? 0);
  }
  if (into === above.worst.length) {
    above.latestEnd.push(latestEnd);
    above.longest.push(longest);
    above.worst.push(worst);
    return;
  }
  above.latestEnd.set(into, latestEnd);
  above.longest.set(into, longest);
  above.worst.set(into, worst);
}

function take(level: Level | undefined, place: number, into: SegmentSummary): void {
  if (!level) return;
  const [end, took, rank] = [level.latestEnd.at(place), level.longest.at(place), level.worst.at(place)];
  if (end > into.latestEnd) into.latestEnd = end;
  if (took > into.longest) into.longest = took;
  if (rank > into.worst) into.worst = rank;
}
