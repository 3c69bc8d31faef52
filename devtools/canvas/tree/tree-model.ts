import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import type { CanvasSource, VisitNode } from '../../canvas-contract.js';
import { type FoldedNode, foldTree, histogramOf } from '../../layout/folded-tree.js';
import { GrowingTree } from '../../layout/growing-tree.js';
import { tidyTree } from '../../layout/tidy-tree.js';
import type { Box, Point } from '../../layout/viewport.js';
import { SEVERITY, STATUS, STATUS_BY_SEVERITY } from '../colours.js';

export const CARD = { width: 150, height: 26, row: 36, column: 204 } as const;
/** At most this share of the time goes into folding and laying out a growing tree; and while the page is busy. */
const SHARE = 0.01;
const BUSY_SHARE = 0.004;
/** Milliseconds of reading in one frame, about, and nodes between two looks at the clock: a long run freezes nothing. */
const READ_MS = 8;
const BUSY_READ_MS = 2;
const NODES_A_READ = 1000;
/** Read in one frame, so many leave no time for a layout in it. */
const NODES_BEFORE_LAYOUT = 3000;
/** So many marks are laid out in several frames: one alone would be a task of a tenth of a second. */
const MANY_MARKS = 2000;

/** Of each status, whether another may follow. */
const IS_OPEN: Uint8Array = Uint8Array.from(NODE_STATUSES, (status) =>
  ['waiting', 'running', 'retrying', 'parked'].includes(status) ? 1 : 0,
);

/** What is drawn, in columns: no object is touched while drawing. Places are those in `nodes`. */
export interface TreeScene {
  readonly nodes: readonly FoldedNode[];
  readonly parent: Int32Array;
  /** Left ends and middles of the cards, where they go to and where they come from. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly fromX: Float64Array;
  readonly fromY: Float64Array;
  /** The status that gives the mark its colour: the worst. */
  readonly status: Uint8Array;
  readonly isPublish: Uint8Array;
  readonly labels: readonly string[];
  /** Of folds only. */
  readonly histograms: readonly (Uint32Array | undefined)[];
  readonly places: ReadonlyMap<string, number>;
}

const EMPTY: TreeScene = {
  nodes: [],
  parent: new Int32Array(0),
  x: new Float64Array(0),
  y: new Float64Array(0),
  fromX: new Float64Array(0),
  fromY: new Float64Array(0),
  status: new Uint8Array(0),
  isPublish: new Uint8Array(0),
  labels: [],
  histograms: [],
  places: new Map(),
};

/** Follows the tree of the source, folds it, and lays it out when it has grown. */
export class TreeModel {
  readonly unfolded: Set<string> = new Set();
  scene: TreeScene = EMPTY;
  tree: GrowingTree = new GrowingTree();
  /** Numbers of nodes that had not come to their end when they were looked at: the status of others stays. */
  #open: number[] = [];
  #shownAs = new Int32Array(0);
  #version = Number.NaN;
  #generation = Number.NaN;
  #run: string | undefined;
  #stale = false;
  /** True while there are nodes that no frame has read yet. */
  #behind = false;
  /** Whether all nodes there were have been read once. */
  #caughtUp = false;
  /** The frame before read so much that it left the layout to this one. */
  #hasRead = false;
  #nextLayout = 0;
  /** The layout that is under way, and the milliseconds that it took so far. */
  #layout: Generator<void, TreeScene> | undefined;
  #spent = 0;

  /** Whether what is shown is so much that laying it out and painting it are several frames' work. */
  get isLarge(): boolean {
    return this.scene.nodes.length > MANY_MARKS;
  }

