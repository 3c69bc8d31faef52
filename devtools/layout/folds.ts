import type { LayoutNode, Place } from './layered.js';
import { spaced } from './spacing.js';

/** The screen as the flow sees it, in pixels, and what a node takes of it. */
export interface FoldRoom {
  readonly along: number;
  readonly across: number;
  /** From one layer to the next. */
  readonly step: number;
  /** Between two nodes of a layer. */
  readonly gap: number;
}

/** A picture that shows all at this scale, or a larger one, is left as it is. */
const SMALL = 0.4;
/** Folding must make everything this much larger: a layer that is one row is easier to read. */
const WORTH = 1.25;

interface Layer {
  readonly ids: readonly string[];
  readonly extents: readonly number[];
  readonly across: readonly number[];
  readonly columns: number;
  /** Columns before it. */
  readonly start: number;
}

/**
 * Folds layers that are far longer than the screen, as when a thousand agents read one channel: its nodes stand in
 * several columns then, in rows, in the same order. All else keeps its order, and comes closer by the same measure.
 */
export class Folds {
  #places: ReadonlyMap<string, Place> | undefined;
  #layers: ReadonlyMap<number, Layer> = new Map();
  #shrink = 1;
  #rows = Number.POSITIVE_INFINITY;

  /** Where a node is, given its place before folding. */
  place(id: string, before: Place | undefined): Place | undefined {
    return this.#places?.get(id) ?? before;
  }

  /** The same for a point between nodes. */
  waypoint(before: Place): Place {
    if (!this.#places) return before;
    const { start = before.layer, columns = 1 } = this.#layers.get(before.layer) ?? {};
    return { layer: start + (columns - 1) / 2, across: before.across * this.#shrink };
  }

  /** Takes the nodes as they are placed now. True when it folds otherwise than before. */
  fold(nodes: readonly (LayoutNode & { readonly place: Place })[], room: FoldRoom): boolean {
    const sorted = sortedLayers(nodes);
    const rows = rowsOf([...sorted.values()], room);
    const changed = rows !== this.#rows;
    this.#rows = rows;
    if (!Number.isFinite(rows)) {
      this.#places = undefined;
      return changed;
    }
    let columns = Math.min(...sorted.keys());
    const layers = new Map<number, Layer>();
    for (const [layer, row] of [...sorted].sort(([first], [second]) => first - second)) {
      layers.set(layer, { ...contents(row), columns: Math.ceil(row.length / rows), start: columns });
      columns += Math.ceil(row.length / rows);
    }
    const longest = Math.max(...[...sorted.values()].map((row) => lengthOf(row, room.gap)));
    this.#shrink = Math.min(1, (rows * pitchOf(nodes, room.gap)) / longest);
    this.#layers = layers;
    const places = new Map<string, Place>();
    for (const layer of layers.values()) placeLayer(places, layer, this.#shrink, room.gap);
    this.#places = places;
    return changed;
  }
}

type Row = (LayoutNode & { readonly place: Place })[];

function sortedLayers(nodes: Row | readonly Row[number][]): Map<number, Row> {
  const layers = new Map<number, Row>();
  for (const node of nodes) {
    const row = layers.get(node.place.layer);
    if (row) row.push(node);
    else layers.set(node.place.layer, [node]);
  }
  for (const row of layers.values()) row.sort((first, second) => first.place.across - second.place.across);
  return layers;
}

function contents(row: Row): Pick<Layer, 'ids' | 'extents' | 'across'> {
  return {
    ids: row.map(({ id }) => id),
    extents: row.map(({ extent }) => extent),
    across: row.map(({ place }) => place.across),
  };
}

const lengthOf = (row: Row, gap: number): number => row.reduce((sum, { extent }) => sum + extent + gap, 0);

const pitchOf = (nodes: readonly LayoutNode[], gap: number): number =>
  nodes.reduce((most, { extent }) => Math.max(most, extent), 0) + gap;

/** How many nodes a column may hold so that all is shown the largest; Infinity where nothing is folded. */
function rowsOf(layers: readonly Row[], { along, across, step, gap }: FoldRoom): number {
  const longest = Math.max(0, ...layers.map((row) => row.length));
  const pitch = pitchOf(layers.flat(), gap);
  const scaleWith = (rows: number): number => {
    const columns = layers.reduce((sum, row) => sum + Math.ceil(row.length / rows), 0);
    return Math.min(along / (columns * step), across / (rows * pitch));
  };
  const straight = scaleWith(longest);
  if (longest < 2 || straight >= SMALL) return Number.POSITIVE_INFINITY;
  let [best, rows] = [straight * WORTH, Number.POSITIVE_INFINITY];
  for (let tried = longest - 1; tried >= 2; tried = Math.min(tried - 1, Math.floor(tried * 0.97))) {
    const scale = scaleWith(tried);
    if (scale > best) [best, rows] = [scale, tried];
  }
  return rows;
}

function placeLayer(places: Map<string, Place>, layer: Layer, shrink: number, gap: number): void {
  const { ids, extents, across, columns, start } = layer;
  if (columns === 1) {
    const wishes = across.map((each) => each * shrink);
    spaced(wishes, extents, gap).forEach((at, index) => {
      places.set(ids[index] ?? '', { layer: start, across: at });
    });
    return;
  }
  const middle = (across.reduce((sum, each) => sum + each, 0) / across.length) * shrink;
  const pitch = Math.max(...extents) + gap;
  const rows = Math.ceil(ids.length / columns);
  ids.forEach((id, index) => {
    const row = Math.floor(index / columns) - (rows - 1) / 2;
    places.set(id, { layer: start + (index % columns), across: middle + row * pitch });
  });
}
