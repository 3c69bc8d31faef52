import { NO_SESSION, type Session } from '../../core/state/session.js';
import { messageIdOf } from '../../core/state/session-ids.js';

const CHUNK_BITS = 14;
const CHUNK = 2 ** CHUNK_BITS;
const WITHIN = CHUNK - 1;

/** Rows that lie together, column by column. */
class MessageChunk {
  readonly seq: Uint32Array = new Uint32Array(CHUNK);
  readonly firstDelivery: Uint32Array = new Uint32Array(CHUNK);
  readonly publisher: Uint32Array = new Uint32Array(CHUNK);
  readonly node: Uint32Array = new Uint32Array(CHUNK);
}

type MessageColumn = keyof MessageChunk;

/** Messages in the order in which they were published: what leads from a row of the list to everything else. */
export class MessageTable {
  #chunks: MessageChunk[] = [];
  #newest = new MessageChunk();
  /** Places at the front of the first chunk that were dropped. */
  #dropped = 0;
  length = 0;
  /** Sessions by the number of the first delivery they made. */
  readonly #sessions: { readonly session: Session; readonly firstDelivery: number }[] = [];

  constructor(session: Session | undefined, nextDelivery: number) {
    // Deliveries of earlier sessions are shown with the ids of this one: which those were, only the state knows.
    if (session) this.#sessions.push({ session, firstDelivery: nextDelivery });
  }

  add(seq: number, firstDelivery: number, publisher: number, node: number): void {
    const place = (this.#dropped + this.length++) & WITHIN;
    if (place === 0) {
      this.#newest = new MessageChunk();
      this.#chunks.push(this.#newest);
    }
    const chunk = this.#newest;
    chunk.seq[place] = seq;
    chunk.firstDelivery[place] = firstDelivery;
    chunk.publisher[place] = publisher;
    chunk.node[place] = node;
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
    return this.#countUpTo('seq', seq);
  }

  seqOf(row: number): number {
    return this.#at('seq', row);
  }

  firstDeliveryOf(row: number): number {
    return this.#at('firstDelivery', row);
  }

  publisherOf(row: number): number {
    return this.#at('publisher', row);
  }

  nodeOf(row: number): number {
    return this.#at('node', row);
  }

  /** Id of a message that did not bring its own. */
  regularId(row: number, ordinal: number): string {
    const publisher = this.publisherOf(row);
    const before = publisher > 0 ? publisher : this.firstDeliveryOf(row);
    const made = this.#sessions.findLast(({ firstDelivery }) => firstDelivery <= before) ?? this.#sessions[0];
    return messageIdOf(made?.session ?? NO_SESSION, publisher, ordinal);
  }

  rowOfSeq(seq: number): number {
    if (seq === 0) return -1;
    const row = this.#countUpTo('seq', seq) - 1;
    return row >= 0 && this.seqOf(row) === seq ? row : -1;
  }

  rowOfNode(node: number): number {
    const row = this.#countUpTo('node', node) - 1;
    return row >= 0 && this.nodeOf(row) === node ? row : -1;
  }

  dropUpTo(seq: number): void {
    const count = this.countUpTo(seq);
    const dropped = this.#dropped + count;
    this.length -= count;
    this.#chunks = this.#chunks.slice(dropped >>> CHUNK_BITS);
    this.#dropped = dropped & WITHIN;
  }

  #at(column: MessageColumn, row: number): number {
    const place = this.#dropped + row;
    return row < 0 ? 0 : (this.#chunks[place >>> CHUNK_BITS]?.[column][place & WITHIN] ?? 0);
  }

  /** How many values of a column, which rises, are at most `limit`. */
  #countUpTo(column: MessageColumn, limit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#at(column, middle) <= limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
