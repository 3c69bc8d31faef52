import { requireUnreserved } from '../agents/check-agent.js';
import { PubSubError } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Publication } from '../messaging/publication.js';
import type { Delivery } from '../state/delivery.js';
import type { RunRecord } from '../state/run-record.js';
import type { Logger } from './logger.js';
import { OverflowNote } from './overflow-note.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import { UnheardNote } from './unheard-note.js';

interface Waiter {
  readonly run: RunRecord | undefined;
  /** How many messages it wants to publish. */
  readonly count: number;
  /** Publishes at once, so that nobody can take the room that was made for it. */
  readonly proceed: () => void;
  readonly refuse: (reason: PubSubError) => void;
}

/** Brings messages into mailboxes, and says what happens when one is full. */
export class Router {
  private readonly recorder: Recorder;
  private readonly defaultCapacity: number;
  /** Publishers that wait for room, first come first served, by channel. */
  private readonly waiters = new Map<string, Set<Waiter>>();
  private readonly displaced: (run: RunRecord) => void;
  private readonly unheard: UnheardNote;
  private readonly overflow: OverflowNote;
  /** Depends on all that `touchReaders` has read. */
  touched = 0;

  /** @param displaced hears of a run that lost a delivery to a message of somebody else: it may have none left. */
  constructor(
    recorder: Recorder,
    defaultCapacity: number,
    logger: Logger,
    displaced: (run: RunRecord) => void,
  ) {
    this.recorder = recorder;
    this.defaultCapacity = defaultCapacity;
    this.displaced = displaced;
    this.unheard = new UnheardNote(recorder, logger);
    this.overflow = new OverflowNote(defaultCapacity, logger);
  }

  /** The channel of this name; it comes into being when there is none. */
  channel(name: string): Channel {
    const { channels } = this.recorder.state;
    const present = channels.get(name);
    if (present) return present;
    requireUnreserved(name, 'channel');
    const options = { capacity: this.defaultCapacity, overflow: 'drop-oldest', retain: 0 } as const;
    this.recorder.record({ type: 'channel.opened', channel: name, ...options });
    this.overflow.isDefault(name);
    return this.channel(name);
  }

  /** Somebody has said how this channel should be: what no longer fits is pushed out, as new messages would do. */
  channelOpened(name: string): void {
    const channel = this.channel(name);
    this.overflow.isMeant(name);
    if (channel.overflow !== 'drop-oldest') return;
    const at = this.recorder.now();
    const losers: RunRecord[] = [];
    for (const mailbox of channel.mailboxes.values()) {
      for (let tooMany = waitingIn(mailbox) - channel.capacity; tooMany > 0; tooMany--) {
        const loser = this.dropOldest(at, mailbox);
        if (loser) losers.push(loser);
      }
    }
    this.tellDisplaced(losers, undefined);
  }

  /** The channel to publish on; when it comes into being by that, this is noted. */
  destination(name: string, byAgent: boolean): Channel {
    const present = this.recorder.state.channels.get(name);
    if (present) return present;
    const channel = this.channel(name);
    this.unheard.write(name, byAgent);
    return channel;
  }

  /** The channel that a gate leads to, looked up again only when it has been closed. */
  channelBehind(gate: PayloadGate): Channel {
    const known = gate.target;
    if (known?.isOpen === true) return known;
    return this.findBehind(gate);
  }

  private findBehind(gate: PayloadGate): Channel {
    const found = this.destination(gate.channel, true);
    gate.target = found;
    return found;
  }

  /**
   * Whether `count` publishes on this channel can go in at once.
   *
   * @throws PubSubError `CHANNEL_FULL` when they never will.
   */
  hasRoom(channel: Channel, count = 1): boolean {
    // Asked first: a channel that has become one that rejects does so, whoever waited before.
    const isSpace = this.hasSpace(channel, count);
    return isSpace && (this.waiters.size === 0 || !this.waiters.has(channel.name));
  }

  /** The same, whoever else waits for it. */
  hasSpace(channel: Channel, count: number): boolean {
    return channel.overflow === 'drop-oldest' || this.hasRoomFor(channel, count);
  }

  private hasRoomFor(channel: Channel, count: number): boolean {
    if (channel.overflow === 'backpressure') return fits(channel, count);
    for (const mailbox of channel.subscribers) {
      if (waitingIn(mailbox) + count <= channel.capacity) continue;
      throw new PubSubError(
        'CHANNEL_FULL',
        `channel "${channel.name}": the mailbox of agent "${mailbox.agent}" is full (${channel.capacity} messages)`,
        { details: { channel: channel.name, agent: mailbox.agent, capacity: channel.capacity } },
      );
    }
    return true;
  }

  /**
   * Calls `proceed` as soon as the channel has room and everybody who came before has had theirs.
   *
   * @throws PubSubError when the run ends or the channel is closed meanwhile; whatever `proceed` throws.
   */
  whenRoom<Result>(
    name: string,
    run: RunRecord | undefined,
    proceed: () => Result | Promise<Result>,
    count = 1,
  ): Promise<Result> {
    return new Promise((resolve, refuse) => {
      const waiting = this.waiters.get(name) ?? new Set();
      this.waiters.set(name, waiting);
      waiting.add({
        run,
        count,
        refuse,
        proceed() {
          try {
            resolve(proceed());
          } catch (thrown) {
            refuse(thrown);
          }
        },
      });
    });
  }

