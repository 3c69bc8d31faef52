import type { Message, RetryStrategy } from 'dagger-agents';
import {
  type FinalStatus,
  type ModelAgent,
  type ModelDelivery,
  type ModelMailbox,
  type ModelRun,
  nameOf,
} from './records.js';
import { must, Violation } from './violation.js';

export interface AttemptLimits {
  readonly maxAttempts: number;
  readonly retryStrategy: RetryStrategy;
}

/** The life of each delivery: waiting, in hand, perhaps back again, and exactly one end. */
export class Deliveries {
  /** In the order of their numbers. */
  readonly unfinished: Map<number, ModelDelivery> = new Map();
  /** Those that failed for good and were not sent again. */
  readonly deadLetters: Set<ModelDelivery> = new Set();
  readonly #limits: AttemptLimits;
  readonly #ended: (delivery: ModelDelivery) => void;
  readonly #ends = new Map<number, FinalStatus>();
  #last = 0;

  /** @param ended hears of each delivery that has come to its end. */
  constructor(limits: AttemptLimits, ended: (delivery: ModelDelivery) => void) {
    this.#limits = limits;
    this.#ended = ended;
  }

  deliver(mailbox: ModelMailbox, message: Message, run: ModelRun | undefined): void {
    const delivery: ModelDelivery = {
      number: ++this.#last,
      message,
      mailbox,
      status: 'waiting',
      attempts: 0,
      failures: 0,
      dueAt: 0,
      run,
      isAdopted: false,
      agent: undefined,
      published: new Set(),
      questions: new Set(),
    };
    this.unfinished.set(delivery.number, delivery);
    mailbox.waiting.add(delivery);
    if (run) run.counts.delivered++;
  }

  /** One that has no end yet: nothing happens to a delivery after its end. */
  find(number: number): ModelDelivery {
    const delivery = this.unfinished.get(number);
    if (delivery) return delivery;
    throw new Violation(
      'nothing happens to a delivery after its end',
      `${number}, ${this.#ends.get(number) ?? 'unknown'}`,
    );
  }

  /** One that an agent has in hand. */
  findRunning(number: number): ModelDelivery {
    const delivery = this.find(number);
    must(delivery.status === 'running', 'only what an agent has in hand does anything', nameOf(delivery));
    return delivery;
  }

  /** Whether it may is said in start-rules.ts. */
  started(delivery: ModelDelivery, agent: ModelAgent): void {
    delivery.mailbox.waiting.delete(delivery);
    delivery.status = 'running';
    delivery.attempts++;
    delivery.agent = agent;
    agent.running++;
  }

  succeeded(delivery: ModelDelivery): void {
    const { run } = delivery;
    if (run) run.counts.succeeded++;
    this.#settle(delivery, 'succeeded');
  }

  retrying(delivery: ModelDelivery, at: number, dueAt: number): void {
    const { maxAttempts, retryStrategy } = this.#limits;
    const failures = ++delivery.failures;
    must(failures < maxAttempts, 'no more attempts than maxAttempts', nameOf(delivery));
    const delay = delayOf(retryStrategy, failures);
    must(Math.abs(dueAt - at - delay) < 1, `a retry is due after ${delay} ms`, nameOf(delivery));
    requireNothingPublished(delivery);
    this.#release(delivery);
    delivery.status = 'retrying';
    delivery.dueAt = dueAt;
    if (delivery.run) delivery.run.counts.retried++;
  }

  /** @param isInvalid the input never fitted: it is not tried again. */
  failed(delivery: ModelDelivery, isInvalid: boolean): void {
    const { maxAttempts } = this.#limits;
    const failures = ++delivery.failures;
    must(
      isInvalid || failures >= maxAttempts,
      `a failure is retried until there were ${maxAttempts}`,
      nameOf(delivery),
    );
    requireNothingPublished(delivery);
    this.fail(delivery, isInvalid ? 'invalid' : 'failed');
  }

  /** It becomes a dead letter, however many attempts are left. */
  fail(delivery: ModelDelivery, status: 'failed' | 'invalid'): void {
    if (delivery.run) delivery.run.counts.failed++;
    this.deadLetters.add(delivery);
    this.#settle(delivery, status);
  }

  /** Pushed out, or its channel was closed. */
  drop(delivery: ModelDelivery): void {
    const { mailbox, run } = delivery;
    mailbox.channel.dropped++;
    if (run) run.counts.dropped++;
    this.#settleQuietly(delivery, 'dropped');
  }

  cancel(delivery: ModelDelivery): void {
    if (delivery.status === 'running') this.#settle(delivery, 'cancelled');
    else this.#settleQuietly(delivery, 'cancelled');
  }

  /** Back in its mailbox as if the attempt had not begun; dropped where that mailbox is closed. */
  putBack(delivery: ModelDelivery, status: 'waiting' | 'parked' = 'waiting', dueAt = 0): void {
    if (delivery.mailbox.isClosed) {
      this.drop(delivery);
      return;
    }
    if (delivery.status === 'running') delivery.attempts--;
    this.#release(delivery);
    delivery.status = status;
    delivery.dueAt = dueAt;
    delivery.mailbox.waiting.add(delivery);
  }

  /** A dead letter is sent again: it is none any more. */
  redelivered(message: Message, to: string): void {
    const letter = [...this.deadLetters].find(
      (each) =>
        each.message.id === message.id &&
        each.message.channel === message.channel &&
        each.mailbox.agent === to,
    );
    must(letter !== undefined, 'only a dead letter is sent again', `${message.id} to ${to}`);
    this.deadLetters.delete(letter);
  }

  /** With an outcome of its run. */
  #settle(delivery: ModelDelivery, status: FinalStatus): void {
    const { run, mailbox, attempts } = delivery;
    this.#settleQuietly(delivery, status);
    const { agent, channel } = mailbox;
    run?.outcomes.push({ agent, channel: channel.name, success: status === 'succeeded', attempts });
  }

  #settleQuietly(delivery: ModelDelivery, status: FinalStatus): void {
    this.#release(delivery);
    delivery.mailbox.waiting.delete(delivery);
    this.unfinished.delete(delivery.number);
    this.#ends.set(delivery.number, status);
    delivery.status = status;
    this.#ended(delivery);
  }

  /** Its agent has one less in hand. */
  #release(delivery: ModelDelivery): void {
    if (delivery.status === 'running' && delivery.agent) delivery.agent.running--;
  }
}

/** What a transactional agent publishes appears with its success, or not at all. */
function requireNothingPublished(delivery: ModelDelivery): void {
  const isTransactional = delivery.agent?.metadata.transactional === true;
  must(
    !isTransactional || delivery.published.size === 0,
    'a transaction that fails publishes nothing',
    nameOf(delivery),
  );
}

function delayOf(strategy: RetryStrategy, failures: number): number {
  if (strategy.type === 'immediate') return 0;
  if (strategy.type === 'linear') return strategy.delaySecs * 1000;
  const { initialDelaySecs, maxDelaySecs, multiplier } = strategy;
  let seconds = initialDelaySecs;
  for (let failure = 1; failure < failures; failure++) seconds = Math.min(maxDelaySecs, seconds * multiplier);
  return seconds * 1000;
}
