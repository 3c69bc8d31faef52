import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bands } from '../../../devtools/layout/bands.js';
import {
  distanceTo,
  edgePath,
  endAngle,
  type PathPoint,
  pointOn,
} from '../../../devtools/layout/edge-path.js';
import { layeredLayout, waypointId } from '../../../devtools/layout/layered.js';
import { layersOf, withoutCycles } from '../../../devtools/layout/layering.js';
import { crossings, orderLayers } from '../../../devtools/layout/ordering.js';
import { Placement } from '../../../devtools/layout/placement.js';
import { nearestFree, spaced } from '../../../devtools/layout/spacing.js';
import { edges, node, nodesOf } from './graph-samples.js';

const someEdges = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 60 }))
  .map(([count, pairs]) => ({
    count,
    list: pairs.map(([from, to]) => ({ from: from % count, to: to % count })),
  }));

describe('layering', () => {
  test('a node lies one layer after its latest predecessor', () => {
    const list = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 0, to: 2 },
      { from: 2, to: 3 },
    ];
    expect([...layersOf(4, list)]).toEqual([0, 1, 2, 3]);
  });

  test('a source lies next to its first successor, and a cycle is cut where the search comes back', () => {
    const list = [
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      { from: 2, to: 1 },
      { from: 3, to: 2 },
    ];
    expect([...layersOf(4, list)]).toEqual([0, 1, 2, 1]);
  });

  test('without the turned edges every edge of any graph leads to a higher layer', () => {
    fc.assert(
      fc.property(someEdges, ({ count, list }) => {
        const layers = layersOf(count, list);
        for (const { from, to } of withoutCycles(count, list)) {
          expect(layers[to]).toBeGreaterThan(layers[from] ?? 0);
        }
      }),
    );
  });

  test('a chain of 50,000 overflows no stack', () => {
    const list = Array.from({ length: 50_000 }, (_, from) => ({ from, to: from + 1 }));
    expect(layersOf(50_001, list)[50_000]).toBe(50_000);
  });
});

describe('ordering', () => {
  test('the barycentre undoes a crossing', () => {
    const list = [
      { from: 0, to: 3 },
      { from: 1, to: 2 },
    ];
    const ordered = orderLayers(
      [
        [0, 1],
        [2, 3],
      ],
      list,
    );
    expect(crossings(ordered, [[3], [2], [], []])).toBe(0);
  });

  test('crossings are counted as by trying all pairs', () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })));
    fc.assert(
      fc.property(pairs, (list) => {
        const after: number[][] = Array.from({ length: 12 }, () => []);
        for (const [from, to] of list) after[from]?.push(6 + to);
        let brute = 0;
        for (const [a, b] of list) for (const [c, d] of list) if (a < c && b > d) brute++;
        const layers = [
          [0, 1, 2, 3, 4, 5],
          [6, 7, 8, 9, 10, 11],
        ];
        expect(crossings(layers, after)).toBe(brute);
      }),
    );
  });
});

describe('spacing', () => {
  test('what has room stays at its wish; what would overlap moves as one, by equal shares', () => {
    expect(spaced([0, 100], [40, 40], 10)).toEqual([0, 100]);
    expect(spaced([0, 0], [40, 40], 10)).toEqual([-25, 25]);
  });

  test('no two ever overlap and the order stays', () => {
    const wishes = fc.array(fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: 1, max: 80 })));
    fc.assert(
      fc.property(wishes, (list) => {
        const places = spaced(
          list.map(([wish]) => wish),
          list.map(([, extent]) => extent),
          12,
        );
        for (let index = 1; index < places.length; index++) {
          const room = ((list[index - 1]?.[1] ?? 0) + (list[index]?.[1] ?? 0)) / 2 + 12;
          expect((places[index] ?? 0) - (places[index - 1] ?? 0)).toBeGreaterThanOrEqual(room - 1e-6);
        }
      }),
    );
  });

  test('the nearest free place', () => {
    const taken = [
      { centre: 0, extent: 40 },
      { centre: 60, extent: 40 },
    ];
    expect(nearestFree([], 7, 40, 10)).toBe(7);
    expect(nearestFree(taken, 10, 40, 10)).toBe(-50);
    expect(nearestFree(taken, 50, 40, 10)).toBe(110);
  });
});

