import { type ResolvedConfig, requireWhole } from '../config.js';
import { PubSubError } from '../errors.js';
import type { RunRecord } from '../state/run-record.js';
import type { Attempt } from './attempt.js';
import type { Recorder } from './recorder.js';

/** Counts the tokens of runs, and ends a run that has spent its budget, `config.maxTokens`. */
export class TokenBudget {
  readonly #recorder: Recorder;
  readonly #maxTokens: number | undefined;
  readonly #budgetSpent: (run: RunRecord, error: PubSubError) => void;

  constructor(
    recorder: Recorder,
    { maxTokens }: ResolvedConfig,
    budgetSpent: (run: RunRecord, error: PubSubError) => void,
  ) {
    this.#recorder = recorder;
    this.#maxTokens = maxTokens;
    this.#budgetSpent = budgetSpent;
  }

  /** @throws PubSubError `TOKEN_BUDGET_EXCEEDED`; `VALIDATION_ERROR`; `CANCELLED` when the attempt is over. */
  reserve(attempt: Attempt, amount: number): void {
    requireWhole(amount, 'tokens', 0);
    if (attempt.ended !== undefined) throw new PubSubError('CANCELLED', 'the invocation has ended');
    const remaining = this.remaining(attempt);
    if (amount > remaining)
      throw this.#spent(attempt, `${amount} tokens were asked for and ${remaining} are left`);
    this.#recorder.tokensReserved(this.#recorder.now(), attempt.delivery, amount);
  }

  /** @throws PubSubError `TOKEN_BUDGET_EXCEEDED`; `VALIDATION_ERROR`. */
  use(attempt: Attempt, amount: number): void {
    requireWhole(amount, 'tokens', 0);
    if (attempt.ended !== undefined) return;
    this.#recorder.tokensUsed(this.#recorder.now(), attempt.delivery, amount);
    const used = attempt.delivery.run?.tokensUsed ?? 0;
    if (this.#maxTokens !== undefined && used > this.#maxTokens) {
      throw this.#spent(attempt, `${used} tokens were used`);
    }
  }

  /** Tokens that can still be reserved; Infinity without a budget. */
  remaining({ delivery: { run } }: Attempt): number {
    if (this.#maxTokens === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#maxTokens - (run ? run.tokensUsed + run.tokensReserved : 0));
  }

  #spent(attempt: Attempt, what: string): PubSubError {
    const maxTokens = this.#maxTokens;
    const error = new PubSubError('TOKEN_BUDGET_EXCEEDED', `the budget is ${maxTokens} tokens: ${what}`, {
      details: { maxTokens, agent: attempt.registered.agent.name },
    });
    const { run } = attempt.delivery;
    if (run) this.#budgetSpent(run, error);
    return error;
  }
}