  /** Whether anybody waits for room. */
  get isAwaited(): boolean {
    return this.waiters.size > 0;
  }

  /** A delivery left its mailbox: who waits for this channel may go on. */
  roomMade(mailbox: Mailbox<Delivery>): void {
    this.admit(mailbox.channel);
  }

  /** Mailboxes went away, were emptied or grew: whoever waits may go on where there is room now. */
  roomMadeAnywhere(): void {
    for (const name of [...this.waiters.keys()]) this.admit(name);
  }

  private admit(name: string): void {
    const waiting = this.waiters.get(name);
    if (!waiting) return;
    const channel = this.channel(name);
    for (const waiter of waiting) {
      if (!fits(channel, waiter.count)) break;
      waiting.delete(waiter);
      waiter.proceed();
    }
    if (waiting.size === 0) this.waiters.delete(name);
  }

  /** Refuses everybody who waits for a channel, or for a run's sake. */
  refuseWaiters(
    reason: PubSubError,
    concerns: (channel: string, run: RunRecord | undefined) => boolean,
  ): void {
    for (const [channel, waiting] of [...this.waiters]) {
      for (const waiter of [...waiting]) {
        if (!concerns(channel, waiter.run)) continue;
        waiting.delete(waiter);
        waiter.refuse(reason);
      }
      if (waiting.size === 0) this.waiters.delete(channel);
    }
  }

  /** Records a message and hands it out. The channel has room, or drops its oldest. */
  route(
    at: number,
    channel: Channel,
    publication: Publication,
    publisher: Delivery | undefined,
    run: RunRecord | undefined,
  ): void {
    const { subscribers } = channel;
    if (subscribers.length > 1) this.touchReaders(subscribers);
    const { unfinished, seq } = this.recorder.state;
    // With fewer under way than a mailbox has room for, none is full. Looked at now and then all the same: what is called for
    // the first time after long makes the engine compile anew what leads there.
    const mayBeFull = unfinished.length >= channel.capacity || (seq & 255) === 0;
    const losers = mayBeFull && isOverfull(channel) ? this.makeRoom(at, channel) : NOBODY;
    this.recorder.messagePublished(at, channel, publication, publisher, run, subscribers);
    if (losers.length > 0) this.tellDisplaced(losers, run);
  }

  /** Reads what is about to be used of each: see `Scheduler.touchNext`. */
  private touchReaders(subscribers: readonly Mailbox<Delivery>[]): void {
    let queued = 0;
    for (let index = 0; index < subscribers.length; index++) {
      if (subscribers[index]?.consumer?.queued === true) queued++;
    }
    this.touched = queued;
  }

  private tellDisplaced(losers: readonly RunRecord[], run: RunRecord | undefined): void {
    for (const loser of losers) if (loser !== run) this.displaced(loser);
  }

  /** Pushes the oldest out of each full mailbox. Answers which runs have lost one. */
  private makeRoom(at: number, { subscribers, capacity }: Channel): RunRecord[] {
    const losers: RunRecord[] = [];
    for (const mailbox of subscribers) {
      const loser = waitingIn(mailbox) < capacity ? undefined : this.dropOldest(at, mailbox);
      if (loser) losers.push(loser);
    }
    return losers;
  }

  /**
   * Hands a retained message, named by its id, to an agent that came later. Where nothing that waits may be lost, it is one
   * more than there is room for.
   */
  hand(channel: Channel, mailbox: Mailbox<Delivery>, message: string, run: RunRecord | undefined): void {
    const at = this.recorder.now();
    const isTooMuch = channel.overflow === 'drop-oldest' && waitingIn(mailbox) >= channel.capacity;
    const loser = isTooMuch ? this.dropOldest(at, mailbox) : undefined;
    const handed = { channel: channel.name, message, to: mailbox.agent };
    this.recorder.record({ type: 'message.handed', ...handed, ...(run && { run: run.id }) }, at);
    if (loser && loser !== run) this.displaced(loser);
  }

  /** Pushes the oldest message out of a full mailbox. Answers which run has lost it. */
  private dropOldest(at: number, mailbox: Mailbox<Delivery>): RunRecord | undefined {
    let oldest = mailbox.head;
    while (oldest?.status === 'parked') oldest = mailbox.after(oldest);
    if (oldest) {
      this.recorder.deliveryDropped(at, oldest);
      mailbox.consumer?.mailDropped(oldest);
    }
    this.overflow.write(mailbox.channel);
    return oldest?.run;
  }
}

const NOBODY: readonly RunRecord[] = [];

/** Whether a mailbox would have to drop its oldest for one message more. */
function isOverfull({ overflow, subscribers, capacity }: Channel): boolean {
  if (overflow !== 'drop-oldest') return false;
  for (let index = 0; index < subscribers.length; index++) {
    const mailbox = subscribers[index];
    if (mailbox !== undefined && mailbox.length >= capacity && waitingIn(mailbox) >= capacity) return true;
  }
  return false;
}

/** Whether there is room for so many; what is more than the channel ever has room for needs an empty mailbox. */
function fits({ overflow, subscribers, capacity }: Channel, count: number): boolean {
  return (
    overflow === 'drop-oldest' ||
    subscribers.every((mailbox) => waitingIn(mailbox) + count <= Math.max(capacity, count))
  );
}

/** What takes room in it. */
function waitingIn({ length, parked }: Mailbox<Delivery>): number {
  return length - parked;
}