describe('layered layout', () => {
  test('is the same for the same graph, and nodes of a layer keep their distance', () => {
    fc.assert(
      fc.property(someEdges, ({ count, list }) => {
        const nodes = Array.from({ length: count }, (_, at) => node(String(at)));
        const named = list.map(({ from, to }) => ({ from: String(from), to: String(to) }));
        const places = layeredLayout(nodes, named, 20);
        expect(layeredLayout(nodes, named, 20)).toEqual(places);
        const all = nodes.flatMap(({ id }) => places.get(id) ?? []);
        for (const a of all) {
          for (const b of all) {
            if (a === b || a.layer !== b.layer) continue;
            expect(Math.abs(a.across - b.across)).toBeGreaterThanOrEqual(60 - 1e-6);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('an edge that passes layers has a waypoint in each', () => {
    const list = edges('a>b b>c c>d a>d');
    const places = layeredLayout(nodesOf(list), list, 20);
    for (const layer of [1, 2]) {
      expect(places.get(waypointId({ from: 'a', to: 'd' }, layer))?.layer).toBe(layer);
    }
  });

  test('an edge over very many layers runs without', () => {
    const chain = Array.from({ length: 40 }, (_, at) => `n${at}>n${at + 1}`).join(' ');
    const list = edges(`${chain} n0>n40`);
    const places = layeredLayout(nodesOf(list), list, 20);
    expect(places.get('n40')?.layer).toBe(40);
    expect(places.size).toBe(41);
  });

  test('a pipeline is a straight line', () => {
    const list = edges('a>b b>c c>d');
    const places = layeredLayout(nodesOf(list), list, 20);
    expect(new Set([...places.values()].map(({ across }) => Math.round(across))).size).toBe(1);
  });
});

describe('placement that lasts', () => {
  test('nodes that come and go move no other', () => {
    const base = edges('app>q q>planner planner>s s>searcher searcher>p p>reader reader>f f>checker');
    const later = fc.array(fc.tuple(fc.nat(8), fc.boolean()), { maxLength: 8 });
    fc.assert(
      fc.property(later, (additions) => {
        const placement = new Placement({ gap: 20 });
        const old = nodesOf(base);
        placement.update(old, base);
        const before = old.map(({ id }) => placement.place(id));
        const nodes = [...old];
        const list = [...base];
        additions.forEach(([neighbour, into], at) => {
          const id = `new${at}`;
          const other = old[neighbour]?.id ?? 'q';
          nodes.push(node(id));
          list.push(into ? { from: id, to: other } : { from: other, to: id });
          expect(placement.update(nodes, list)).toBe(false);
        });
        expect(old.map(({ id }) => placement.place(id))).toEqual(before);
        const taken = nodes.map(({ id }) => placement.place(id));
        for (const [at, a] of taken.entries()) {
          for (const b of taken.slice(at + 1)) {
            if (a?.layer === b?.layer)
              expect(Math.abs((a?.across ?? 0) - (b?.across ?? 0))).toBeGreaterThan(59);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  test('a place that is left is free again', () => {
    const placement = new Placement({ gap: 20 });
    const list = edges('a>b a>c a>d b>e');
    placement.update(nodesOf(list), list);
    const place = placement.place('c');
    const without = edges('a>b a>d b>e');
    placement.update(nodesOf(without), without);
    expect(placement.place('c')).toBeUndefined();
    const again = edges('a>b a>d b>e a>x');
    placement.update(nodesOf(again), again);
    expect(placement.place('x')?.layer).toBe(place?.layer);
  });

  test('a graph that has more than doubled is placed afresh', () => {
    const placement = new Placement({ gap: 20 });
    const few = edges('a>b b>c c>d');
    expect(placement.update(nodesOf(few), few)).toBe(true);
    const many = edges('a>b b>c c>d d>e e>f f>g g>h h>i');
    expect(placement.update(nodesOf(many), many)).toBe(true);
  });
});

describe('the way of an edge', () => {
  test('starts and ends where it should, and arrives along the flow', () => {
    const points: PathPoint[] = [
      { x: 0, y: 0, way: 1 },
      { x: 100, y: 50, way: 1 },
      { x: 200, y: 0, way: 1 },
    ];
    const path = edgePath(points, false);
    expect(pointOn(path, 0)).toEqual({ x: 0, y: 0 });
    expect(pointOn(path, 0.5)).toEqual({ x: 100, y: 50 });
    expect(pointOn(path, 1)).toEqual({ x: 200, y: 0 });
    expect(Math.abs(endAngle(path))).toBeLessThan(0.2);
    expect(endAngle(edgePath(points.slice(0, 2), true))).toBeGreaterThan(1.3);
    expect(distanceTo(path, { x: 100, y: 53 })).toBeCloseTo(3, 1);
  });
});

describe('bands', () => {
  const pipeline = Array.from({ length: 12 }, (_, layer) => ({ layer, across: 0 }));

  test('a long flow fills a wide screen; every second band runs back, and the turn is short', () => {
    const bands = new Bands();
    expect(bands.choose(pipeline, 200, 1200, 800)).toBe(true);
    expect(bands.choose(pipeline, 200, 1200, 800)).toBe(false);
    const places = pipeline.map(({ layer, across }) => bands.world(layer, across, 200));
    expect(Math.max(...places.map(({ x }) => x))).toBe(1000);
    expect(places[5]?.x).toBe(places[6]?.x);
    expect(places[6]?.y).toBeGreaterThan(places[5]?.y ?? 0);
    expect([bands.flow(5), bands.flow(6)]).toEqual([1, -1]);
  });

  test('a short flow stays straight', () => {
    const bands = new Bands();
    expect(bands.choose(pipeline.slice(0, 5), 200, 1200, 300)).toBe(false);
    expect(bands.world(4, 7, 200)).toEqual({ x: 800, y: 7 });
  });
});