  /** Takes what is new. True when the scene is another: it glides from `now` on. */
  update(source: CanvasSource, now: number, anchor: () => string | undefined, progress: number): boolean {
    const { version, generation, run } = source;
    if (generation !== this.#generation || run !== this.#run) this.#restart(source);
    if (!this.#layout) {
      const before = this.tree.length;
      // Frames may be so far apart that there is much to read in each: what was read is laid out before the next of it.
      // Only what there was at first is waited for, unless it grows faster than it is read.
      const isDue = now >= this.#nextLayout;
      const laysOut = this.#hasRead && isDue && (this.#caughtUp || source.busy);
      if (!laysOut && (version !== this.#version || this.#behind)) this.#read(source);
      // Reading much and laying much out are two frames' work.
      this.#hasRead = this.tree.length - before > NODES_BEFORE_LAYOUT;
      if (this.#hasRead) return false;
      if (!this.#stale || !isDue) return false;
      this.#layout = this.#layOut();
      this.#stale = false;
      this.#spent = 0;
    }
    const start = performance.now();
    const { done, value: scene } = this.#layout.next();
    if (scene) this.#show(scene, anchor(), progress);
    this.#spent += performance.now() - start;
    if (!done) return false;
    this.#layout = undefined;
    // The bigger the tree, the rarer the layouts: the page keeps its time.
    this.#nextLayout = now + this.#spent / (source.busy ? BUSY_SHARE : SHARE);
    return true;
  }

  /** True when new nodes wait to be read, or for their layout. */
  get waiting(): boolean {
    return this.#stale || this.#behind || this.#layout !== undefined;
  }

  toggle(key: string): void {
    if (!this.unfolded.delete(key)) this.unfolded.add(key);
    this.#stale = true;
    this.#nextLayout = 0;
    this.#layout = undefined;
  }

  /** Place of the mark that stands for a node; -1 when there is none. */
  placeOf(number: number): number {
    return this.tree.has(number) ? (this.#shownAs[number - this.tree.first] ?? 0) - 1 : -1;
  }

  bounds(): Box {
    const { x, y } = this.scene;
    const box = { left: 0, top: 0, right: 1, bottom: 1 };
    for (let place = 0; place < x.length; place++) {
      const [left = 0, middle = 0] = [x[place], y[place]];
      if (place === 0 || left < box.left) box.left = left;
      if (place === 0 || left + CARD.width > box.right) box.right = left + CARD.width;
      if (place === 0 || middle - CARD.height / 2 < box.top) box.top = middle - CARD.height / 2;
      if (place === 0 || middle + CARD.height / 2 > box.bottom) box.bottom = middle + CARD.height / 2;
    }
    return box;
  }

  /** The card there; `left` true when it is the bracket before a card that was unfolded. */
  hit(at: Point): { readonly place: number; readonly bracket: boolean } | undefined {
    const { x, y, nodes } = this.scene;
    for (let place = 0; place < x.length; place++) {
      const [dx, dy] = [at.x - (x[place] ?? 0), Math.abs(at.y - (y[place] ?? 0))];
      if (dx < -14 || dx > CARD.width || dy > CARD.row / 2) continue;
      const folded = nodes[place]?.unfoldedFrom !== undefined;
      if (dx < 0 && folded) return { place, bracket: true };
      if (dx >= 0 && dy <= CARD.height / 2 + 2) return { place, bracket: false };
    }
    return undefined;
  }

  #restart(source: CanvasSource): void {
    this.#generation = source.generation;
    this.#run = source.run;
    this.#version = Number.NaN;
    this.tree = new GrowingTree(source.firstNode);
    this.#layout = undefined;
    this.#open = [];
    this.#nextLayout = 0;
    this.#caughtUp = false;
    this.#hasRead = false;
  }

  #read(source: CanvasSource): void {
    const { tree } = this;
    this.#lookAgain(source);
    const { nextNode } = source;
    const until = performance.now() + (source.busy ? BUSY_READ_MS : READ_MS);
    do {
      const from = Math.max(tree.next, source.firstNode);
      source.visitNodes(from, Math.min(nextNode, from + NODES_A_READ), this.#add);
    } while (tree.next < nextNode && performance.now() < until);
    this.#behind = tree.next < nextNode;
    this.#caughtUp ||= !this.#behind;
    this.#version = source.version;
    this.#stale = true;
  }

  #lookAgain(source: CanvasSource): void {
    let open = 0;
    for (const number of this.#open) {
      const status = source.statusOf(number);
      // One that is not kept any more stays as it was last.
      if (status < 0) continue;
      this.tree.setStatus(number, status);
      if (IS_OPEN[status] === 1) this.#open[open++] = number;
    }
    this.#open.length = open;
  }

  readonly #add: VisitNode = (number, parent, label, status, run) => {
    const { tree } = this;
    // Numbers that the source skips keep their places.
    while (tree.next < number) tree.add(0, '', STATUS.cancelled, false);
    tree.add(parent, label, status, this.#run === undefined || run === this.#run);
    if (IS_OPEN[status] === 1) this.#open.push(number);
  };

  /** Where a mark was shown before: as itself, or within a fold. */
  #standIn({ places }: TreeScene, key: string): number | undefined {
    const itself = places.get(key);
    if (itself !== undefined || !key.startsWith('n')) return itself;
    const place = this.placeOf(Number(key.slice(1)));
    return place < 0 ? undefined : place;
  }

  /** Folds the tree and lays it out; of a large one, a part in each frame. */
  *#layOut(): Generator<void, TreeScene> {
    const nodes = foldTree(this.tree, { unfolded: this.unfolded });
    const isLarge = nodes.length > MANY_MARKS;
    if (isLarge) yield;
    const { along: x, across: y } = tidyTree(nodes, CARD.column, CARD.row);
    if (isLarge) yield;
    const scene: TreeScene = {
      nodes,
      places: new Map(nodes.map(({ key }, place) => [key, place])),
      x,
      y,
      fromX: x.slice(),
      fromY: y.slice(),
      parent: Int32Array.from(nodes, ({ parent }) => parent),
      status: new Uint8Array(nodes.length),
      isPublish: new Uint8Array(nodes.length),
      labels: nodes.map(({ members: [first = 0] }) => this.tree.labelOf(first).slice(1)),
      histograms: nodes.map(({ members }) =>
        members.length > 1 ? histogramOf(this.tree, members, NODE_STATUSES.length) : undefined,
      ),
    };
    if (isLarge) yield;
    return scene;
  }

  /** The scene takes the place of the one before, and its marks come from where they were. */
  #show(scene: TreeScene, anchorKey: string | undefined, progress: number): void {
    const old = this.scene;
    const { nodes, places, x, y } = scene;
    const here = anchorKey === undefined ? undefined : places.get(anchorKey);
    const before = anchorKey === undefined ? undefined : this.#standIn(old, anchorKey);
    // The world moves so that what is looked at stays where it is.
    if (here !== undefined && before !== undefined) {
      shiftAll(x, (old.x[before] ?? 0) - (x[here] ?? 0));
      shiftAll(y, (old.y[before] ?? 0) - (y[here] ?? 0));
    }
    // What was within a fold comes out of it.
    const origins = nodes.map(({ key }) => this.#standIn(old, key));
    this.#shownAs = new Int32Array(this.tree.length);
    nodes.forEach(({ members, key, parent }, place) => {
      let worst = 0;
      for (const member of members) {
        this.#shownAs[member - this.tree.first] = place + 1;
        worst = Math.max(worst, SEVERITY[this.tree.statusOf(member)] ?? 0);
      }
      scene.status[place] = STATUS_BY_SEVERITY[worst] ?? 0;
      scene.isPublish[place] = this.tree.labelOf(members[0] ?? 0).startsWith('p') ? 1 : 0;
      // What is new comes out of its parent.
      const origin = old.places.get(key) ?? origins[place] ?? old.places.get(nodes[parent]?.key ?? '');
      const [left, middle] = origin === undefined ? [x[place], y[place]] : shownAt(old, origin, progress);
      scene.fromX[place] = left ?? 0;
      scene.fromY[place] = middle ?? 0;
    });
    this.scene = scene;
  }
}

/** Where a card is shown when `progress` (0 to 1) of its way is done. */
export function shownAt(
  { x, y, fromX, fromY }: TreeScene,
  place: number,
  progress: number,
): [number, number] {
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [fromX[place], x[place], fromY[place], y[place]];
  return [x0 + (x1 - x0) * progress, y0 + (y1 - y0) * progress];
}

function shiftAll(values: Float64Array, by: number): void {
  for (let index = 0; index < values.length; index++) values[index] = (values[index] ?? 0) + by;
}
