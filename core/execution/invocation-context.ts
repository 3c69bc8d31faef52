import type { AgentContext, HumanGate, HumanQuestion, PublishOptions, TokenMeter } from '../agents/agent.js';
import type { JsonValue } from '../json.js';
import type { Message } from '../messaging/message.js';
import type { Cache } from '../state/cache.js';
import { nodeIdOf } from '../state/session-ids.js';
import type { TaskManager } from '../state/task-manager.js';
import type { Attempt } from './attempt.js';

/**
 * What `process` is given. Most agents use two or three of these, so each is made when it is first read; all of them
 * can be destructured.
 */
export class InvocationContext implements AgentContext {
  readonly payload: JsonValue;
  readonly #attempt: Attempt;

  constructor(attempt: Attempt, payload: unknown) {
    this.#attempt = attempt;
    // What a Standard Schema made of the payload need not be JSON; the agent's own types say what it is.
    this.payload = payload as JsonValue;
  }

  get nodeId(): string {
    const { session, number, mailbox } = this.#attempt.delivery;
    return nodeIdOf(mailbox.agent, session, number);
  }

  get runId(): string {
    return this.#attempt.delivery.run?.id ?? '';
  }

  get channel(): string {
    return this.#attempt.delivery.mailbox.channel;
  }

  get message(): Message {
    return this.#attempt.delivery.message;
  }

  get attempt(): number {
    return this.#attempt.delivery.attempts;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal;
  }

  get publish(): (channel: string, payload: unknown, options?: PublishOptions) => Promise<Message> {
    const attempt = this.#attempt;
    return (channel, payload, options) => attempt.publish(channel, payload, options);
  }

  get cache(): Cache {
    return this.#attempt.services.transactions.cacheOf(this.#attempt);
  }

  get tasks(): TaskManager {
    return this.#attempt.services.transactions.tasksOf(this.#attempt);
  }

  get human(): HumanGate {
    const attempt = this.#attempt;
    // Whoever answers, people or autopilot: it has been checked against the question's schema.
    const ask = (question: HumanQuestion) => attempt.services.ask(attempt, question);
    return { ask: ask as HumanGate['ask'] };
  }

  get tokens(): TokenMeter {
    const attempt = this.#attempt;
    const { services } = attempt;
    return {
      reserve: (amount) => services.reserveTokens(attempt, amount),
      used: (amount) => services.useTokens(attempt, amount),
      get remaining() {
        return services.remainingTokens(attempt);
      },
    };
  }
}
