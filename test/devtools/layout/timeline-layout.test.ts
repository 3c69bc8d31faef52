import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LaneIndex, MOST_SUB_ROWS } from '../../../devtools/layout/lane-index.js';
import { SegmentForest } from '../../../devtools/layout/segment-forest.js';
import { clockTime, timeTicks } from '../../../devtools/layout/time-ticks.js';

interface Segment {
  readonly start: number;
  readonly took: number;
  readonly rank: number;
  /** Ended only after all were added. */
  readonly late: boolean;
}

const segments = fc
  .array(
    fc.record({
      start: fc.integer({ min: 0, max: 1000 }),
      took: fc.integer({ min: 0, max: 400 }),
      rank: fc.integer({ min: 0, max: 11 }),
      late: fc.boolean(),
    }),
    { maxLength: 300 },
  )
  .map((list) => list.sort((a, b) => a.start - b.start));

function forestOf(list: readonly Segment[]): SegmentForest {
  const forest = new SegmentForest();
  for (const { start, took, rank, late } of list)
    forest.append(start, late ? Number.NaN : start + took, rank);
  list.forEach(({ start, took, rank, late }, at) => {
    if (late) forest.finish(at, start + took, rank);
  });
  return forest;
}

const range = fc.tuple(fc.nat(300), fc.nat(300));

describe('the forest of segments', () => {
  test('sums up any range as looking at each would', () => {
    fc.assert(
      fc.property(segments, range, (list, [a, b]) => {
        const forest = forestOf(list);
        const [from, to] = [Math.min(a, b, list.length), Math.min(Math.max(a, b), list.length)];
        const answer = { count: 0, longest: 0, latestEnd: 0, worst: 0 };
        forest.summarize(from, to, answer);
        const some = list.slice(from, to);
        expect(answer).toEqual({
          count: some.length,
          longest: Math.max(0, ...some.map(({ took }) => took)),
          latestEnd: Math.max(Number.NEGATIVE_INFINITY, ...some.map(({ start, took }) => start + took)),
          worst: Math.max(0, ...some.map(({ rank }) => rank)),
        });
      }),
      { numRuns: 500 },
    );
  });

  test('finds the first from a time on as a search through all would', () => {
    fc.assert(
      fc.property(segments, fc.nat(1100), fc.nat(300), (list, time, low) => {
        const forest = forestOf(list);
        const start = Math.min(low, list.length);
        const found = list.findIndex((each, at) => at >= start && each.start >= time);
        expect(forest.firstFrom(time, start)).toBe(found < 0 ? list.length : found);
      }),
      { numRuns: 300 },
    );
  });

  test('finds all that reach over a time', () => {
    fc.assert(
      fc.property(segments, fc.nat(1400), (list, time) => {
        const forest = forestOf(list);
        const before = forest.firstFrom(time);
        const found: number[] = [];
        forest.reachingOver(before, time, Number.POSITIVE_INFINITY, (place) => found.push(place));
        const brute = list.flatMap(({ start, took }, at) => (at < before && start + took > time ? [at] : []));
        expect(found.reverse()).toEqual(brute);
        const two: number[] = [];
        forest.reachingOver(before, time, 2, (place) => two.push(place));
        expect(two).toEqual(brute.slice(-2).reverse());
      }),
      { numRuns: 300 },
    );
  });

  test('a clock that goes back counts as one that stands', () => {
    const forest = new SegmentForest();
    for (const start of [5, 3, 9]) forest.append(start, start + 1, 0);
    expect([0, 1, 2].map((at) => forest.startOf(at))).toEqual([5, 5, 9]);
  });
});

/** Columns of attempts of one agent: [start, end, status, node, attempt]. */
function columnsOf(rows: readonly (readonly [number, number, number, number, number])[]) {
  return {
    length: rows.length,
    lane: new Uint16Array(rows.length),
    queued: Float64Array.from(rows, ([start]) => start - 1),
    start: Float64Array.from(rows, ([start]) => start),
    end: Float64Array.from(rows, ([, end]) => end),
    status: Uint8Array.from(rows, ([, , status]) => status),
    node: Uint32Array.from(rows, ([, , , node]) => node),
    attempt: Uint8Array.from(rows, ([, , , , attempt]) => attempt),
  };
}

