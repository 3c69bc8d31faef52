import { ShapeTable } from './tree-shapes.js';

/**
 * A forest that grows, in columns: node numbers rise, parents before children. Keeps the shape of every subtree up to date,
 * by looking again only at nodes that have grown and at what is above them.
 */
export class GrowingTree {
  readonly shapes: ShapeTable = new ShapeTable();
  /** Number of the node in the first place. */
  readonly first: number;
  // One capacity for all columns: a node that comes is three numbers written, as everything else in it is 0 already.
  #capacity = 1024;
  #length = 0;
  #parent: Int32Array = new Int32Array(this.#capacity);
  #firstChild: Int32Array = new Int32Array(this.#capacity);
  #lastChild: Int32Array = new Int32Array(this.#capacity);
  #nextSibling: Int32Array = new Int32Array(this.#capacity);
  #label: Int32Array = new Int32Array(this.#capacity);
  #shape: Int32Array = new Int32Array(this.#capacity);
  #status: Uint8Array = new Uint8Array(this.#capacity);
  #stale: Uint8Array = new Uint8Array(this.#capacity);
  #staleFrom = Number.POSITIVE_INFINITY;
  readonly roots: number[] = [];

  constructor(first = 1) {
    this.first = first;
  }

  get length(): number {
    return this.#length;
  }

  /** Number that the next node gets. */
  get next(): number {
    return this.first + this.length;
  }

  /** Adds the next node; `parent` 0 (or one that is not kept) for a root. `inForest` false leaves it out. */
  add(parent: number, label: string, status: number, inForest = true): number {
    if (this.#length === this.#capacity) this.#grow();
    const number = this.next;
    const isRoot = !this.has(parent);
    const place = this.#length++;
    this.#parent[place] = isRoot ? 0 : parent;
    this.#label[place] = this.shapes.label(label);
    this.#status[place] = status;
    if (!isRoot) this.#append(number, parent - this.first);
    else if (inForest) this.roots.push(number);
    this.#markStale(place);
    return number;
  }

  #append(number: number, above: number): void {
    const last = this.#lastChild[above] ?? 0;
    if (last === 0) this.#firstChild[above] = number;
    else this.#nextSibling[last - this.first] = number;
    this.#lastChild[above] = number;
  }

  #grow(): void {
    this.#capacity *= 2;
    const longer = <Values extends Int32Array | Uint8Array>(from: Values, to: Values): Values => {
      to.set(from);
      return to;
    };
    this.#parent = longer(this.#parent, new Int32Array(this.#capacity));
    this.#firstChild = longer(this.#firstChild, new Int32Array(this.#capacity));
    this.#lastChild = longer(this.#lastChild, new Int32Array(this.#capacity));
    this.#nextSibling = longer(this.#nextSibling, new Int32Array(this.#capacity));
    this.#label = longer(this.#label, new Int32Array(this.#capacity));
    this.#shape = longer(this.#shape, new Int32Array(this.#capacity));
    this.#status = longer(this.#status, new Uint8Array(this.#capacity));
    this.#stale = longer(this.#stale, new Uint8Array(this.#capacity));
  }

  has(number: number): boolean {
    return number >= this.first && number < this.next;
  }

  parentOf(number: number): number {
    return this.#parent[number - this.first] ?? 0;
  }

  firstChildOf(number: number): number {
    return this.#firstChild[number - this.first] ?? 0;
  }

  nextSiblingOf(number: number): number {
    return this.#nextSibling[number - this.first] ?? 0;
  }

  statusOf(number: number): number {
    return this.#status[number - this.first] ?? 0;
  }

  setStatus(number: number, status: number): void {
    if (this.has(number) && status >= 0) this.#status[number - this.first] = status;
  }

  labelOf(number: number): string {
    return this.shapes.textOf(this.#label[number - this.first] ?? 0);
  }

  /** Shape of the subtree under a node; see `ShapeTable`. */
  shapeOf(number: number): number {
    this.#refresh();
    return this.#shape[number - this.first] ?? 0;
  }

  #markStale(place: number): void {
    for (let at = place; (this.#stale[at] ?? 0) === 0; ) {
      this.#stale[at] = 1;
      this.#staleFrom = Math.min(this.#staleFrom, at);
      const parent = this.#parent[at] ?? 0;
      if (parent === 0) break;
      at = parent - this.first;
    }
  }

  /** Children have higher numbers than their parents: one pass from the end sees all children first. */
  #refresh(): void {
    if (this.#staleFrom >= this.length) return;
    const below: number[] = [];
    for (let place = this.length - 1; place >= this.#staleFrom; place--) {
      if ((this.#stale[place] ?? 0) === 0) continue;
      this.#stale[place] = 0;
      below.length = 0;
      let previous = 0;
      for (
        let child = this.#firstChild[place] ?? 0;
        child !== 0;
        child = this.#nextSibling[child - this.first] ?? 0
      ) {
        const shape = this.#shape[child - this.first] ?? 0;
        if (shape !== previous) below.push(shape);
        previous = shape;
      }
      if (below.length > 1) sortUnique(below);
      this.#shape[place] = this.shapes.shape(this.#label[place] ?? 0, below);
    }
    this.#staleFrom = Number.POSITIVE_INFINITY;
  }
}

function sortUnique(numbers: number[]): void {
  numbers.sort((a, b) => a - b);
  let kept = 0;
  for (const number of numbers) {
    if (kept === 0 || number !== numbers[kept - 1]) numbers[kept++] = number;
  }
  numbers.length = kept;
}
