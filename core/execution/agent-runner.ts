import type { AgentContext, PubSubAgent } from '../agents/agent.js';
import { handlerOf } from '../agents/define-agent.js';
import { type ResolvedConfig, retryDelay } from '../config.js';
import type { PubSubError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Mailbox, MailConsumer } from '../messaging/mailbox.js';
import type { Runtime } from '../runtime.js';
import type { SchemaCheck } from '../schema/compile-schema.js';
import type { Delivery } from '../state/delivery.js';
import type { RunRecord } from '../state/run-record.js';
import type { Attempt, AttemptServices } from './attempt.js';
import type { Failures } from './failures.js';
import { type AttemptObserver, Invocation } from './invocation.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import type { RegisteredAgent } from './registered-agent.js';
import type { Router } from './router.js';
import { firstRunnable, isEarly, leftToWait, oldestRunnable, type PendingRetries } from './runnable-mail.js';
import type { RunningAttempts } from './running-attempts.js';
import type { Scheduler, Startable } from './scheduler.js';
import type { SettlementWatch } from './settlement.js';
import { limitTime } from './time-limit.js';

/** What the runners of all agents share. */
export interface RunnerEnvironment {
  readonly recorder: Recorder;
  readonly router: Router;
  readonly scheduler: Scheduler;
  readonly runtime: Runtime;
  readonly config: ResolvedConfig;
  readonly services: AttemptServices;
  readonly settlements: SettlementWatch;
  readonly running: RunningAttempts;
  readonly failures: Failures;
  /** Records what a transactional attempt did together with its success. */
  commit(attempt: Attempt, succeeded: () => void): void;
  /** A delivery has its outcome. */
  settled(delivery: Delivery, run: RunRecord | undefined): void;
  /** A delivery is back in its mailbox, or waits: the run may have nothing left that can go on. */
  stalled(run: RunRecord | undefined): void;
}

const NO_MAILBOXES: readonly Mailbox<Delivery>[] = [];

/** Runs one agent: takes its mail in order, as many at a time as it allows, and tries again what failed. */
export class AgentRunner implements Startable, MailConsumer<Delivery>, AttemptObserver {
  queued: boolean;
  /** Attempts in progress and deliveries waiting for a retry, together. */
  private slotsTaken: number;
  private readonly concurrency: number;
  /** The mailbox of an agent with one channel, which most are. */
  private onlyMailbox: Mailbox<Delivery> | undefined;
  private readonly environment: RunnerEnvironment;
  /** Of a defined agent: what to call, and on what. Saves three places in memory to go to for each message. */
  private readonly handle: PubSubAgent['processMessage'] | undefined;
  private readonly self: unknown;
  /** Its only gate's check, where it is no more than a schema: shared by all agents with that schema, so it is at hand. */
  private readonly onlyCheck: SchemaCheck | undefined;
  private retrying: PendingRetries | undefined;
  private readonly timeoutMs: number | undefined;
  readonly agent: PubSubAgent;
  /** The gate of an agent with one channel, which most are: saves a look-up for each message. */
  private readonly onlyGate: PayloadGate | undefined;
  readonly registered: RegisteredAgent;
  /** Where it has one alone, empty. */
  private mailboxes: readonly Mailbox<Delivery>[];
  private gone: boolean;

  constructor(registered: RegisteredAgent, environment: RunnerEnvironment) {
    const { agent, inputs } = registered;
    const handler = handlerOf(agent);
    // In the order in which they come to lie in memory: what a message needs when it is published, what it needs when it
    // is started, and the rest. Among thousands of agents that is where the time goes.
    this.queued = false;
    this.slotsTaken = 0;
    this.concurrency = agent.concurrency ?? 1;
    this.onlyMailbox = undefined;
    this.environment = environment;
    this.handle = handler?.process;
    this.self = handler?.self;
    this.onlyCheck = inputs.only?.onlyCheck;
    this.retrying = undefined;
    this.timeoutMs = agent.timeoutSeconds === undefined ? undefined : agent.timeoutSeconds * 1000;
    this.agent = agent;
    this.onlyGate = inputs.only;
    this.registered = registered;
    this.mailboxes = NO_MAILBOXES;
    this.gone = false;
  }

  get services(): AttemptServices {
    return this.environment.services;
  }

