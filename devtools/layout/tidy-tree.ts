import { hierarchy, tree } from 'd3';

/** What of a node the layout needs. Parents come before children; -1 for roots. */
export interface TidyNode {
  readonly parent: number;
}

/** Places by the nodes' places in the list: `along` grows with depth, `across` from the first root (0) on. */
export interface TidyPlaces {
  readonly along: Float64Array;
  readonly across: Float64Array;
}

interface Datum {
  readonly place: number;
  readonly children: Datum[];
}

/**
 * The tidy tree of d3-hierarchy (Reingold and Tilford): as narrow as it can be with parents amid their children, equal
 * subtrees drawn alike. A forest hangs on a root that is not drawn.
 */
export function tidyTree(nodes: readonly TidyNode[], column: number, row: number): TidyPlaces {
  const data: Datum[] = nodes.map((_, place) => ({ place, children: [] }));
  const roots: Datum = { place: -1, children: [] };
  nodes.forEach(({ parent }, place) => {
    const datum = data[place];
    if (datum) (parent < 0 ? roots : data[parent])?.children.push(datum);
  });
  const along = new Float64Array(nodes.length);
  const across = new Float64Array(nodes.length);
  if (nodes.length === 0) return { along, across };
  const layout = tree<Datum>()
    .nodeSize([row, column])
    .separation((a, b) => (a.parent === b.parent ? 1 : 1.25));
  const root = layout(hierarchy(roots));
  let origin = Number.NaN;
  root.each(({ data: { place }, x, y }) => {
    if (place < 0) return;
    if (Number.isNaN(origin)) origin = x;
    along[place] = y - column;
    across[place] = x - origin;
  });
  return { along, across };
}
