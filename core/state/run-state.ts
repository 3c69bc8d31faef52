import type { AgentMetadata } from '../agents/agent-metadata.js';
import type { ErrorRecord } from '../errors.js';
import { Channel, type OverflowPolicy, type RetainedMessage } from '../messaging/channel.js';
import type { Mailbox } from '../messaging/mailbox.js';
import type { Message } from '../messaging/message.js';
import { BoundedSet } from './bounded-set.js';
import { CacheTable } from './cache-table.js';
import { Delivery, DeliveryList, type Session } from './delivery.js';
import { ExecutionTree } from './execution-tree.js';
import type { HumanRequest, HumanResolution } from './human-request.js';
import { PublishLedger } from './publish-ledger.js';
import type { RunRecord, RunStatus } from './run-record.js';
import { TaskTable } from './task-table.js';
import type { TreeScope } from './tree-labels.js';

/** How much history the state keeps. */
export interface StateLimits {
  /** Nodes of the execution tree (and ids of messages that came from outside). */
  readonly nodes: number;
}

/** Attempts, times and owners of what ended: where a delivery's story is told to the end. */
export type FinalStatus = 'succeeded' | 'failed' | 'invalid' | 'dropped' | 'cancelled';

/**
 * Everything that is known. It changes only through the methods below, each of which is the effect of one kind of
 * event: the live executor calls them as things happen, the fold calls the same ones for recorded events.
 */
export class RunState {
  /** Sequence number of the newest event that is part of this state. */
  seq = 0;
  paused = false;
  session: Session = { prefix: '', startedAt: 0 };
  /** Messages the application published in this session. */
  published = 0;
  nextDelivery = 1;
  readonly limits: StateLimits;
  readonly channels: Map<string, Channel> = new Map();
  readonly agents: Map<string, AgentMetadata> = new Map();
  readonly runs: Map<string, RunRecord> = new Map();
  readonly unfinished: DeliveryList = new DeliveryList();
  readonly tree: ExecutionTree;
  readonly cache: CacheTable = new CacheTable();
  readonly tasks: TaskTable = new TaskTable();
  /** Questions that wait for an answer, by id. */
  readonly humans: Map<string, HumanRequest> = new Map();
  /** Answers to questions of deliveries that are not finished: asked again, they are given again. */
  readonly resolutions: Map<string, HumanResolution> = new Map();
  /** Ids of messages whose id came from outside. */
  readonly outsideIds: BoundedSet;
  readonly #scopes = new WeakMap<RunRecord | Session, TreeScope>();
  #lastScopeOf: RunRecord | Session | undefined;
  #lastScope: TreeScope | undefined;

  constructor(limits: StateLimits) {
    this.limits = limits;
    this.tree = new ExecutionTree(limits.nodes);
    this.outsideIds = new BoundedSet(limits.nodes);
  }

  /** Runs that have not ended. */
  runningRuns(): RunRecord[] {
    return [...this.runs.values()].filter((run) => run.isRunning);
  }

  /** A message is published: a node of the tree, and a delivery for each mailbox. */
  messagePublished(
    at: number,
    channel: Channel,
    message: Message,
    publisher: Delivery | undefined,
    ordinal: number,
    fromOutside: boolean,
    run: RunRecord | undefined,
    mailboxes: readonly Mailbox<Delivery>[],
  ): void {
    const node = this.tree.addPublish(
      mailboxes.length === 0 ? 'unheard' : 'published',
      at,
      publisher ? publisher.node : 0,
      channel.label,
      this.#scope(run, publisher ? publisher.session : this.session),
      publisher ? publisher.number : 0,
      ordinal,
      fromOutside ? message.id : undefined,
    );
    if (publisher) {
      publisher.published ??= new PublishLedger();
      publisher.published.add(message, ordinal);
    } else {
      this.published = Math.max(this.published, ordinal + 1);
    }
    if (fromOutside) this.outsideIds.add(message.id);
    const place = channel.received(message, node);
    if (run) {
      run.counts.published++;
      if (mailboxes.length === 0) run.counts.unheard++;
    }
    for (const mailbox of mailboxes) {
      mailbox.lastReceived = place;
      this.#deliver(at, node, message, mailbox, run);
    }
  }

