import { bytes, integers } from '../store/column.js';
import { ShapeTable } from './tree-shapes.js';

/**
 * A forest that grows, in columns: node numbers rise, parents before children. Keeps the shape of every subtree up to date,
 * by looking again only at nodes that have grown and at what is above them.
 */
export class GrowingTree {
  readonly shapes: ShapeTable = new ShapeTable();
  /** Number of the node in the first place. */
  readonly first: number;
  readonly #parent = integers();
  readonly #firstChild = integers();
  readonly #lastChild = integers();
  readonly #nextSibling = integers();
  readonly #label = integers();
  readonly #shape = integers();
  readonly #status = bytes();
  readonly #stale = bytes();
  #staleFrom = Number.POSITIVE_INFINITY;
  readonly roots: number[] = [];

  constructor(first = 1) {
    this.first = first;
  }

  get length(): number {
    return this.#parent.length;
  }

  /** Number that the next node gets. */
  get next(): number {
    return this.first + this.length;
  }

  /** Adds the next node; `parent` 0 (or one that is not kept) for a root. `inForest` false leaves it out. */
  add(parent: number, label: string, status: number, inForest = true): number {
    const number = this.next;
    const place = this.#parent.push(this.has(parent) ? parent : 0);
    this.#firstChild.push(0);
    this.#lastChild.push(0);
    this.#nextSibling.push(0);
    this.#label.push(this.shapes.label(label));
    this.#shape.push(0);
    this.#status.push(status);
    this.#stale.push(0);
    if (!this.has(parent)) {
      if (inForest) this.roots.push(number);
    } else {
      const above = parent - this.first;
      const last = this.#lastChild.at(above);
      if (last === 0) this.#firstChild.set(above, number);
      else this.#nextSibling.set(last - this.first, number);
      this.#lastChild.set(above, number);
    }
    this.#markStale(place);
    return number;
  }

  has(number: number): boolean {
    return number >= this.first && number < this.next;
  }

  parentOf(number: number): number {
    return this.#parent.at(number - this.first);
  }

  firstChildOf(number: number): number {
    return this.#firstChild.at(number - this.first);
  }

  nextSiblingOf(number: number): number {
    return this.#nextSibling.at(number - this.first);
  }

  statusOf(number: number): number {
    return this.#status.at(number - this.first);
  }

  setStatus(number: number, status: number): void {
    if (this.has(number) && status >= 0) this.#status.set(number - this.first, status);
  }

  labelOf(number: number): string {
    return this.shapes.textOf(this.#label.at(number - this.first));
  }

  /** Shape of the subtree under a node; see `ShapeTable`. */
  shapeOf(number: number): number {
    this.#refresh();
    return this.#shape.at(number - this.first);
  }

  #markStale(place: number): void {
    for (let at = place; this.#stale.at(at) === 0; ) {
      this.#stale.set(at, 1);
      this.#staleFrom = Math.min(this.#staleFrom, at);
      const parent = this.#parent.at(at);
      if (parent === 0) break;
      at = parent - this.first;
    }
  }

  /** Children have higher numbers than their parents: one pass from the end sees all children first. */
  #refresh(): void {
    if (this.#staleFrom >= this.length) return;
    const below: number[] = [];
    for (let place = this.length - 1; place >= this.#staleFrom; place--) {
      if (this.#stale.at(place) === 0) continue;
      this.#stale.set(place, 0);
      below.length = 0;
      let previous = 0;
      for (
        let child = this.#firstChild.at(place);
        child !== 0;
        child = this.#nextSibling.at(child - this.first)
      ) {
        const shape = this.#shape.at(child - this.first);
        if (shape !== previous) below.push(shape);
        previous = shape;
      }
      if (below.length > 1) sortUnique(below);
      this.#shape.set(place, this.shapes.shape(this.#label.at(place), below));
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
