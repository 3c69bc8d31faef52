import type { Delivery } from '../state/delivery.js';
import { type TreeLabel, treeLabel } from '../state/tree-labels.js';
import { Mailbox, type MailShelf } from './mailbox.js';
import type { Message } from './message.js';
import type { Publication } from './publication.js';

/** What a full mailbox does with one message more: push out its oldest, make the publisher wait, or refuse it. */
export type OverflowPolicy = 'drop-oldest' | 'backpressure' | 'reject';

export const OVERFLOW_POLICIES = ['drop-oldest', 'backpressure', 'reject'] as const;

/** A channel as `listChannels()` shows it. */
export interface ChannelStatus {
  readonly name: string;
  readonly subscriberCount: number;
  /** Messages waiting in its fullest mailbox. */
  readonly messageCount: number;
  /** Deliveries pushed out of full mailboxes since it came into being. */
  readonly droppedCount: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /** True while it is open. */
  readonly isActive: boolean;
}

/** A message that a channel keeps for agents that come later. */
export interface RetainedMessage {
  /** Its number on the channel: 1 for the first message ever published there. */
  readonly number: number;
  /** Number of its node in the execution tree. */
  readonly node: number;
  readonly message: Message;
  readonly publication: Publication;
}

/** A named channel: who listens, and what the last few messages were. */
export class Channel {
  readonly name: string;
  readonly createdAt: number;
  capacity: number;
  overflow: OverflowPolicy;
  retain: number;
  /** False once it was closed; a new channel of the same name is another object. */
  isOpen = true;
  droppedCount = 0;
  publishedCount = 0;
  /** The last `retain` messages, oldest first. */
  readonly retained: RetainedMessage[] = [];
  private readonly present: Mailbox<Delivery>[] = [];
  /** Mailboxes of the agents subscribed now, in the order they came. Always the same array. */
  readonly subscribers: readonly Mailbox<Delivery>[] = this.present;
  /** Counts how often they have changed. */
  changes = 0;
  /** How the tree names a publish on this channel. */
  readonly label: TreeLabel;
  /** All mailboxes, also those of agents that are gone, by agent. */
  readonly mailboxes: Map<string, Mailbox<Delivery>> = new Map();
  private readonly shelf: MailShelf<Delivery>;

  /** @param shelf where every delivery is that lies in one of its mailboxes. */
  constructor(
    name: string,
    createdAt: number,
    capacity: number,
    overflow: OverflowPolicy,
    retain: number,
    shelf: MailShelf<Delivery>,
  ) {
    this.name = name;
    this.createdAt = createdAt;
    this.capacity = capacity;
    this.overflow = overflow;
    this.retain = retain;
    this.label = treeLabel('', name);
    this.shelf = shelf;
  }

  configure(capacity: number, overflow: OverflowPolicy, retain: number): void {
    this.capacity = capacity;
    this.overflow = overflow;
    this.retain = retain;
    this.trimRetained();
  }

  subscribe(agent: string): Mailbox<Delivery> {
    const known = this.mailboxes.get(agent);
    if (known?.subscribed) return known;
    const mailbox = known ?? new Mailbox(this.name, agent, this.shelf);
    if (!known) this.mailboxes.set(agent, mailbox);
    mailbox.subscribed = true;
    this.present.push(mailbox);
    this.changes++;
    return mailbox;
  }

  unsubscribe(agent: string): void {
    const mailbox = this.mailboxes.get(agent);
    if (!mailbox?.subscribed) return;
    mailbox.subscribed = false;
    mailbox.consumer = undefined;
    this.present.splice(this.present.indexOf(mailbox), 1);
    this.changes++;
  }

  /** Forgets the empty mailbox of an agent that is gone, unless it must remember which retained messages it has had. */
  forget(mailbox: Mailbox<Delivery>): void {
    if (this.retain === 0) this.mailboxes.delete(mailbox.agent);
  }

  /** Notes one more message. The new number is what a mailbox that takes it has last received. */
  received(publication: Publication, node: number): number {
    const number = ++this.publishedCount;
    if (this.retain > 0) this.keepRetained(publication, number, node);
    return number;
  }

  private keepRetained(publication: Publication, number: number, node: number): void {
    this.retained.push({ number, node, message: publication.message, publication });
    this.trimRetained();
  }

  private trimRetained(): void {
    const tooMany = this.retained.length - this.retain;
    if (tooMany > 0) this.retained.splice(0, tooMany);
  }
}