  /** A retained message goes to an agent that came after it was published. */
  messageHanded(
    at: number,
    retained: RetainedMessage,
    mailbox: Mailbox<Delivery>,
    run: RunRecord | undefined,
  ): void {
    mailbox.lastReceived = retained.number;
    this.#deliver(at, retained.node, retained.message, mailbox, run);
  }

  /** A dead letter is delivered once more, as a child of the invocation that failed. */
  deliveryRedelivered(
    at: number,
    node: number,
    message: Message,
    mailbox: Mailbox<Delivery>,
    run: RunRecord | undefined,
  ): void {
    this.tree.forgetDeadLetter(node);
    this.#deliver(at, node, message, mailbox, run);
  }

  /** A publish came too late: a mark in the tree, and nothing else. */
  messageRefused(at: number, name: string, node: number): void {
    const label = this.channels.get(name)?.label ?? { agent: '', channel: name, index: -1 };
    this.tree.addPublish(
      'refused',
      at,
      node,
      label,
      this.#scope(undefined, this.session),
      0,
      0,
      `refused-${this.seq}`,
    );
  }

  #deliver(
    at: number,
    parent: number,
    message: Message,
    mailbox: Mailbox<Delivery>,
    run: RunRecord | undefined,
  ): void {
    const number = this.nextDelivery++;
    const node = this.tree.addInvocation(at, parent, mailbox.label, this.#scope(run, this.session), number);
    const delivery = new Delivery(number, this.session, message, mailbox, run, node);
    this.unfinished.push(delivery);
    mailbox.push(delivery);
    if (run) {
      run.counts.delivered++;
      run.outstanding++;
    }
  }

  deliveryStarted(at: number, delivery: Delivery): void {
    delivery.mailbox.remove(delivery);
    delivery.status = 'running';
    delivery.attempts++;
    if (!this.tree.has(delivery.node)) {
      // It waited so long that its node is gone; what happens to it now must still be seen.
      const scope = this.#scope(delivery.run, delivery.session);
      delivery.node = this.tree.addInvocation(at, 0, delivery.mailbox.label, scope, delivery.number);
      if (delivery.errors) this.tree.setErrors(delivery.node, delivery.errors);
    }
    this.tree.started(delivery.node, at, delivery.attempts);
  }

  deliveryRetrying(at: number, delivery: Delivery, error: ErrorRecord, dueAt: number): void {
    delivery.status = 'retrying';
    delivery.dueAt = dueAt;
    this.#noteError(delivery, error);
    this.#releaseTokens(delivery);
    this.tree.settled(delivery.node, 'retrying', at);
    if (delivery.run) delivery.run.counts.retried++;
  }

  deliveryFailed(at: number, delivery: Delivery, error: ErrorRecord, invalid: boolean): void {
    this.#noteError(delivery, error);
    this.tree.setDeadLetter(delivery.node, delivery.message);
    if (delivery.run) delivery.run.counts.failed++;
    this.#finish(at, delivery, invalid ? 'invalid' : 'failed');
  }

  deliverySucceeded(at: number, delivery: Delivery): void {
    if (delivery.run) delivery.run.counts.succeeded++;
    this.#finish(at, delivery, 'succeeded');
  }

  deliveryDropped(at: number, delivery: Delivery): void {
    const channel = this.channels.get(delivery.mailbox.channel);
    if (channel) channel.droppedCount++;
    if (delivery.run) delivery.run.counts.dropped++;
    this.#finish(at, delivery, 'dropped');
  }

  /** Back in its mailbox, as if this attempt had not begun. */
  deliveryReturned(delivery: Delivery, parked: boolean): void {
    const wasStalled = this.#isStalled(delivery);
    if (delivery.status === 'running') delivery.attempts--;
    if (delivery.status !== 'waiting' && delivery.status !== 'parked') delivery.mailbox.insert(delivery);
    delivery.status = parked ? 'parked' : 'waiting';
    this.#releaseTokens(delivery);
    this.tree.mark(delivery.node, delivery.status, delivery.attempts);
    this.#restall(delivery, wasStalled);
  }

  runStarted(run: RunRecord): void {
    this.runs.set(run.id, run);
    for (const delivery of this.unfinished) {
      if (!delivery.run?.isRunning) this.#own(delivery, run);
    }
  }

  /** What the run leaves: nothing when it was cancelled or ran out of time or tokens, else the next run's first work. */
  runEnded(at: number, run: RunRecord, status: RunStatus, error: ErrorRecord | undefined): void {
    const abandon = status === 'cancelled' || status === 'timed-out' || status === 'budget-exceeded';
    for (const delivery of this.unfinished) {
      if (delivery.run !== run) continue;
      const begun = delivery.status === 'running';
      if (!abandon) {
        if (begun) this.deliveryReturned(delivery, false);
      } else if (begun && error && status === 'timed-out') {
        this.deliveryFailed(at, delivery, error, false);
      } else {
        if (begun && error) this.#noteError(delivery, error);
        this.#finish(at, delivery, 'cancelled');
      }
    }
    run.status = status;
    run.finishedAt = at;
    run.error = error;
  }

  /** A new executor took over: what ran is unfinished again. */
  sessionOpened(session: Session): void {
    this.session = session;
    this.published = 0;
    this.paused = false;
    for (const run of this.runs.values()) if (run.isRunning) run.status = 'interrupted';
    // Agents are code, and code does not survive: each must be registered again.
    for (const agent of [...this.agents.keys()]) this.agentUnregistered(agent);
    for (const delivery of this.unfinished) {
      if (delivery.status !== 'running') continue;
      delivery.status = 'waiting';
      this.#releaseTokens(delivery);
      delivery.mailbox.insert(delivery);
      this.tree.mark(delivery.node, 'waiting', delivery.attempts);
    }
  }

  agentRegistered(agent: AgentMetadata): void {
    this.agents.set(agent.name, agent);
    for (const name of agent.subscriptions) {
      const channel = this.channels.get(name);
      if (!channel) continue;
      this.#changeSubscription(channel.mailboxes.get(agent.name), () => channel.subscribe(agent.name));
    }
  }

  agentUnregistered(name: string): void {
    const agent = this.agents.get(name);
    this.agents.delete(name);
    for (const subscription of agent?.subscriptions ?? []) {
      const channel = this.channels.get(subscription);
      const mailbox = channel?.mailboxes.get(name);
      if (mailbox?.subscribed) this.#changeSubscription(mailbox, () => channel?.unsubscribe(name));
    }
  }

  channelOpened(at: number, name: string, capacity: number, overflow: OverflowPolicy, retain: number): void {
    const present = this.channels.get(name);
    if (present) present.configure(capacity, overflow, retain);
    else this.channels.set(name, new Channel(name, at, capacity, overflow, retain));
  }

  channelClosed(at: number, name: string): void {
    const channel = this.channels.get(name);
    if (!channel) return;
    for (const mailbox of channel.mailboxes.values()) {
      while (mailbox.head) this.deliveryDropped(at, mailbox.head);
      // What runs or waits for its retry goes on; it must not find its way back into a closed mailbox's agent.
      mailbox.subscribed = false;
      mailbox.consumer = undefined;
    }
    this.channels.delete(name);
  }

  humanAsked(request: HumanRequest, delivery: Delivery): void {
    this.humans.set(request.id, request);
    delivery.questions ??= [];
    if (!delivery.questions.includes(request.id)) delivery.questions.push(request.id);
  }

  humanResolved(id: string, resolution: HumanResolution): void {
    this.humans.delete(id);
    this.resolutions.set(id, resolution);
  }

  tokensReserved(delivery: Delivery, amount: number): void {
    delivery.tokensReserved += amount;
    if (delivery.run) delivery.run.tokensReserved += amount;
  }

  tokensUsed(delivery: Delivery, amount: number): void {
    const freed = Math.min(amount, delivery.tokensReserved);
    delivery.tokensReserved -= freed;
    if (!delivery.run) return;
    delivery.run.tokensReserved -= freed;
    delivery.run.tokensUsed += amount;
  }

  #finish(at: number, delivery: Delivery, status: FinalStatus): void {
    if (delivery.run) {
      delivery.run.outstanding--;
      if (this.#isStalled(delivery)) delivery.run.stalled--;
    }
    if (delivery.tokensReserved > 0) this.#releaseTokens(delivery);
    if (delivery.status === 'waiting' || delivery.status === 'parked') {
      delivery.mailbox.remove(delivery);
      this.tree.mark(delivery.node, status, delivery.attempts);
    } else {
      this.tree.settled(delivery.node, status, at);
    }
    this.unfinished.remove(delivery);
    if (delivery.questions) {
      for (const id of delivery.questions) {
        this.humans.delete(id);
        this.resolutions.delete(id);
      }
    }
  }

  #noteError(delivery: Delivery, error: ErrorRecord): void {
    delivery.errors ??= [];
    delivery.errors.push(error);
    this.tree.setErrors(delivery.node, delivery.errors);
  }

  #releaseTokens(delivery: Delivery): void {
    if (delivery.run) delivery.run.tokensReserved -= delivery.tokensReserved;
    delivery.tokensReserved = 0;
  }

  /** Cannot go on by itself: it waits for an answer, or for its agent to come back. */
  #isStalled(delivery: Delivery): boolean {
    return delivery.status === 'parked' || (delivery.status === 'waiting' && !delivery.mailbox.subscribed);
  }

  #restall(delivery: Delivery, wasStalled: boolean): void {
    if (delivery.run) delivery.run.stalled += Number(this.#isStalled(delivery)) - Number(wasStalled);
  }

  /** What waits in a mailbox is stalled or not by whether its agent is there. */
  #changeSubscription(mailbox: Mailbox<Delivery> | undefined, change: () => void): void {
    const before: boolean[] = [];
    for (let at = mailbox?.head; at; at = at.nextInMailbox) before.push(this.#isStalled(at));
    change();
    let place = 0;
    for (let at = mailbox?.head; at; at = at.nextInMailbox) this.#restall(at, before[place++] ?? false);
  }

  #own(delivery: Delivery, run: RunRecord): void {
    const stalled = Number(this.#isStalled(delivery));
    if (delivery.run) {
      delivery.run.outstanding--;
      delivery.run.stalled -= stalled;
      delivery.run.tokensReserved -= delivery.tokensReserved;
      run.tokensUsed = Math.max(run.tokensUsed, delivery.run.tokensUsed);
    }
    delivery.run = run;
    run.outstanding++;
    run.stalled += stalled;
    run.tokensReserved += delivery.tokensReserved;
  }

  #scope(run: RunRecord | undefined, session: Session): TreeScope {
    const owner = run ?? session;
    if (owner === this.#lastScopeOf && this.#lastScope?.sessionPrefix === session.prefix)
      return this.#lastScope;
    let scope = this.#scopes.get(owner);
    if (scope?.sessionPrefix !== session.prefix) {
      scope = { run: run?.id, sessionPrefix: session.prefix, sessionStartedAt: session.startedAt, index: -1 };
      this.#scopes.set(owner, scope);
    }
    this.#lastScopeOf = owner;
    this.#lastScope = scope;
    return scope;
  }
}
