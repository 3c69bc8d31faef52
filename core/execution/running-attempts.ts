import type { PubSubAgent } from '../agents/agent.js';
import type { Attempt } from './attempt.js';
import type { Invocation } from './invocation.js';

/**
 * How many attempts are in progress, and who began the last. Each hangs on its delivery: a list of them, or one in every
 * runner, would be two more places in memory to write to for each attempt.
 */
export class RunningAttempts {
  lastAgent: PubSubAgent | undefined = undefined;
  private count = 0;
  /** Attempts that wait for a person, or for room in a mailbox, and for how many. */
  private readonly resting = new Map<Attempt, number>();

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Whether all of them wait for what may never come. */
  get isAtRest(): boolean {
    return this.count <= this.resting.size;
  }

  add(invocation: Invocation, agent: PubSubAgent): void {
    this.count++;
    this.lastAgent = agent;
    invocation.delivery.attempt = invocation;
  }

  remove(invocation: Invocation): void {
    this.count--;
    invocation.delivery.attempt = undefined;
    if (this.resting.size > 0) this.resting.delete(invocation);
  }

  /** An attempt begins to wait. The answer ends that. */
  rest(attempt: Attempt): () => void {
    this.resting.set(attempt, (this.resting.get(attempt) ?? 0) + 1);
    return () => {
      const waits = this.resting.get(attempt) ?? 0;
      if (waits > 1) this.resting.set(attempt, waits - 1);
      else this.resting.delete(attempt);
    };
  }
}
