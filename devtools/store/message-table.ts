import { messageIdOf, type Session } from '../../core/state/delivery.js';
import { countUpTo, longerIntegers } from './column.js';

const CAPACITY = 1024;

/** Messages in the order in which they were published: what leads from a row of the list to everything else. */
export class MessageTable {
  #length = 0;
  #seq = new Uint32Array(CAPACITY);
  #firstDelivery = new Uint32Array(CAPACITY);
  #publisher = new Uint32Array(CAPACITY);
  #node = new Uint32Array(CAPACITY);
  /** Sessions by the number of the first delivery they made. */
  readonly #sessions: { readonly session: Session; readonly firstDelivery: number }[] = [];

  constructor(session: Session | undefined, nextDelivery: number) {
    // Deliveries of earlier sessions are shown with the ids of this one: which those were, only the state knows.
    if (session) this.#sessions.push({ session, firstDelivery: nextDelivery });
  }

  get length(): number {
    return this.#length;
  }

  /** Makes room for so many rows, so that they need not be moved while they come. */
  reserve(rows: number): void {
    while (this.#seq.length < rows) this.#grow();
  }

  add(seq: number, firstDelivery: number, publisher: number, node: number): void {
    const row = this.#length;
    if (row === this.#seq.length) this.#grow();
    this.#length = row + 1;
    this.#seq[row] = seq;
    this.#firstDelivery[row] = firstDelivery;
    this.#publisher[row] = publisher;
    this.#node[row] = node;
  }

  /** A message from before the first event: its sequence number is not known, its node says the rest. */
  addOld(node: number): void {
    this.add(0, 0, 0, node);
  }

  session(session: Session, firstDelivery: number): void {
    this.#sessions.push({ session, firstDelivery });
  }

  /** How many were published up to event `seq`. */
  countUpTo(seq: number): number {
    return countUpTo(this.#seq, this.#length, seq);
  }

  seqOf(row: number): number {
    return this.#seq[row] ?? 0;
  }

  firstDeliveryOf(row: number): number {
    return this.#firstDelivery[row] ?? 0;
  }

  publisherOf(row: number): number {
    return this.#publisher[row] ?? 0;
  }

  nodeOf(row: number): number {
    return this.#node[row] ?? 0;
  }

  /** Id of a message that did not bring its own. */
  regularId(row: number, ordinal: number): string {
    const publisher = this.publisherOf(row);
    const before = publisher > 0 ? publisher : this.firstDeliveryOf(row);
    const made = this.#sessions.findLast(({ firstDelivery }) => firstDelivery <= before) ?? this.#sessions[0];
    return messageIdOf(made?.session.prefix ?? '', publisher, ordinal);
  }

  rowOfSeq(seq: number): number {
    if (seq === 0) return -1;
    const row = countUpTo(this.#seq, this.#length, seq) - 1;
    return row >= 0 && this.seqOf(row) === seq ? row : -1;
  }

  rowOfNode(node: number): number {
    const row = countUpTo(this.#node, this.#length, node) - 1;
    return row >= 0 && this.nodeOf(row) === node ? row : -1;
  }

  dropUpTo(seq: number): void {
    const count = countUpTo(this.#seq, this.#length, seq);
    for (const column of [this.#seq, this.#firstDelivery, this.#publisher, this.#node])
      column.copyWithin(0, count, this.#length);
    this.#length -= count;
  }

  #grow(): void {
    const capacity = this.#seq.length * 2;
    this.#seq = longerIntegers(this.#seq, capacity);
    this.#firstDelivery = longerIntegers(this.#firstDelivery, capacity);
    this.#publisher = longerIntegers(this.#publisher, capacity);
    this.#node = longerIntegers(this.#node, capacity);
  }
}
