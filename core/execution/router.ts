import { requireUnreserved } from '../agents/check-agent.js';
import { PubSubError } from '../errors.js';
import type { Channel } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import type { Delivery } from '../state/delivery.js';
import type { RunRecord } from '../state/run-record.js';
import type { Recorder } from './recorder.js';

/** A message on its way in, checked and copied. */
export interface Outgoing {
  readonly message: Message;
  readonly ordinal: number;
  /** The message brought its own id. */
  readonly fromOutside: boolean;
  readonly publisher: Delivery | undefined;
  readonly run: RunRecord | undefined;
}

interface Waiter {
  readonly run: RunRecord | undefined;
  readonly proceed: () => void;
  readonly refuse: (reason: PubSubError) => void;
}

/** Brings messages into mailboxes, and says what happens when one is full. */
export class Router {
  readonly #recorder: Recorder;
  readonly #defaultCapacity: number;
  /** Publishers that wait for room, first come first served, by channel. */
  readonly #waiters = new Map<string, Waiter[]>();

  constructor(recorder: Recorder, defaultCapacity: number) {
    this.#recorder = recorder;
    this.#defaultCapacity = defaultCapacity;
  }

  /** The channel of this name; it comes into being when there is none. */
  channel(name: string): Channel {
    const { channels } = this.#recorder.state;
    const present = channels.get(name);
    if (present) return present;
    requireUnreserved(name, 'channel');
    const options = { capacity: this.#defaultCapacity, overflow: 'drop-oldest', retain: 0 } as const;
    this.#recorder.record({ type: 'channel.opened', channel: name, ...options });
    return this.channel(name);
  }

  /** Whether a publish on this channel can go in at once. @throws PubSubError `CHANNEL_FULL` when it never will. */
  hasRoom(channel: Channel): boolean {
    if (this.#waiters.size > 0 && this.#waiters.has(channel.name)) return false;
    if (channel.overflow === 'drop-oldest') return true;
    for (const mailbox of channel.subscribers) {
      if (mailbox.length < channel.capacity) continue;
      if (channel.overflow === 'backpressure') return false;
      throw new PubSubError(
        'CHANNEL_FULL',
        `channel "${channel.name}": the mailbox of agent "${mailbox.agent}" is full (${channel.capacity} messages)`,
        { details: { channel: channel.name, agent: mailbox.agent, capacity: channel.capacity } },
      );
    }
    return true;
  }

  /** Resolves when `channel` has room. @throws PubSubError when the run ends or the channel is closed meanwhile. */
  async waitForRoom(name: string, run: RunRecord | undefined): Promise<void> {
    for (let first = true; ; first = false) {
      const channel = this.channel(name);
      // Who has waited its turn must not queue up behind those that came after it.
      const waiting = this.#waiters.get(name);
      if (first ? this.hasRoom(channel) : fits(channel)) return;
      await new Promise<void>((proceed, refuse) => {
        const waiter: Waiter = { run, proceed, refuse };
        if (!waiting) this.#waiters.set(name, [waiter]);
        else if (first) waiting.push(waiter);
        else waiting.unshift(waiter);
      });
    }
  }

  /** A delivery left its mailbox: the first who waits for this channel may try. */
  roomMade(mailbox: Mailbox<Delivery>): void {
    if (this.#waiters.size === 0) return;
    const waiting = this.#waiters.get(mailbox.channel);
    const next = waiting?.shift();
    if (waiting?.length === 0) this.#waiters.delete(mailbox.channel);
    next?.proceed();
  }

  /** Refuses everybody who waits for a channel, or for a run's sake. */
  refuseWaiters(
    reason: PubSubError,
    concerns: (channel: string, run: RunRecord | undefined) => boolean,
  ): void {
    for (const [channel, waiting] of [...this.#waiters]) {
      const staying = waiting.filter(({ run }) => !concerns(channel, run));
      for (const waiter of waiting) if (!staying.includes(waiter)) waiter.refuse(reason);
      if (staying.length > 0) this.#waiters.set(channel, staying);
      else this.#waiters.delete(channel);
    }
  }

  /** Records a message and hands it out. The channel has room, or drops its oldest. */
  route(at: number, channel: Channel, outgoing: Outgoing): void {
    const recorder = this.#recorder;
    const { subscribers, capacity } = channel;
    for (const mailbox of subscribers) {
      if (mailbox.length >= capacity) this.#dropOldest(at, mailbox);
    }
    const { message, publisher, ordinal, fromOutside, run } = outgoing;
    recorder.messagePublished(at, channel, message, publisher, ordinal, fromOutside, run, subscribers);
    for (const mailbox of subscribers) mailbox.consumer?.mailArrived();
  }

  #dropOldest(at: number, mailbox: Mailbox<Delivery>): void {
    let oldest = mailbox.head;
    // What waits for a person is no overflow: it was taken out once already.
    while (oldest?.status === 'parked') oldest = oldest.nextInMailbox;
    if (oldest) this.#recorder.deliveryDropped(at, oldest);
  }
}

function fits(channel: Channel): boolean {
  return channel.subscribers.every(({ length }) => length < channel.capacity);
}