  get settlements(): SettlementWatch {
    return this.environment.settlements;
  }

  get isBusy(): boolean {
    return this.slotsTaken > 0;
  }

  attach(mailbox: Mailbox<Delivery>): void {
    mailbox.consumer = this;
    this.read([...this.allMailboxes, mailbox]);
    if (mailbox.length > 0) this.mailArrived();
  }

  detach(channel: string): void {
    this.read(this.allMailboxes.filter((mailbox) => mailbox.channel !== channel));
  }

  private get allMailboxes(): readonly Mailbox<Delivery>[] {
    return this.onlyMailbox === undefined ? this.mailboxes : [this.onlyMailbox];
  }

  private read(mailboxes: readonly Mailbox<Delivery>[]): void {
    this.onlyMailbox = mailboxes.length === 1 ? mailboxes[0] : undefined;
    this.mailboxes = mailboxes.length > 1 ? mailboxes : NO_MAILBOXES;
  }

  /** Reads no more mail. What runs goes on to its end; what waits for a retry goes back to its mailbox. */
  leave(): void {
    this.gone = true;
    for (const mailbox of this.allMailboxes) mailbox.consumer = undefined;
    this.read([]);
    for (const delivery of [...(this.retrying?.keys() ?? [])]) this.putBack(delivery);
  }

  mailArrived(): void {
    if (this.queued === false && this.hasSlot()) this.environment.scheduler.enqueue(this);
  }

  admit(channel: string, payload: JsonValue): unknown {
    const gate = this.onlyGate ?? this.registered.inputs.get(channel);
    return gate === undefined ? payload : gate.admit(payload);
  }

  fittingCopy(payload: unknown): JsonValue | undefined {
    return this.onlyGate?.fittingCopy(payload);
  }

  touch(): number {
    const { onlyMailbox: mailbox, queued, timeoutMs, gone, handle, self } = this;
    if (mailbox === undefined) return 0;
    // Each from another line of memory: of this runner, of what it calls, of its mailbox, and of what lies in there.
    let present = Number(queued) + Number(timeoutMs === undefined) + Number(gone);
    present += Number(typeof handle === 'function') + Number(typeof self === 'object');
    present += mailbox.length + Number(mailbox.closed);
    const { head } = mailbox;
    if (head === undefined) return present;
    return present + head.number + head.attempts + head.nextInMailbox;
  }

  startOne(): boolean {
    let delivery = this.takeNext();
    while (delivery !== undefined && isEarly(delivery, this.environment)) {
      // It came back to its mailbox before its retry was due: it takes its slot, and waits in there.
      this.waitForRetry(delivery);
      delivery = this.takeNext();
    }
    if (delivery === undefined) return false;
    this.start(delivery);
    if (this.hasSlot() && this.hasMail()) this.environment.scheduler.enqueue(this);
    return true;
  }

  process(context: AgentContext): unknown {
    return this.handle === undefined
      ? this.agent.processMessage(context)
      : this.handle.call(this.self, context);
  }

  attemptSucceeded(invocation: Invocation): void {
    const { recorder } = this.environment;
    const { delivery } = invocation;
    const { run } = delivery;
    if (invocation.transaction === undefined) recorder.deliverySucceeded(delivery);
    else this.commitTransaction(invocation);
    this.release(invocation);
    this.environment.settled(delivery, run);
  }

  private commitTransaction(invocation: Invocation): void {
    const { recorder } = this.environment;
    const { delivery } = invocation;
    this.environment.commit(invocation, () => recorder.deliverySucceeded(delivery));
  }

  attemptFailed(invocation: Invocation, thrown: unknown): void {
    const { config, failures } = this.environment;
    const { delivery } = invocation;
    this.release(invocation);
    // Failures count, not starts: a crash of the process is nothing that the message did.
    const failed = (delivery.errors?.length ?? 0) + 1;
    if (failed >= config.maxAttempts) this.fail(delivery, thrown, false);
    else {
      failures.retry(delivery, thrown, retryDelay(config.retryStrategy, failed));
      this.waitForRetry(delivery);
    }
  }

  inputRefused(invocation: Invocation, thrown: unknown): void {
    this.release(invocation);
    this.fail(invocation.delivery, thrown, true);
  }

