import { type ResolvedConfig, retryDelay } from '../config.js';
import { PubSubError } from '../errors.js';
import type { Mailbox, MailConsumer } from '../messaging/mailbox.js';
import type { Runtime } from '../runtime.js';
import type { Delivery } from '../state/delivery.js';
import type { RunRecord } from '../state/run-record.js';
import type { Attempt, AttemptServices } from './attempt.js';
import { type AttemptObserver, Invocation } from './invocation.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import type { RegisteredAgent } from './registered-agent.js';
import type { Scheduler, Startable } from './scheduler.js';
import { SettlementWatch } from './settlement.js';

/** What the runners of all agents share. */
export interface RunnerEnvironment {
  readonly recorder: Recorder;
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly config: ResolvedConfig;
  readonly services: AttemptServices;
  /** Records what a transactional attempt did together with its success. */
  commit(attempt: Attempt, succeeded: () => void): void;
  /** A delivery has left its mailbox: there may be room for who waits to publish. */
  mailTaken(mailbox: Mailbox<Delivery>): void;
  /** A delivery has its outcome. */
  settled(delivery: Delivery, run: RunRecord | undefined): void;
  /** A delivery is back in its mailbox, or waits: the run may have nothing left that can go on. */
  stalled(run: RunRecord | undefined): void;
}

/** Runs one agent: takes its mail in order, as many at a time as it allows, and tries again what failed. */
export class AgentRunner implements Startable, MailConsumer, AttemptObserver {
  readonly registered: RegisteredAgent;
  queued = false;
  readonly services: AttemptServices;
  readonly settlements: SettlementWatch;
  readonly #environment: RunnerEnvironment;
  readonly #concurrency: number;
  readonly #timeoutMs: number | undefined;
  /** The gate of an agent with one channel, which most are: saves a look-up for each message. */
  readonly #onlyGate: PayloadGate | undefined;
  #mailboxes: Mailbox<Delivery>[] = [];
  readonly #running: Invocation[] = [];
  /** Deliveries whose retry is not due yet, with what cancels their timer. They keep their place: order is kept. */
  readonly #retrying = new Map<Delivery, () => void>();
  #gone = false;

  constructor(registered: RegisteredAgent, environment: RunnerEnvironment) {
    this.registered = registered;
    this.#environment = environment;
    this.services = environment.services;
    this.settlements = new SettlementWatch(environment.scheduler);
    this.#onlyGate = registered.inputs.size === 1 ? [...registered.inputs.values()][0] : undefined;
    this.#concurrency = registered.agent.concurrency ?? 1;
    const { timeoutSeconds } = registered.agent;
    this.#timeoutMs = timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000;
  }

  /** Attempts in progress. */
  get running(): readonly Invocation[] {
    return this.#running;
  }

  get isBusy(): boolean {
    return this.#running.length > 0 || this.#retrying.size > 0;
  }

  /** Starts to read a mailbox. */
  attach(mailbox: Mailbox<Delivery>): void {
    mailbox.consumer = this;
    this.#mailboxes.push(mailbox);
    if (mailbox.length > 0) this.mailArrived();
  }

  /** Stops reading a mailbox. */
  detach(channel: string): void {
    this.#mailboxes = this.#mailboxes.filter((mailbox) => mailbox.channel !== channel);
  }

