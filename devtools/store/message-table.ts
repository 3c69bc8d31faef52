import { messageIdOf, type Session } from '../../core/state/delivery.js';
import { longIntegers } from './chunked-column.js';

/** Messages in the order in which they were published: what leads from a row of the list to everything else. */
export class MessageTable {
  readonly #seq = longIntegers();
  readonly #firstDelivery = longIntegers();
  readonly #publisher = longIntegers();
  readonly #node = longIntegers();
  /** Sessions by the number of the first delivery they made. */
  readonly #sessions: { readonly session: Session; readonly firstDelivery: number }[] = [];

  constructor(session: Session | undefined, nextDelivery: number) {
    // Deliveries of earlier sessions are shown with the ids of this one: which those were, only the state knows.
    if (session) this.#sessions.push({ session, firstDelivery: nextDelivery });
  }

  get length(): number {
    return this.#seq.length;
  }

  add(seq: number, firstDelivery: number, publisher: number, node: number): void {
    this.#seq.push(seq);
    this.#firstDelivery.push(firstDelivery);
    this.#publisher.push(publisher);
    this.#node.push(node);
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
    return this.#seq.countUpTo(seq);
  }

  seqOf(row: number): number {
    return this.#seq.at(row);
  }

  firstDeliveryOf(row: number): number {
    return this.#firstDelivery.at(row);
  }

  publisherOf(row: number): number {
    return this.#publisher.at(row);
  }

  nodeOf(row: number): number {
    return this.#node.at(row);
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
    const row = this.#seq.countUpTo(seq) - 1;
    return row >= 0 && this.seqOf(row) === seq ? row : -1;
  }

  rowOfNode(node: number): number {
    const row = this.#node.countUpTo(node) - 1;
    return row >= 0 && this.nodeOf(row) === node ? row : -1;
  }

  dropUpTo(seq: number): void {
    const count = this.#seq.countUpTo(seq);
    for (const column of [this.#seq, this.#firstDelivery, this.#publisher, this.#node]) column.drop(count);
  }
}