describe('lanes', () => {
  const ranks = new Uint8Array([0, 1, 2]);
  const index = (): LaneIndex => new LaneIndex(ranks, (status) => status === 1);

  test('attempts that overlap lie below each other, however the rows arrive', () => {
    const rows = fc.array(fc.tuple(fc.nat(100), fc.integer({ min: 1, max: 30 })), { maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.nat(60), (list, cut) => {
        const sorted = list
          .sort(([a], [b]) => a - b)
          .map(([start, took]) => [start, start + took, 0, 0, 1] as const);
        const whole = index();
        whole.update(columnsOf(sorted));
        const parts = index();
        const known = sorted.slice(0, cut);
        const present = known.at(-1)?.[0] ?? 0;
        const soFar = known.map(
          ([start, end, ...rest]) => [start, end > present ? Number.NaN : end, ...rest] as const,
        );
        parts.update(columnsOf(soFar));
        parts.update(columnsOf(sorted));
        const [a, b] = [whole.lanes[0], parts.lanes[0]];
        sorted.forEach(([start], at) => {
          expect(b?.subRowAt(at)).toBe(a?.subRowAt(at));
          const below = a?.subRowAt(at) ?? 0;
          if (below === MOST_SUB_ROWS - 1) return;
          sorted.slice(0, at).forEach(([, end], other) => {
            if (a?.subRowAt(other) === below) expect(end).toBeLessThanOrEqual(start);
          });
        });
        expect(parts.end).toBe(whole.end);
      }),
      { numRuns: 200 },
    );
  });

  test('a long run is taken in parts', () => {
    const columns = columnsOf([1, 2, 3, 4, 5].map((start) => [start, start + 1, 0, start, 1] as const));
    const lanes = index();
    expect([lanes.update(columns, 2), lanes.length]).toEqual([false, 2]);
    expect([lanes.update(columns, 2), lanes.length]).toEqual([false, 4]);
    expect([lanes.update(columns, 2), lanes.length]).toEqual([true, 5]);
  });

  test('an attempt knows the one before it', () => {
    const lanes = index();
    lanes.update(columnsOf([[0, Number.NaN, 2, 7, 1]]));
    expect(lanes.lanes[0]?.open.size).toBe(1);
    lanes.update(
      columnsOf([
        [0, 5, 1, 7, 1],
        [9, 12, 2, 7, 2],
      ]),
    );
    expect(lanes.previousAttempt(1)).toBe(0);
    expect(lanes.previousAttempt(0)).toBeUndefined();
    expect(lanes.lanes[0]?.open.size).toBe(0);
    expect([lanes.start, lanes.end]).toEqual([-1, 12]);
    expect(lanes.lanes[0]?.placeOf(1)).toBe(1);
    expect(lanes.lanes[0]?.placeOf(9)).toBe(-1);
  });
});

describe('ticks', () => {
  test.each([
    [0, 3_600_000, ['0:00', '10:00', '20:00', '30:00', '40:00', '50:00', '1:00:00'], undefined],
    [0, 5000, ['0:00', '0:01', '0:02', '0:03', '0:04', '0:05'], undefined],
    [-100, 900, ['0:00.0', '0:00.2', '0:00.4', '0:00.6', '0:00.8'], undefined],
    [12_340, 12_350, ['+340 ms', '+342 ms', '+344 ms', '+346 ms', '+348 ms', '+350 ms'], '0:12'],
    [12_340.5, 12_340.6, ['+500 µs', '+520 µs', '+540 µs', '+560 µs', '+580 µs', '+600 µs'], '0:12.340'],
    [12_340, 12_341, ['+340.0 ms', '+340.2 ms', '+340.4 ms', '+340.6 ms', '+340.8 ms', '+341.0 ms'], '0:12'],
  ])('from %d to %d ms', (from, to, labels, base) => {
    const found = timeTicks(from, to, 7);
    expect(found.ticks.map(({ label }) => label)).toEqual(labels);
    expect(found.base?.label).toBe(base);
  });

  test('are on multiples of the step, never too many, and no two alike', () => {
    const span = fc.double({ min: 0.02, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: -1000, max: 1e7, noNaN: true }), span, (from, length) => {
        const { step, ticks } = timeTicks(from, from + length, 10);
        expect(ticks.length).toBeLessThanOrEqual(11);
        for (const { at } of ticks) expect(Math.abs(at / step - Math.round(at / step))).toBeLessThan(1e-3);
        expect(new Set(ticks.map(({ label }) => label)).size).toBe(ticks.length);
      }),
    );
  });

  test('clock times', () => {
    expect(clockTime(3_723_456.789, 3)).toBe('1:02:03.457');
    expect(clockTime(59_999.9, 0)).toBe('1:00');
    expect(clockTime(-1500, 1)).toBe('−0:01.5');
  });
});