  attemptAbandoned(invocation: Invocation): void {
    this.release(invocation);
  }

  /** A run has ended: the retries that were its have no timer any more. */
  abandonRetries(): void {
    for (const delivery of this.retrying?.keys() ?? []) {
      if (!delivery.run?.isRunning) this.cancelRetry(delivery);
    }
    if (this.hasMail()) this.mailArrived();
  }

  mailDropped(delivery: Delivery): void {
    this.cancelRetry(delivery);
    if (this.hasMail()) this.mailArrived();
  }

  attemptParked(invocation: Invocation, reason: PubSubError): void {
    const { recorder } = this.environment;
    const { delivery } = invocation;
    const { run } = delivery;
    invocation.abandon(reason);
    recorder.deliveryReturned(recorder.now(), delivery, true);
    this.mailArrived();
    this.environment.stalled(run);
  }

  /** Takes up a delivery that a run has adopted while its retry was not due. False when its hands are full. */
  resumesRetry(delivery: Delivery): boolean {
    if (this.retrying?.has(delivery)) return true;
    if (!this.hasSlot()) return false;
    this.waitForRetry(delivery);
    return true;
  }

  private hasMail(): boolean {
    if (this.onlyMailbox !== undefined) return this.onlyMailbox.length > 0;
    return this.mailboxes.some(({ length }) => length > 0);
  }

  private hasSlot(): boolean {
    return this.slotsTaken < this.concurrency;
  }

  /** What to start next, if it may start anything: the oldest delivery over all its mailboxes whose run goes on. */
  private takeNext(): Delivery | undefined {
    if (!this.hasSlot()) return undefined;
    const { onlyMailbox, retrying } = this;
    return onlyMailbox === undefined
      ? oldestRunnable(this.mailboxes, retrying)
      : firstRunnable(onlyMailbox, retrying);
  }

  private start(delivery: Delivery): void {
    const { recorder, router, running } = this.environment;
    recorder.deliveryStarted(delivery);
    if (router.isAwaited) router.roomMade(delivery.mailbox);
    const invocation = new Invocation(delivery, this);
    running.add(invocation, this.agent);
    this.slotsTaken++;
    if (this.timeoutMs !== undefined) limitTime(invocation, this.timeoutMs, this.environment.runtime);
    const gate = this.onlyGate ?? this.registered.inputs.get(delivery.mailbox.channel);
    invocation.start(gate, this.onlyCheck?.fast);
  }

  private release(invocation: Invocation): void {
    invocation.release();
    this.environment.running.remove(invocation);
    this.slotsTaken--;
    if (this.hasMail()) this.mailArrived();
  }

  private fail(delivery: Delivery, thrown: unknown, invalid: boolean): void {
    const { run } = delivery;
    this.environment.failures.fail(delivery, thrown, invalid);
    this.environment.settled(delivery, run);
  }

  private waitForRetry(delivery: Delivery): void {
    const { runtime, recorder, config } = this.environment;
    if (this.gone) {
      this.putBack(delivery);
      return;
    }
    const cancel = runtime.setTimer(leftToWait(delivery, runtime.now(), config), () => {
      this.cancelRetry(delivery);
      if (!delivery.run?.isRunning) return;
      recorder.now(); // What starts takes the newest reading for its time.
      // A paused executor starts nothing, retries included: back to the mailbox, to be started when it goes on.
      if (delivery.status === 'waiting') this.mailArrived();
      else if (this.environment.scheduler.isStill) this.putBack(delivery);
      else this.start(delivery);
    });
    this.retrying ??= new Map();
    this.retrying.set(delivery, cancel);
    this.slotsTaken++;
  }

  private cancelRetry(delivery: Delivery): void {
    this.retrying?.get(delivery)?.();
    if (this.retrying?.delete(delivery)) this.slotsTaken--;
  }

  private putBack(delivery: Delivery): void {
    const { recorder } = this.environment;
    this.cancelRetry(delivery);
    // Else it lies in its mailbox, where it waited to be due, or was pushed out of there: it may have ended.
    if (delivery.status === 'retrying') recorder.deliveryReturned(recorder.now(), delivery, false);
    // Where this agent is gone and another of its name has come, that one has work now.
    delivery.mailbox.consumer?.mailArrived();
    this.environment.stalled(delivery.run);
  }
}
