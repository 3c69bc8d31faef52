import { TreeRows } from './tree-rows.js';

/** Rows that a tree has room for to begin with. */
const FIRST_ROOM = 256;

/**
 * The rows of the tree in a ring that doubles until it holds `limit` of them; from then on each new row takes the place
 * of the oldest.
 */
export class TreeRing {
  rows: TreeRows;
  /** Number that the next node will get. Numbers start at 1. */
  next = 1;
  /** How many rows are in use: those of the newest nodes. */
  size = 0;
  readonly #limit: number;
  readonly #forget: (number: number) => void;
  #length: number;
  /** Where the next row goes: behind the newest. */
  #row = 0;
  #end: number;
  /** With how many rows the ring has to grow; never again, once it is as long as it may be. */
  #growAt: number;

  /** @param forget is told of a node whose row goes, and which has something beside it. */
  constructor(limit: number, forget: (number: number) => void) {
    this.#limit = limit;
    this.#forget = forget;
    this.rows = new TreeRows(0);
    this.#length = 0;
    this.#end = 0;
    this.#growAt = 0;
    this.#makeRoom(Math.min(limit, FIRST_ROOM));
  }

  /** Number of the oldest node kept. */
  get first(): number {
    return this.next - this.size;
  }

  /** The row of a node, or -1 when it is not kept (any more). */
  row(number: number): number {
    const back = this.next - number;
    if (back <= 0 || back > this.size) return -1;
    // Counted from the newest, which needs no division.
    const row = this.#row - this.rows.rowAt(back);
    return row < 0 ? row + this.#end : row;
  }

  /**
   * Adds a row and answers the number of its node; see `TreeRows.begin`. Every step is taken each time: one that is first
   * taken after 100,000 nodes would have the engine compile anew then all that has this in it.
   */
  add(
    status: number,
    time: number,
    parent: number,
    label: number,
    scope: number,
    delivery: number,
    ordinal: number,
  ): number {
    if (this.size === this.#growAt) this.#makeRoom(Math.min(this.#limit, this.#length * 2));
    const { rows } = this;
    const row = this.#row;
    // Set in rows that are in use only: the oldest goes.
    if (rows.isSpecial(row)) this.#forget(this.first);
    rows.begin(row, status, time, parent, label, scope, delivery, ordinal);
    const after = row + rows.rowAt(1);
    this.#row = after === this.#end ? 0 : after;
    this.size += this.size < this.#length ? 1 : 0;
    return this.next++;
  }

  /** Makes the newest rows before `next` usable, as many as fit, for a snapshot to be put back into. */
  startAt(next: number, count: number): void {
    const size = Math.max(0, Math.min(count, this.#limit, next - 1));
    let length = this.#length;
    while (size > length) length = Math.min(this.#limit, length * 2);
    this.size = 0;
    this.#makeRoom(length);
    this.next = next;
    this.size = size;
    this.#row = size === length ? 0 : this.rows.rowAt(size);
  }

  /** How many rows from that of a node on lie one after the other, up to node `end` at most. */
  stretch(number: number, end: number): number {
    const { rows } = this;
    return Math.min(end - number, (this.#end - this.row(number)) / rows.rowAt(1));
  }

  /** The rows in use, oldest first. */
  *used(): Generator<number> {
    for (let number = this.first; number < this.next; number++) yield this.row(number);
  }

  /** The rows in use, copied into a ring of this length: as memory, in two pieces at most. */
  #makeRoom(length: number): void {
    const { rows: before, first, size } = this;
    const rows = new TreeRows(length);
    if (size > 0) {
      const piece = this.stretch(first, this.next);
      rows.take(0, before, this.row(first), piece);
      rows.take(rows.rowAt(piece), before, 0, size - piece);
    }
    this.rows = rows;
    this.#length = length;
    this.#end = rows.rowAt(length);
    this.#growAt = length < this.#limit ? length : -1;
    this.#row = size === length ? 0 : rows.rowAt(size);
  }
}
