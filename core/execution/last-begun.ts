import type { AgentContext } from '../agents/agent.js';

/** How many contexts come and go before another one is kept. */
const EVERY = 1000;

/**
 * One of the contexts made last, and by it its attempt, delivery and message. Nobody reads it. While nothing is under way no
 * other object of these kinds need be alive, and the engine then forgets how they are laid out at the next full
 * collection, and throws away all code it has compiled for them: the messages after it took 1.4 times as long, for
 * about 300,000 of them.
 */
export class LastBegun {
  context: AgentContext | undefined = undefined;
  private left = 0;

  /** Keeps this one instead, now and then: each time would cost 40 instructions an attempt. */
  note(context: AgentContext): void {
    if (--this.left > 0) return;
    this.left = EVERY;
    this.context = context;
  }
}
