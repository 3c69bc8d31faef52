import type { AgentMetadata, Message, OverflowPolicy, RunEvent } from 'dagger-agents';
import type { ModelAgent, ModelChannel, ModelDelivery, ModelMailbox } from './records.js';
import { known, must } from './violation.js';

export interface ChannelSettings {
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  readonly retain: number;
}

type Published = Extract<RunEvent, { type: 'message.published' }>;

/** Who listens where, what each channel retains, and how much room there is. */
export class Channels {
  readonly open: Map<string, ModelChannel> = new Map();
  readonly agents: Map<string, ModelAgent> = new Map();
  /** Messages published so far. Of those with an id of their own the newest alone are remembered. */
  readonly #messages = new Set<string>();
  readonly #outside: string[] = [];
  readonly #outsideLimit: number;

  constructor(outsideLimit: number) {
    this.#outsideLimit = outsideLimit;
  }

  opened(name: string, settings: ChannelSettings): void {
    const present = this.open.get(name);
    const fresh = { name, published: 0, dropped: 0, retained: [], mailboxes: new Map(), subscribers: [] };
    const channel = present ?? { ...fresh, ...settings };
    Object.assign(channel, settings);
    this.open.set(name, channel);
    retainNewest(channel);
  }

  /** Gone, with its subscriptions. Answers what still waited in it, which is lost. */
  closed(name: string): ModelDelivery[] {
    const channel = this.channel(name);
    this.open.delete(name);
    const lost: ModelDelivery[] = [];
    for (const mailbox of channel.mailboxes.values()) {
      lost.push(...mailbox.waiting);
      mailbox.isSubscribed = false;
      mailbox.isClosed = true;
    }
    channel.subscribers = [];
    return lost;
  }

  registered(metadata: AgentMetadata): void {
    const { name, subscriptions } = metadata;
    must(!this.agents.has(name), 'an agent’s name is its own', name);
    this.agents.set(name, { metadata, running: 0 });
    for (const subscription of subscriptions) {
      const channel = this.channel(subscription);
      const mailbox = channel.mailboxes.get(name) ?? emptyMailbox(channel, name);
      channel.mailboxes.set(name, mailbox);
      mailbox.isSubscribed = true;
      channel.subscribers.push(mailbox);
    }
  }

  /** What waits for it stays; nothing new comes. */
  unregistered(name: string): void {
    const agent = known(this.agents.get(name), `agent ${name}`);
    this.agents.delete(name);
    for (const subscription of agent.metadata.subscriptions) {
      const channel = this.open.get(subscription);
      const mailbox = channel?.mailboxes.get(name);
      if (channel === undefined || mailbox === undefined) continue;
      mailbox.isSubscribed = false;
      channel.subscribers = channel.subscribers.filter((each) => each !== mailbox);
    }
  }

  channel(name: string | undefined): ModelChannel {
    return known(this.open.get(name ?? ''), `channel ${name}`);
  }

  mailbox(channel: string | undefined, agent: string): ModelMailbox {
    return known(this.channel(channel).mailboxes.get(agent), `mailbox of ${agent} on ${channel}`);
  }

  /** Answers the mailboxes that the message goes to: of all who are subscribed. */
  published(
    { message, to, fromOutside }: Published,
    publisher: ModelDelivery | undefined,
  ): readonly ModelMailbox[] {
    const channel = this.channel(message.channel);
    const { name, subscribers } = channel;
    const where = `${message.id} on ${name}`;
    const names = subscribers.map(({ agent }) => agent);
    must(
      names.join() === to.join(),
      'a message goes to whoever is subscribed',
      `${where}, to ${to}, not ${names}`,
    );
    must(this.#isNew(message, fromOutside === true), 'a message is published once', where);
    channel.published++;
    channel.retained.push({ number: channel.published, message });
    retainNewest(channel);
    for (const mailbox of subscribers) {
      requireRoom(mailbox, publisher);
      mailbox.lastReceived = channel.published;
    }
    return subscribers;
  }

  /** For one that got its id from the executor. */
  requirePublished({ channel, id }: Message): void {
    must(
      this.#messages.has(JSON.stringify([channel, id])),
      'what was acknowledged is not lost',
      `${id} on ${channel}`,
    );
  }

  #isNew({ channel, id }: Message, fromOutside: boolean): boolean {
    const key = JSON.stringify([channel, id]);
    if (this.#messages.has(key)) return false;
    this.#messages.add(key);
    if (fromOutside && this.#outside.push(key) > this.#outsideLimit) {
      this.#messages.delete(this.#outside.shift() ?? '');
    }
    return true;
  }

  /** A retained message goes to an agent that came later. Answers it. */
  handed(channelName: string, id: string, agent: string): Message {
    const { retained: retainedOnes } = this.channel(channelName);
    const mailbox = this.mailbox(channelName, agent);
    const retained = retainedOnes.find(
      ({ number, message }) => message.id === id && number > mailbox.lastReceived,
    );
    const { number, message } = known(retained, `retained message ${id} that ${agent} has not had`);
    mailbox.lastReceived = number;
    mailbox.hasMadeRoom = false;
    return message;
  }

  /** The oldest of a mailbox is pushed out for another message. */
  pushedOut(delivery: ModelDelivery): void {
    const { mailbox, number } = delivery;
    const where = `delivery ${number} to ${mailbox.agent}`;
    const taking = takingRoom(mailbox);
    const oldest = Math.min(...taking.map((each) => each.number));
    must(number === oldest, 'the oldest is dropped', `${where}, not ${oldest}`);
    must(
      mailbox.channel.overflow === 'drop-oldest',
      'only drop-oldest drops',
      `${where}: ${mailbox.channel.overflow}`,
    );
    must(taking.length >= mailbox.channel.capacity, 'nothing is dropped while there is room', where);
    mailbox.hasMadeRoom = true;
  }
}

function requireRoom(mailbox: ModelMailbox, publisher: ModelDelivery | undefined): void {
  const { channel, agent } = mailbox;
  const { capacity, overflow, name } = channel;
  const taking = takingRoom(mailbox);
  const where = `${taking.length} wait for ${agent} on ${name}, which has room for ${capacity}`;
  const hasRoom = taking.length < capacity;
  if (overflow === 'drop-oldest') {
    // More may have come back than there is room for; each newcomer still takes the place of one.
    must(hasRoom || mailbox.hasMadeRoom, 'a full mailbox drops its oldest', where);
    mailbox.hasMadeRoom = false;
    return;
  }
  // What a transaction publishes together, and is more than there is ever room for, needs an empty mailbox.
  const isTransactional = publisher?.agent?.metadata.transactional === true;
  const isOneTransaction =
    isTransactional && taking.every(({ message }) => message.parentId === publisher?.message.id);
  must(hasRoom || isOneTransaction, `${overflow} keeps to the capacity`, where);
}

/** What waits for a person takes no room. */
function takingRoom({ waiting }: ModelMailbox): ModelDelivery[] {
  return [...waiting].filter(({ status }) => status !== 'parked');
}

function retainNewest(channel: ModelChannel): void {
  channel.retained = channel.retain === 0 ? [] : channel.retained.slice(-channel.retain);
}

function emptyMailbox(channel: ModelChannel, agent: string): ModelMailbox {
  const state = { isSubscribed: false, isClosed: false, lastReceived: 0, hasMadeRoom: false };
  return { channel, agent, waiting: new Set(), ...state };
}
