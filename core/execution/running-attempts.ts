import type { PubSubAgent } from '../agents/agent.js';
import type { Invocation } from './invocation.js';

/**
 * How many attempts are in progress, and who began the last. Each hangs on its delivery: a list of them, or one in every
 * runner, would be two more places in memory to write to for each attempt.
 */
export class RunningAttempts {
  lastAgent: PubSubAgent | undefined = undefined;
  private count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(invocation: Invocation, agent: PubSubAgent): void {
    this.count++;
    this.lastAgent = agent;
    invocation.delivery.attempt = invocation;
  }

  remove({ delivery }: Invocation): void {
    this.count--;
    delivery.attempt = undefined;
  }
}
