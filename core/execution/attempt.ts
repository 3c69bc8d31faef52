import type { HumanAnswer, HumanQuestion, PublishOptions } from '../agents/agent.js';
import type { PubSubError } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { Cache } from '../state/cache.js';
import type { Delivery } from '../state/delivery.js';
import type { Repetition } from '../state/publish-ledger.js';
import type { TaskManager } from '../state/task-manager.js';
import type { LastBegun } from './last-begun.js';
import type { PayloadGate } from './payload-gate.js';
import type { RegisteredAgent } from './registered-agent.js';
import type { Transaction } from './transaction.js';

/** One attempt at one message, as the services see it. */
export interface Attempt {
  readonly registered: RegisteredAgent;
  readonly delivery: Delivery;
  readonly services: AttemptServices;
  readonly signal: AbortSignal;
  /** Why it has no say any more; undefined while it has. */
  readonly ended: PubSubError | undefined;
  /** What the next new message of this invocation is numbered with. */
  nextOrdinal: number;
  /** What earlier attempts have published; undefined when they have published nothing. */
  readonly repetition: Repetition | undefined;
  /** Ids of the questions that this attempt has asked, in order. */
  readonly questions: string[];
  /** Calls back when it ends, however it does. */
  whenOver(callback: () => void): void;
  /** Takes it out of its agent's hands until its question is answered. */
  park(reason: PubSubError): void;
  /** What a transactional agent has done so far; made when it first does something. */
  transaction: Transaction | undefined;
  publish(channel: string, payload: unknown, options: PublishOptions | undefined): Promise<Message>;
}

/** How an attempt publishes. */
export interface AttemptPublishing {
  /** A promise only where the message has to wait. @throws PubSubError when it is refused. */
  publish(
    attempt: Attempt,
    channel: string,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Publication | Promise<Publication>;
  /** The same where it is known already where it goes. */
  publishThrough(
    attempt: Attempt,
    gate: PayloadGate,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Publication | Promise<Publication>;
  /** Whether this invocation has published this very message object. */
  holds(attempt: Attempt, value: unknown): boolean;
  /** Records that a publish came too late and makes the error that says so. */
  refuseLate(attempt: Attempt, channel: string, reason: PubSubError): PubSubError;
}

/** The cache and the tasks as an attempt sees them. */
export interface AttemptState {
  cacheOf(attempt: Attempt): Cache;
  tasksOf(attempt: Attempt): TaskManager;
}

/** All that an attempt can ask of the world around it. It never sees the executor. */
export interface AttemptServices {
  readonly publisher: AttemptPublishing;
  readonly transactions: AttemptState;
  readonly lastBegun: LastBegun;
  ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer>;
  /** Undefined while this turn of the event loop has time left; else a promise for the next one. */
  breathe(): Promise<void> | undefined;
  reserveTokens(attempt: Attempt, amount: number): void;
  useTokens(attempt: Attempt, amount: number): void;
  remainingTokens(attempt: Attempt): number;
}
