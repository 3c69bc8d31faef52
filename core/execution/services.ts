import type { HumanAnswer, HumanQuestion } from '../agents/agent.js';
import type { ResolvedConfig } from '../config.js';
import { PubSubError } from '../errors.js';
import type { RunRecord } from '../state/run-record.js';
import type { Attempt, AttemptServices } from './attempt.js';
import { AttemptPublisher } from './attempt-publisher.js';
import { AttemptTransactions, type SharedState } from './attempt-transactions.js';
import type { HumanDesk } from './human-desk.js';
import { LastBegun } from './last-begun.js';
import type { Scheduler } from './scheduler.js';
import { TokenBudget } from './token-budget.js';

/** The executor's parts that attempts make use of. */
export interface ServiceParts extends SharedState {
  readonly scheduler: Scheduler;
  readonly config: ResolvedConfig;
  readonly humans: () => HumanDesk;
  /** An attempt begins to wait for a person, or for room. The answer ends that. */
  rest(attempt: Attempt): () => void;
  /** Whether nothing would be kept any more. */
  isClosed(): boolean;
  /** Ends a run whose budget is spent. */
  budgetSpent(run: RunRecord, error: PubSubError): void;
}

/** What attempts can do: publish, remember, ask, and count tokens. */
export class Services implements AttemptServices {
  readonly publisher: AttemptPublisher;
  readonly transactions: AttemptTransactions;
  readonly lastBegun: LastBegun = new LastBegun();
  readonly #parts: ServiceParts;
  readonly #tokens: TokenBudget;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.transactions = new AttemptTransactions(parts);
    this.publisher = new AttemptPublisher(
      parts.recorder,
      parts.router,
      this.transactions,
      parts.rest,
      parts.isClosed,
    );
    this.#tokens = new TokenBudget(parts.recorder, parts.config, parts.budgetSpent);
  }

  ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer> {
    const answer = this.#ask(attempt, question);
    // Whoever awaits it hears of a refusal; an agent that asked and forgot must not bring the process down.
    answer.catch(() => {});
    return answer;
  }

  async #ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer> {
    try {
      if (attempt.ended !== undefined) throw new PubSubError('CANCELLED', 'the invocation has ended');
      const answer = this.#parts.humans().ask(attempt, question);
      const goOn = this.#parts.rest(attempt);
      return await answer.finally(goOn);
    } catch (thrown) {
      await this.breathe();
      throw thrown;
    }
  }

  breathe(): Promise<void> | undefined {
    return this.#parts.scheduler.breathe();
  }

  reserveTokens(attempt: Attempt, amount: number): void {
    this.#tokens.reserve(attempt, amount);
  }

  useTokens(attempt: Attempt, amount: number): void {
    this.#tokens.use(attempt, amount);
  }

  remainingTokens(attempt: Attempt): number {
    return this.#tokens.remaining(attempt);
  }
}
