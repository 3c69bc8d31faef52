import type { JsonValue } from '../json.js';
import type { TreeLabel } from '../state/tree-labels.js';

/** Told when mail arrives. The executor's side of a mailbox; state knows no more of it. */
export interface MailConsumer<Item> {
  readonly queued: boolean;
  mailArrived(): void;
  /** It was pushed out: nothing is kept for it any more. */
  mailDropped(item: Item): void;
  /** What the agent would be given for this payload; a promise where finding out takes time. @throws where it does not fit. */
  admit(channel: string, payload: JsonValue): unknown;
  /** A copy that it would be given, where that is quickly said: what is not copied may be admitted all the same. */
  fittingCopy(payload: unknown): JsonValue | undefined;
}

/** What can lie in a mailbox: it knows what comes after it, so that adding and taking out allocate nothing. */
export interface Mail {
  /** 1 or more. */
  readonly number: number;
  /** Number of the next in its mailbox; 0 where there is none. */
  nextInMailbox: number;
}

/** Where what lies in mailboxes is found by its number. */
export interface MailShelf<Item> {
  find(number: number): Item | undefined;
}

/**
 * The deliveries that wait for one agent on one channel, oldest first. It is also how the tree names this pair. What each
 * delivery needs comes first, so that it lies together in memory: among thousands of agents that is where the time goes.
 *
 * It knows them by their numbers. A mailbox lives long and what lies in it does not, and each time that an old object is
 * made to refer to a young one, the garbage collector takes a note of it: 60 instructions, and what reading it costs later.
 */
export class Mailbox<Item extends Mail> implements TreeLabel {
  /** Number of the oldest; 0 while there is none. */
  private first: number;
  /** Number of the newest, while there is one. */
  private last: number;
  length: number;
  /** Those in here, and those taken out of it that have no outcome yet. */
  unfinished: number;
  index: number;
  consumer: MailConsumer<Item> | undefined;
  /** Number of the channel's newest message that was put in here; later agents are handed retained ones after it. */
  lastReceived: number;
  readonly agent: string;
  readonly channel: string;
  /** False once its agent is gone: what waits in it stays, nothing new comes. */
  subscribed: boolean;
  /** True once its channel is gone: what comes back to it is dropped. */
  closed: boolean;
  /** Those in here that wait for a person, and take no room: they were taken out once already. */
  parked: number;

  private readonly shelf: MailShelf<Item>;

  /** @param shelf where everything is that is put in here, for as long as it is in here. */
  constructor(channel: string, agent: string, shelf: MailShelf<Item>) {
    // In the order in which they come to lie in memory.
    this.first = 0;
    this.last = 0;
    this.length = 0;
    this.unfinished = 0;
    this.index = -1;
    this.consumer = undefined;
    this.shelf = shelf;
    this.lastReceived = 0;
    this.agent = agent;
    this.channel = channel;
    this.subscribed = true;
    this.closed = false;
    this.parked = 0;
  }

  /** The oldest. */
  get head(): Item | undefined {
    return this.first === 0 ? undefined : this.shelf.find(this.first);
  }

  /** The next after one that is in here. */
  after({ nextInMailbox }: Item): Item | undefined {
    return nextInMailbox === 0 ? undefined : this.shelf.find(nextInMailbox);
  }

  /** Adds at the end, and tells who reads it. */
  push(item: Item): void {
    const { number } = item;
    if (this.first === 0) this.first = number;
    else this.putBehindLast(number);
    this.last = number;
    this.length++;
    this.consumer?.mailArrived();
  }

  /** Apart: most mailboxes hold one at most, and what is done for each is short enough then to be merged into its caller. */
  private putBehindLast(next: number): void {
    const last = this.shelf.find(this.last);
    if (last) last.nextInMailbox = next;
  }

  /** Puts one back where its number belongs: a returned delivery is older than whatever came since. */
  insert(item: Item): void {
    let before: Item | undefined;
    let after = this.head;
    while (after && after.number < item.number) {
      before = after;
      after = this.after(after);
    }
    if (!after) {
      this.push(item);
      return;
    }
    item.nextInMailbox = after.number;
    if (before) before.nextInMailbox = item.number;
    else this.first = item.number;
    this.length++;
  }

  /** Takes one out if it is in here: at once when it is the oldest, by a search otherwise. */
  remove(item: Item): void {
    if (item.number === this.first) this.first = this.takeOut(item);
    else this.removeFromMiddle(item);
  }

  private removeFromMiddle(item: Item): void {
    let before = this.head;
    while (before && before.nextInMailbox !== item.number) before = this.after(before);
    if (!before) return;
    before.nextInMailbox = this.takeOut(item);
    if (this.last === item.number) this.last = before.number;
  }

  /** Answers the number of what comes after it. */
  private takeOut(item: Item): number {
    const next = item.nextInMailbox;
    item.nextInMailbox = 0;
    this.length--;
    return next;
  }
}
