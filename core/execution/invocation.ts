import type { PublishOptions } from '../agents/agent.js';
import { PubSubError, toPubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { CompiledSchema } from '../schema/schema-validator.js';
import type { Delivery, RunningAttempt } from '../state/delivery.js';
import { type Published, Repetition } from '../state/publish-ledger.js';
import type { Attempt, AttemptServices } from './attempt.js';
import { FloatingRefusal } from './floating-refusal.js';
import { InvocationContext } from './invocation-context.js';
import type { PayloadGate } from './payload-gate.js';
import { RareParts } from './rare-parts.js';
import type { RegisteredAgent } from './registered-agent.js';
import { isIterator, isPending, isThenable, unpublishable } from './returned-value.js';
import type { SettlementWatch } from './settlement.js';
import type { Transaction } from './transaction.js';

/** Hears how an attempt ended; exactly once. */
export interface AttemptObserver {
  readonly registered: RegisteredAgent;
  /** Calls the agent's code. */
  process(context: InvocationContext): unknown;
  readonly services: AttemptServices;
  readonly settlements: SettlementWatch;
  /** @throws PubSubError when what it did cannot be committed; it has failed then. */
  attemptSucceeded(invocation: Invocation): void;
  attemptFailed(invocation: Invocation, thrown: unknown): void;
  /** The input did not fit; the agent's code was not called. */
  inputRefused(invocation: Invocation, thrown: unknown): void;
  attemptAbandoned(invocation: Invocation): void;
  /** It waits for a person and no longer holds its agent up: it begins anew when the answer comes. */
  attemptParked(invocation: Invocation, reason: PubSubError): void;
}

/** One attempt of one agent at one message: validate, run, publish what it returns, settle. */
export class Invocation implements Attempt, RunningAttempt {
  readonly delivery: Delivery;
  private readonly observer: AttemptObserver;
  nextOrdinal = 0;
  /** Set once it has no say any more: it settled, or its run ended. */
  private over: PubSubError | undefined = undefined;
  private rare: RareParts | undefined = undefined;

  constructor(delivery: Delivery, observer: AttemptObserver) {
    this.delivery = delivery;
    this.observer = observer;
    if (delivery.published !== undefined) this.repeat(delivery.published);
  }

  private repeat(published: Published): void {
    const repetition = new Repetition(published);
    this.makeRare().repetition = repetition;
    this.nextOrdinal = repetition.nextOrdinal;
  }

  get repetition(): Repetition | undefined {
    return this.rare?.repetition;
  }

  get registered(): RegisteredAgent {
    return this.observer.registered;
  }

  get services(): AttemptServices {
    return this.observer.services;
  }

  get signal(): AbortSignal {
    const rare = this.makeRare();
    if (!rare.controller) {
      rare.controller = new AbortController();
      if (this.over) rare.controller.abort(this.over);
    }
    return rare.controller.signal;
  }

  get transaction(): Transaction | undefined {
    return this.rare?.transaction;
  }

  set transaction(transaction: Transaction | undefined) {
    this.makeRare().transaction = transaction;
  }

  get questions(): string[] {
    return this.makeRare().questions;
  }

  whenOver(callback: () => void): void {
    const rare = this.makeRare();
    rare.endings ??= [];
    rare.endings.push(callback);
  }

  /** Whatever waits for its sake need wait no longer. */
  release(): void {
    if (this.rare?.endings !== undefined) for (const end of this.rare.endings.splice(0)) end();
  }

  park(reason: PubSubError): void {
    if (this.over === undefined) this.observer.attemptParked(this, reason);
  }

  private makeRare(): RareParts {
    this.rare ??= new RareParts();
    return this.rare;
  }

  get ended(): PubSubError | undefined {
    return this.over;
  }

  /** Takes its say away: its result no longer counts, its publishes are refused, its signal is aborted. */
  abandon(reason: PubSubError): void {
    if (this.over) return;
    this.over = reason;
    this.rare?.controller?.abort(reason);
    this.observer.attemptAbandoned(this);
  }

  /**
   * @param gate checks what came; undefined when the agent no longer listens to the channel it came on.
   * @param fast the gate's check, where it is no more than that: what passes it need not go through the gate.
   */
  start(gate: PayloadGate | undefined, fast: CompiledSchema | undefined): void {
    const { publication } = this.delivery;
    const { payload } = publication;
    let admitted: unknown = payload;
    try {
      const passes =
        fast !== undefined && (publication.takeVouched(fast) === true || fast(payload) === undefined);
      if (passes === false && gate !== undefined) admitted = gate.admit(payload);
    } catch (thrown) {
      this.refuseInput(thrown);
      return;
    }
    if (admitted !== payload && admitted instanceof Promise) this.runAfter(admitted);
    else this.run(admitted);
  }

  private runAfter(admitted: Promise<unknown>): void {
    admitted.then(
      (settled) => this.run(settled),
      (thrown) => this.refuseInput(thrown),
    );
  }

  /**
   * Publishes for the agent. Returns at once where nothing has to be waited for; every refusal is a rejection that
   * cannot go unhandled.
   */
  publish(channel: string, payload: unknown, options: PublishOptions | undefined): Promise<Message> {
    try {
      if (this.over) throw this.services.publisher.refuseLate(this, channel, this.over);
      const published = this.services.publisher.publish(this, channel, payload, options);
      const nextTurn = this.services.breathe();
      if (isPending(published)) return this.makeRare().track(published.then(messageOf));
      if (nextTurn !== undefined) return this.makeRare().track(messageAfter(nextTurn, published));
      return Promise.resolve(published.message);
    } catch (thrown) {
      return this.refused(toPubSubError(thrown));
    }
  }

  private run(payload: unknown): void {
    if (this.over !== undefined) return;
    try {
      const observer = this.observer;
      const context = new InvocationContext(this, payload);
      observer.services.lastBegun.note(context);
      const result: unknown = observer.process(context);
      if (isThenable(result)) observer.settlements.watch(result, this);
      else this.returned(result);
    } catch (thrown) {
      this.failed(thrown);
    }
  }

  returned(value: unknown): void {
    if (this.over === undefined && (value === undefined || this.publishedAll(value))) this.finish();
  }

  /** True once all of it is published; false where that takes longer, or has failed: then the rest is seen to. */
  private publishedAll(value: unknown): boolean {
    try {
      if (this.mayBeOwn(value) && this.isOwnMessage(value)) return true;
      const publishing = isIterator(value) ? this.publishEach(value) : this.publishReturned(value);
      if (publishing !== undefined) this.finishAfter(publishing);
      return publishing === undefined;
    } catch (thrown) {
      // Refused; or a Proxy, that cannot even be looked at.
      this.failed(thrown);
      return false;
    }
  }

  private finishAfter(publishing: Promise<unknown>): void {
    publishing.then(
      () => this.finish(),
      (thrown) => this.failed(thrown),
    );
  }

  /** Who has published nothing can at most return a list of nothing. */
  private mayBeOwn(value: unknown): boolean {
    return this.delivery.published !== undefined || this.rare !== undefined || Array.isArray(value);
  }

  /** `process: ({ publish }) => publish(…)` returns the message it has published: not to be published once more. */
  private isOwnMessage(value: unknown): boolean {
    if (typeof value !== 'object' || value === null) return false;
    if (!Array.isArray(value)) return this.services.publisher.holds(this, value);
    return (
      value.length > 0 &&
      value.every((item) => item === undefined || this.services.publisher.holds(this, item))
    );
  }

  private async publishEach(values: AsyncIterable<unknown> | Iterable<unknown>): Promise<void> {
    for await (const value of values) {
      if (this.over) return;
      await this.publishReturned(value);
      await this.services.breathe();
    }
  }

  /** A promise only where the message has to wait. @throws PubSubError when it is refused. */
  private publishReturned(value: unknown): Promise<Publication> | undefined {
    const { only } = this.registered.outputs;
    if (only === undefined) throw unpublishable(this.registered.agent, value);
    if (this.over !== undefined) {
      throw this.services.publisher.refuseLate(this, only.channel, this.over);
    }
    const published = this.services.publisher.publishThrough(this, only, value, undefined);
    return isPending(published) ? published : undefined;
  }

  private finish(): void {
    if (this.over !== undefined) return;
    if (this.rare === undefined) this.succeeded();
    else this.finishLater(this.rare);
  }

  /** The rarer ways to the end; apart, so that the common way makes none of their closures. */
  private finishLater(rare: RareParts): void {
    if (rare.pendingPublishes > 0) {
      rare.whenPublished = () => this.finish();
      return;
    }
    const floating = rare.refusals?.find(({ promise }) => !promise.observed);
    if (floating) {
      this.failed(floating.error);
    } else if (rare.transaction) {
      rare.transaction.whenRoom(() => this.committed()).catch((thrown) => this.failed(thrown));
    } else {
      this.succeeded();
    }
  }

  private succeeded(): void {
    if (this.over !== undefined) return;
    this.observer.attemptSucceeded(this);
    this.over = SETTLED;
  }

  private committed(): void {
    try {
      this.succeeded();
    } catch (thrown) {
      // Another transaction has changed the same task.
      this.failed(thrown);
    }
  }

  /** The agent's code has thrown. */
  failed(thrown: unknown): void {
    if (this.over) return;
    this.over = SETTLED;
    this.rare?.controller?.abort(toPubSubError(thrown));
    this.observer.attemptFailed(this, thrown);
  }

  private refuseInput(thrown: unknown): void {
    if (this.over) return;
    this.over = SETTLED;
    this.observer.inputRefused(this, thrown);
  }

  private refused(error: PubSubError): Promise<Message> {
    // An agent may try again for ever: refusals too must leave the host its turns.
    const nextTurn = this.services.breathe();
    const promise = new FloatingRefusal<Message>((_, reject) => {
      if (nextTurn) void nextTurn.then(() => reject(error));
      else reject(error);
    });
    this.makeRare().note(promise, error);
    return promise;
  }
}

function messageOf({ message }: Publication): Message {
  return message;
}

/** Apart, so that the place to keep what the closure refers to is made for those alone who wait. */
function messageAfter(turn: Promise<void>, published: Publication): Promise<Message> {
  return turn.then(() => published.message);
}

const SETTLED = new PubSubError('EXECUTION_ERROR', 'the invocation has ended already');
