import type { PublishOptions } from '../agents/agent.js';
import { describe, PubSubError, toPubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { Delivery } from '../state/delivery.js';
import type { Attempt, AttemptServices } from './attempt.js';
import { FloatingRefusal } from './floating-refusal.js';
import { InvocationContext } from './invocation-context.js';
import type { PayloadGate } from './payload-gate.js';
import type { RegisteredAgent } from './registered-agent.js';
import type { SettlementWatch } from './settlement.js';
import type { Transaction } from './transaction.js';

/** Hears how an attempt ended; exactly once, unless it was abandoned first. */
export interface AttemptObserver {
  readonly registered: RegisteredAgent;
  readonly services: AttemptServices;
  readonly settlements: SettlementWatch;
  /** @throws PubSubError when what it did cannot be committed; it has failed then. */
  attemptSucceeded(invocation: Invocation): void;
  attemptFailed(invocation: Invocation, error: PubSubError): void;
  /** It has succeeded, and nothing of the agent is on the stack: what is ready may start. */
  goOn(): void;
  /** The input did not fit; the agent's code was not called. */
  inputRefused(invocation: Invocation, error: PubSubError): void;
}

/** One attempt of one agent at one message: validate, run, publish what it returns, settle. */
export class Invocation implements Attempt {
  readonly delivery: Delivery;
  readonly #observer: AttemptObserver;
  /** Stops the clock of an agent with a time limit. */
  stopTimer: (() => void) | undefined;
  /** Its place among the running invocations of its agent. */
  slot = -1;
  publishes = 0;
  readonly inherited: number;
  nextOrdinal: number;
  matched: Set<number> | undefined;
  questions = 0;
  transaction: Transaction | undefined;
  /** Set once it has no say any more: it settled, or its run ended. */
  #over: PubSubError | undefined;
  #pendingPublishes = 0;
  #whenPublished: (() => void) | undefined;
  #refusals: { readonly promise: FloatingRefusal<Message>; readonly error: PubSubError }[] | undefined;
  #controller: AbortController | undefined;

  constructor(delivery: Delivery, observer: AttemptObserver) {
    this.delivery = delivery;
    this.#observer = observer;
    const { published } = delivery;
    this.inherited = published ? published.length : 0;
    this.nextOrdinal = published ? published.nextOrdinal : 0;
  }

  get registered(): RegisteredAgent {
    return this.#observer.registered;
  }

  get services(): AttemptServices {
    return this.#observer.services;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#over) this.#controller.abort(this.#over);
    }
    return this.#controller.signal;
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Takes its say away: its result no longer counts, its publishes are refused, its signal is aborted. */
  abandon(reason: PubSubError): void {
    if (this.#over) return;
    this.#over = reason;
    this.#controller?.abort(reason);
  }

  /** @param gate checks what came; undefined when the agent no longer listens to the channel it came on. */
  start(gate: PayloadGate | undefined): void {
    const { payload } = this.delivery.message;
    let admitted: unknown;
    try {
      admitted = gate ? gate.admit(payload) : payload;
    } catch (thrown) {
      this.#refuseInput(thrown);
      return;
    }
    if (admitted instanceof Promise) this.#runAfter(admitted);
    else this.#run(admitted);
  }

  #runAfter(admitted: Promise<unknown>): void {
    admitted.then(
      (settled) => this.#run(settled),
      (thrown) => this.#refuseInput(thrown),
    );
  }

  /**
   * Publishes for the agent. Returns at once where nothing has to be waited for; every refusal is a rejection that
   * cannot go unhandled.
   */
  publish(channel: string, payload: unknown, options: PublishOptions | undefined): Promise<Message> {
    try {
      if (this.#over) throw this.services.refuseLate(this, channel, this.#over);
      const published = this.services.publish(this, channel, payload, options);
      return published instanceof Promise ? this.#track(published) : Promise.resolve(published);
    } catch (thrown) {
      return this.#refused(toPubSubError(thrown));
    }
  }

  #run(payload: unknown): void {
    if (this.#over) return;
    try {
      const result: unknown = this.registered.agent.processMessage(new InvocationContext(this, payload));
      if (isThenable(result)) this.#observer.settlements.watch(result, this);
      else this.returned(result);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  /** The agent's code is through. */
  returned(value: unknown): void {
    if (this.#over) return;
    if (value === undefined) this.#finish();
    else this.#returnedValue(value);
  }

  #returnedValue(value: unknown): void {
    let publishing: Promise<void> | undefined;
    try {
      if (!this.#isOwnMessage(value)) {
        publishing = isIterator(value) ? this.#publishEach(value) : this.#publishReturned(value);
      }
    } catch (thrown) {
      // A Proxy, that cannot even be looked at.
      this.failed(thrown);
      return;
    }
    if (!publishing) this.#finish();
    else {
      publishing.then(
        () => this.#finish(),
        (thrown) => this.failed(thrown),
      );
    }
  }

  /** `process: ({ publish }) => publish(…)` returns the message it has published: not to be published once more. */
  #isOwnMessage(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    const holds = (item: unknown): boolean => this.services.holds(this, item);
    return Array.isArray(value)
      ? value.length > 0 && value.every((item) => item === undefined || holds(item))
      : holds(value);
  }

  async #publishEach(values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    for await (const value of values) {
      if (this.#over) return;
      await this.#publishReturned(value);
    }
  }

  async #publishReturned(value: unknown): Promise<void> {
    const { agent, onlyPublication } = this.registered;
    if (onlyPublication === undefined) {
      const has =
        agent.publications.length === 0
          ? 'none'
          : `${agent.publications.length} (${agent.publications.join(', ')})`;
      throw new PubSubError(
        'EXECUTION_ERROR',
        `agent "${agent.name}" returned ${describe(value)}, but a returned value needs exactly one publication, and it has ${has}; call publish(channel, payload) instead`,
        { details: { agent: agent.name, publications: agent.publications } },
      );
    }
    await this.publish(onlyPublication, value, undefined);
  }

  #finish(): void {
    if (this.#over) return;
    if (this.#pendingPublishes > 0 || this.#refusals || this.transaction) this.#finishLater();
    else this.#succeeded();
  }

  /** The rarer ways to the end; apart, so that the common way makes none of their closures. */
  #finishLater(): void {
    if (this.#pendingPublishes > 0) {
      this.#whenPublished = () => this.#finish();
      return;
    }
    const floating = this.#refusals?.find(({ promise }) => !promise.observed);
    if (floating) {
      this.failed(floating.error);
    } else if (this.transaction) {
      this.transaction.whenReady().then(
        () => this.#succeeded(),
        (thrown) => this.failed(thrown),
      );
    } else {
      this.#succeeded();
    }
  }

  #succeeded(): void {
    if (this.#over) return;
    try {
      this.#observer.attemptSucceeded(this);
    } catch (thrown) {
      // Only a transaction can fail here: another one has changed the same task.
      this.failed(thrown);
      return;
    }
    this.#over = SETTLED;
    this.#observer.goOn();
  }

  /** The agent's code has thrown. */
  failed(thrown: unknown): void {
    if (this.#over) return;
    this.#over = SETTLED;
    const error = toPubSubError(thrown);
    this.#controller?.abort(error);
    this.#observer.attemptFailed(this, error);
  }

  #refuseInput(thrown: unknown): void {
    if (this.#over) return;
    this.#over = SETTLED;
    this.#observer.inputRefused(this, toPubSubError(thrown));
  }

  /** The attempt took too long. */
  expire(error: PubSubError): void {
    this.failed(error);
  }

  #track(published: Promise<Message>): Promise<Message> {
    this.#pendingPublishes++;
    const watched = new FloatingRefusal<Message>((resolve) => resolve(published));
    published.then(
      () => this.#publishSettled(),
      (thrown: unknown) => {
        this.#note(watched, toPubSubError(thrown));
        // One more round, so that an agent that awaits the promise has seen the refusal before anybody judges.
        void Promise.resolve().then(() => this.#publishSettled());
      },
    );
    return watched.silence();
  }

  #publishSettled(): void {
    if (--this.#pendingPublishes > 0) return;
    this.#whenPublished?.();
    this.#whenPublished = undefined;
  }

  #refused(error: PubSubError): Promise<Message> {
    // An agent may try again for ever: refusals too must leave the host its turns.
    const nextTurn = this.services.breathe();
    const promise = new FloatingRefusal<Message>((_, reject) => {
      if (nextTurn) void nextTurn.then(() => reject(error));
      else reject(error);
    });
    this.#note(promise, error);
    return promise;
  }

  #note(promise: FloatingRefusal<Message>, error: PubSubError): void {
    promise.silence();
    this.#refusals ??= [];
    this.#refusals.push({ promise, error });
  }
}

const SETTLED = new PubSubError('EXECUTION_ERROR', 'the invocation has ended already');

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

/** Generators and other iterators; not arrays and strings, which are values. */
function isIterator(value: unknown): value is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Symbol.asyncIterator in value || (Symbol.iterator in value && 'next' in value);
}
