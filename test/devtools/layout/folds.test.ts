import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Folds } from '../../../devtools/layout/folds.js';
import { layeredLayout, type Place } from '../../../devtools/layout/layered.js';

const ROOM = { along: 1280, across: 700, step: 172, gap: 26 };
const EXTENT = 46;

/** One channel, this many agents that read it, and one that they write to. */
function star(count: number) {
  const agents = Array.from({ length: count }, (_, index) => `agent${index}`);
  const nodes = ['in', ...agents, 'out'].map((id) => ({ id, extent: EXTENT }));
  const edges = agents.flatMap((id) => [
    { from: 'in', to: id },
    { from: id, to: 'out' },
  ]);
  const places = layeredLayout(nodes, edges, ROOM.gap);
  return nodes.map((node) => ({ ...node, place: places.get(node.id) ?? { layer: 0, across: 0 } }));
}

function folded(nodes: ReturnType<typeof star>): Map<string, Place> {
  const folds = new Folds();
  folds.fold(nodes, ROOM);
  return new Map(nodes.map(({ id, place }) => [id, folds.place(id, place) ?? place]));
}

/** How large all can be shown. */
function scaleOf(places: Iterable<Place>): number {
  const all = [...places];
  const span = (of: (place: Place) => number): number => Math.max(...all.map(of)) - Math.min(...all.map(of));
  const along = (span(({ layer }) => layer) + 1) * ROOM.step;
  return Math.min(ROOM.along / along, ROOM.across / (span(({ across }) => across) + EXTENT + ROOM.gap));
}

test('what fits well is left as it is', () => {
  const nodes = star(12);
  const folds = new Folds();
  expect(folds.fold(nodes, ROOM)).toBe(false);
  for (const { id, place } of nodes) expect(folds.place(id, place)).toBe(place);
  expect(folds.waypoint({ layer: 3, across: 7 })).toEqual({ layer: 3, across: 7 });
});

test.each([60, 1000])('%s agents of one channel are shown several times larger', (count) => {
  const nodes = star(count);
  const before = scaleOf(nodes.map(({ place }) => place));
  expect(scaleOf(folded(nodes).values())).toBeGreaterThan(before * (count > 100 ? 10 : 3));
});

test('nobody stands where another does, and what comes later along the flow stays later', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 60 }), (first, second) => {
      const nodes = [...star(first), ...star(second).map((node) => ({ ...node, id: `second ${node.id}` }))];
      let across = 0;
      // One below the other, as a layout of both would have them.
      const apart = nodes.map((node) => {
        across += EXTENT + ROOM.gap;
        return { ...node, place: { layer: node.place.layer, across } };
      });
      const places = folded(apart);
      const seen = new Map<number, number[]>();
      for (const { layer, across: at } of places.values()) seen.set(layer, [...(seen.get(layer) ?? []), at]);
      for (const column of seen.values()) {
        column.sort((one, other) => one - other);
        for (let index = 1; index < column.length; index++) {
          expect((column[index] ?? 0) - (column[index - 1] ?? 0)).toBeGreaterThan(EXTENT);
        }
      }
      for (const one of apart) {
        for (const other of [apart[0], apart.at(-1)]) {
          if (!other || one.place.layer >= other.place.layer) continue;
          expect(places.get(one.id)?.layer).toBeLessThan(places.get(other.id)?.layer ?? 0);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a window that grows unfolds it again', () => {
  const nodes = star(30);
  const folds = new Folds();
  expect(folds.fold(nodes, ROOM)).toBe(true);
  expect(folds.fold(nodes, { ...ROOM, along: 3000, across: 4000 })).toBe(true);
  for (const { id, place } of nodes) expect(folds.place(id, place)).toBe(place);
});
