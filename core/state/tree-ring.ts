import { TreeRows } from './tree-rows.js';

/** Rows that a tree has room for to begin with. */
const FIRST_ROOM = 256;

/**
 * The rows of the tree in a ring that doubles until it holds `limit` of them; from then on each new row takes the place
 * of the oldest.
 */
export class TreeRing extends TreeRows {
  /** Number that the next node will get. Numbers start at 1. */
  next = 1;
  /** Number of the first node that was put in here. */
  private oldest = 1;
  /** Where the next row goes: behind the newest. */
  private nextRow = 0;
  private end = 0;
  private readonly limit: number;
  private readonly forget: (number: number) => void;

  /** @param forget is told of a node whose row goes, and which has something beside it. */
  constructor(limit: number, forget: (number: number) => void) {
    super(Math.min(limit, FIRST_ROOM));
    this.limit = limit;
    this.forget = forget;
    this.end = this.rowAt(this.length);
  }

  /** Number of the oldest node kept. */
  get first(): number {
    return Math.max(this.oldest, this.next - this.length);
  }

  /** The row of a node, or -1 when it is not kept (any more). */
  row(number: number): number {
    const back = this.next - number;
    if (back <= 0 || back > this.length || number < this.oldest) return -1;
    // Counted from the newest, which needs no division. Without a branch: one that is first taken after 100,000 nodes makes
    // the engine compile all anew that has this in it.
    const row = this.nextRow - this.rowAt(back);
    return row + (this.end & (row >> 31));
  }

  /** Adds the row of one node more, and answers its number. @param last as for `begin`. */
  append(
    status: number,
    parent: number,
    label: number,
    scope: number,
    delivery: number,
    last: number,
  ): number {
    const row = this.nextRow;
    // Asked of every row, also of those that are used for the first time, for the same reason.
    if (this.isSpecial(row)) this.forget(this.next - this.length);
    this.begin(row, status, parent, label, scope, delivery, last);
    const after = row + this.rowAt(1);
    this.nextRow = after === this.end ? this.beginAgain() : after;
    return this.next++;
  }

  /** Makes the newest rows before `next` usable, as many as fit, for a snapshot to be put back into. */
  startAt(next: number, count: number): void {
    const size = Math.max(0, Math.min(count, this.limit, next - 1));
    let length = this.length;
    while (size >= length && length < this.limit) length = Math.min(this.limit, length * 2);
    this.lengthen(length);
    // What was in here is not taken along.
    this.clear();
    this.next = next;
    this.oldest = next - size;
    this.nextRow = size === length ? 0 : this.rowAt(size);
  }

  /** How many rows from that of a node on lie one after the other, up to node `end` at most. */
  stretch(number: number, end: number): number {
    return Math.min(end - number, (this.end - this.row(number)) / this.rowAt(1));
  }

  /** The rows in use, oldest first. */
  *used(): Generator<number> {
    for (let number = this.first; number < this.next; number++) yield this.row(number);
  }

  /** Where rows go after the last in the ring: behind it if the ring may become longer, else to its beginning. */
  private beginAgain(): number {
    const end = this.end;
    if (this.length === this.limit) return 0;
    this.lengthen(Math.min(this.limit, this.length * 2));
    return end;
  }

  protected override lengthen(length: number): void {
    super.lengthen(length);
    this.end = this.rowAt(length);
  }
}
