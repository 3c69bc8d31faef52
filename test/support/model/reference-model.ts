import type { RunEvent } from 'dagger-agents';
import { Channels } from './channels.js';
import { type AttemptLimits, Deliveries } from './deliveries.js';
import { People } from './people.js';
import { type ModelDelivery, type ModelRun, nameOf } from './records.js';
import { Runs } from './runs.js';
import { SharedData } from './shared-data.js';
import { requireStartable } from './start-rules.js';
import { must } from './violation.js';

type Published = Extract<RunEvent, { type: 'message.published' }>;

/**
 * A second opinion on what the events of an executor mean, and on which events there may be. It has a state of its own,
 * made in the plainest way there is, and shares no code with core. Whatever the contract rules out is a `Violation`.
 */
export class ReferenceModel {
  seq = 0;
  paused = false;
  /** Starts that `step` allows while the executor is paused. */
  stepsAllowed = 0;
  readonly channels: Channels;
  readonly people: People = new People();
  readonly shared: SharedData = new SharedData();
  readonly deliveries: Deliveries;
  readonly runs: Runs;

  /** @param nodes how much history the executor keeps. */
  constructor(limits: AttemptLimits, nodes: number) {
    this.channels = new Channels(nodes);
    this.deliveries = new Deliveries(limits, (delivery) => this.people.forget(delivery));
    this.runs = new Runs(this.deliveries);
  }

  apply(event: RunEvent): void {
    must(event.seq === this.seq + 1, 'events come without a gap', `${event.seq} after ${this.seq}`);
    this.seq = event.seq;
    const { channels, deliveries, runs, people, shared } = this;
    switch (event.type) {
      case 'executor.opened':
        this.#opened();
        return;
      case 'executor.paused':
        this.paused = true;
        return;
      case 'executor.resumed':
        this.paused = false;
        return;
      case 'agent.registered':
        channels.registered(event.agent);
        return;
      case 'agent.unregistered':
        channels.unregistered(event.agent);
        return;
      case 'channel.opened':
        channels.opened(event.channel, event);
        return;
      case 'channel.closed':
        for (const delivery of channels.closed(event.channel)) deliveries.drop(delivery);
        return;
      case 'run.started':
        runs.started(event.run, event.kind);
        return;
      case 'run.ended':
        runs.ended(event.run, event.status, event.error !== undefined);
        return;
      case 'run.deleted':
        runs.deleted(event.run);
        return;
      case 'message.published':
        this.#published(event);
        return;
      case 'message.handed': {
        const message = channels.handed(event.channel, event.message, event.to);
        const mailbox = channels.mailbox(event.channel, event.to);
        deliveries.deliver(mailbox, message, this.#runningRun(event.run));
        return;
      }
      case 'message.refused':
        return;
      case 'delivery.started': {
        const delivery = deliveries.find(event.delivery);
        must(!this.paused || this.stepsAllowed-- > 0, 'nothing starts during a pause', nameOf(delivery));
        deliveries.started(delivery, requireStartable(delivery, event.at, channels.agents));
        return;
      }
      case 'delivery.succeeded':
        deliveries.succeeded(deliveries.findRunning(event.delivery));
        return;
      case 'delivery.retrying':
        deliveries.retrying(deliveries.findRunning(event.delivery), event.at, event.dueAt);
        return;
      case 'delivery.failed':
        deliveries.failed(deliveries.findRunning(event.delivery), event.invalid);
        return;
      case 'delivery.dropped': {
        const delivery = deliveries.find(event.delivery);
        must(delivery.status === 'waiting', 'only what waits is pushed out', nameOf(delivery));
        channels.pushedOut(delivery);
        deliveries.drop(delivery);
        return;
      }
      case 'delivery.returned':
        this.#returned(deliveries.find(event.delivery), event.parked, event.dueAt);
        return;
      case 'delivery.redelivered':
        deliveries.redelivered(event.message, event.to);
        deliveries.deliver(
          channels.mailbox(event.message.channel, event.to),
          event.message,
          this.#runningRun(event.run),
        );
        return;
      case 'human.asked':
        people.asked(event.request, deliveries.findRunning(event.request.delivery));
        return;
      case 'human.answered':
        people.answered(event.request, event.answer, event.source, event.at);
        return;
      case 'human.cancelled':
        people.cancelled(event.request);
        return;
      case 'tokens.reserved':
        deliveries.findRunning(event.delivery);
        return;
      case 'tokens.used': {
        const { run } = deliveries.findRunning(event.delivery);
        if (run) run.tokensUsed += event.amount;
        return;
      }
      case 'cache.set':
        shared.cacheSet(event.namespace, event.key, event.value);
        return;
      case 'cache.appended':
        shared.cacheAppended(event.namespace, event.key, event.value);
        return;
      case 'task.set':
        shared.taskSet(event.task);
        return;
      case 'tasks.planned':
        shared.planned = event.count;
        return;
    }
  }

  /** A new executor has the state. What the one before it had in hand waits again; agents must be registered again. */
  #opened(): void {
    const { channels, deliveries, runs } = this;
    this.paused = false;
    runs.interrupted();
    for (const delivery of [...deliveries.unfinished.values()]) {
      if (delivery.status !== 'running') continue;
      // The attempt stays counted: the message may be what brought the process down.
      delivery.attempts++;
      deliveries.putBack(delivery);
    }
    for (const agent of [...channels.agents.keys()]) channels.unregistered(agent);
  }

  #published(event: Published): void {
    const { message } = event;
    const run = this.#runningRun(event.run);
    const publisher =
      event.publisher === undefined ? undefined : this.deliveries.findRunning(event.publisher);
    if (publisher) requireOwnPublish(publisher, event, run);
    const mailboxes = this.channels.published(event, publisher);
    if (run) run.counts.published++;
    if (run && mailboxes.length === 0) run.counts.unheard++;
    for (const mailbox of mailboxes) this.deliveries.deliver(mailbox, message, run);
  }

  #returned(delivery: ModelDelivery, parked: boolean, dueAt: number | undefined): void {
    if (parked) {
      must(delivery.status === 'running', 'only what an agent has in hand is parked', nameOf(delivery));
      this.people.requireReasonToPark(delivery);
    }
    this.deliveries.putBack(delivery, parked ? 'parked' : 'waiting', dueAt);
  }

  /** Nothing becomes part of a run that has ended. */
  #runningRun(id: string | undefined): ModelRun | undefined {
    const run = this.runs.find(id);
    must(run === undefined || run.status === 'running', 'a run that has ended gets nothing more', `${id}`);
    return run;
  }
}

/** What an invocation publishes belongs to its run, follows from its message, and is sent once, however many attempts. */
function requireOwnPublish(publisher: ModelDelivery, event: Published, run: ModelRun | undefined): void {
  const { message, ordinal, fromOutside } = event;
  const where = `publish ${ordinal} of ${nameOf(publisher)}`;
  must(publisher.run === run, 'a publish belongs to the run of its publisher', where);
  const isChild = message.parentId === publisher.message.id;
  must(isChild, 'a publish follows from the message of its publisher', where);
  // What has an id of its own is known by that, whoever publishes it: the channels see to it.
  if (fromOutside) return;
  const content = JSON.stringify([message.channel, message.payload]);
  must(!publisher.published.has(content), 'a further attempt publishes nothing twice', where);
  publisher.published.add(content);
}
