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

/** What can lie in a mailbox: it is linked through itself, so that adding and taking out allocate nothing. */
export interface Mail<Self> {
  readonly number: number;
  nextInMailbox: Self | undefined;
}

/**
 * The deliveries that wait for one agent on one channel, oldest first. It is also how the tree names this pair. What each
 * delivery needs comes first, so that it lies together in memory: among thousands of agents that is where the time goes.
 */
export class Mailbox<Item extends Mail<Item>> implements TreeLabel {
  head: Item | undefined;
  /** The newest, where there are two or more: the one that most hold is written to one place alone. */
  private tail: Item | undefined;
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

  constructor(channel: string, agent: string) {
    // In the order in which they come to lie in memory.
    this.head = undefined;
    this.tail = undefined;
    this.length = 0;
    this.unfinished = 0;
    this.index = -1;
    this.consumer = undefined;
    this.lastReceived = 0;
    this.agent = agent;
    this.channel = channel;
    this.subscribed = true;
    this.closed = false;
    this.parked = 0;
  }

  /** Adds at the end, and tells who reads it. */
  push(item: Item): void {
    const { head } = this;
    const last = this.tail ?? head;
    if (last !== undefined) {
      last.nextInMailbox = item;
      this.tail = item;
    } else {
      this.head = item;
    }
    this.length++;
    this.consumer?.mailArrived();
  }

  /** Puts one back where its number belongs: a returned delivery is older than whatever came since. */
  insert(item: Item): void {
    let before: Item | undefined;
    for (let at = this.head; at && at.number < item.number; at = at.nextInMailbox) before = at;
    const after = before ? before.nextInMailbox : this.head;
    if (!after) {
      this.push(item);
      return;
    }
    item.nextInMailbox = after;
    if (before) before.nextInMailbox = item;
    else this.head = item;
    this.tail ??= after;
    this.length++;
  }

  /** Takes one out: at once when it is the oldest, by a search otherwise. False when it is not in here. */
  remove(item: Item): boolean {
    if (item !== this.head) return this.removeFromMiddle(item);
    const next = item.nextInMailbox;
    this.head = next;
    if (next === this.tail) this.tail = undefined;
    item.nextInMailbox = undefined;
    this.length--;
    return true;
  }

  private removeFromMiddle(item: Item): boolean {
    let before = this.head;
    while (before && before.nextInMailbox !== item) before = before.nextInMailbox;
    if (!before) return false;
    before.nextInMailbox = item.nextInMailbox;
    if (this.tail === item) this.tail = before === this.head ? undefined : before;
    item.nextInMailbox = undefined;
    this.length--;
    return true;
  }
}