  /** Reads no more mail. What runs goes on to its end; what waits for a retry goes back to its mailbox. */
  leave(): void {
    this.#gone = true;
    for (const mailbox of this.#mailboxes) mailbox.consumer = undefined;
    this.#mailboxes = [];
    for (const delivery of [...this.#retrying.keys()]) this.#putBack(delivery);
  }

  mailArrived(): void {
    if (!this.queued && this.#hasSlot()) this.#environment.scheduler.enqueue(this);
  }

  startOne(at: number): boolean {
    while (this.#hasSlot()) {
      const delivery = this.#takeNext();
      if (!delivery) return false;
      if (delivery.dueAt <= at) {
        this.#start(delivery, at);
        if (this.#hasMail() && this.#hasSlot()) this.#environment.scheduler.enqueue(this);
        return true;
      }
      // It came back to its mailbox before its retry was due: it takes its slot, and waits in there.
      this.#waitForRetry(delivery);
    }
    return false;
  }

  attemptSucceeded(invocation: Invocation): void {
    const { recorder } = this.#environment;
    const { delivery } = invocation;
    const { run } = delivery;
    if (invocation.transaction) this.#commit(invocation);
    else recorder.deliverySucceeded(recorder.now(), delivery);
    this.#release(invocation);
    this.#environment.settled(delivery, run);
  }

  #commit(invocation: Invocation): void {
    const { recorder } = this.#environment;
    const { delivery } = invocation;
    this.#environment.commit(invocation, () => recorder.deliverySucceeded(recorder.now(), delivery));
  }

  attemptFailed(invocation: Invocation, error: PubSubError): void {
    const { recorder, config } = this.#environment;
    const { delivery } = invocation;
    this.#release(invocation);
    // Failures count, not starts: a crash of the process is nothing that the message did.
    const failures = (delivery.errors?.length ?? 0) + 1;
    if (failures >= config.maxAttempts) {
      this.#fail(delivery, error, false);
      return;
    }
    const at = recorder.now();
    recorder.deliveryRetrying(at, delivery, error.toJSON(), at + retryDelay(config.retryStrategy, failures));
    this.#waitForRetry(delivery);
  }

  inputRefused(invocation: Invocation, error: PubSubError): void {
    this.#release(invocation);
    this.#fail(invocation.delivery, error, true);
  }

  /** The run has ended: its attempts have no say any more, its retries no timer. */
  abandon(run: RunRecord, reason: PubSubError): void {
    for (const invocation of [...this.#running]) {
      if (invocation.delivery.run === run) this.#abandonOne(invocation, reason);
    }
    for (const [delivery, cancel] of this.#retrying) {
      if (delivery.run !== run) continue;
      cancel();
      this.#retrying.delete(delivery);
    }
    if (this.#hasMail()) this.mailArrived();
  }

  /** The human did not answer in time: the delivery goes back and waits there for the answer. */
  park(attempt: Attempt, reason: PubSubError): void {
    const invocation = this.#running.find((running) => running === attempt);
    if (!invocation) return;
    const { recorder } = this.#environment;
    const { run } = invocation.delivery;
    this.#abandonOne(invocation, reason);
    recorder.deliveryReturned(recorder.now(), invocation.delivery, true);
    this.mailArrived();
    this.#environment.stalled(run);
  }

  /** Takes up a delivery that a run has adopted while its retry was not due. */
  resumeRetry(delivery: Delivery): void {
    if (!this.#retrying.has(delivery)) this.#waitForRetry(delivery);
  }

  #hasMail(): boolean {
    const mailboxes = this.#mailboxes;
    for (let index = 0; index < mailboxes.length; index++) {
      if ((mailboxes[index]?.length ?? 0) > 0) return true;
    }
    return false;
  }

  #hasSlot(): boolean {
    return this.#running.length + this.#retrying.size < this.#concurrency;
  }

  /** The oldest delivery over all its mailboxes that belongs to a run that is going on. */
  #takeNext(): Delivery | undefined {
    const mailboxes = this.#mailboxes;
    let oldest: Delivery | undefined;
    for (let index = 0; index < mailboxes.length; index++) {
      let candidate = mailboxes[index]?.head;
      while (candidate && !this.#isRunnable(candidate)) candidate = candidate.nextInMailbox;
      if (candidate && (!oldest || candidate.number < oldest.number)) oldest = candidate;
    }
    return oldest;
  }

  #isRunnable(delivery: Delivery): boolean {
    if (delivery.status !== 'waiting' || delivery.run?.isRunning !== true) return false;
    return this.#retrying.size === 0 || !this.#retrying.has(delivery);
  }

  #start(delivery: Delivery, at: number): void {
    const { recorder } = this.#environment;
    recorder.deliveryStarted(at, delivery);
    this.#environment.mailTaken(delivery.mailbox);
    const invocation = new Invocation(delivery, this);
    invocation.slot = this.#running.push(invocation) - 1;
    if (this.#timeoutMs !== undefined) this.#limit(invocation, this.#timeoutMs);
    invocation.start(this.#onlyGate ?? this.registered.inputs.get(delivery.mailbox.channel));
  }

  #limit(invocation: Invocation, timeoutMs: number): void {
    const { name } = this.registered.agent;
    const stopTimer = this.#environment.runtime.setTimer(timeoutMs, () =>
      invocation.expire(
        new PubSubError(
          'TIMEOUT_EXCEEDED',
          `an attempt of agent "${name}" took longer than ${timeoutMs} ms`,
          {
            details: { agent: name, timeoutMs },
          },
        ),
      ),
    );
    invocation.limit(stopTimer);
  }

  #release(invocation: Invocation): void {
    invocation.unlimit();
    const last = this.#running.pop();
    if (last && last !== invocation) {
      this.#running[invocation.slot] = last;
      last.slot = invocation.slot;
    }
    if (this.#hasMail()) this.mailArrived();
  }

  #abandonOne(invocation: Invocation, reason: PubSubError): void {
    invocation.abandon(reason);
    this.#release(invocation);
  }

  #fail(delivery: Delivery, error: PubSubError, invalid: boolean): void {
    const { recorder } = this.#environment;
    const { run } = delivery;
    recorder.deliveryFailed(recorder.now(), delivery, error.toJSON(), invalid);
    this.#environment.settled(delivery, run);
  }

  #waitForRetry(delivery: Delivery): void {
    const { runtime, recorder } = this.#environment;
    if (this.#gone) {
      this.#putBack(delivery);
      return;
    }
    const cancel = runtime.setTimer(Math.max(0, delivery.dueAt - runtime.now()), () => {
      this.#retrying.delete(delivery);
      if (!delivery.run?.isRunning) return;
      // A paused executor starts nothing, retries included: back to the mailbox, to be started when it goes on.
      if (delivery.status === 'waiting') this.mailArrived();
      else if (this.#environment.scheduler.isStill) this.#putBack(delivery);
      else this.#start(delivery, recorder.now());
    });
    this.#retrying.set(delivery, cancel);
  }

  #putBack(delivery: Delivery): void {
    const { recorder } = this.#environment;
    this.#retrying.get(delivery)?.();
    this.#retrying.delete(delivery);
    recorder.deliveryReturned(recorder.now(), delivery, false);
    // Where this agent is gone and another of its name has come, that one has work now.
    delivery.mailbox.consumer?.mailArrived();
    this.#environment.stalled(delivery.run);
  }
}
