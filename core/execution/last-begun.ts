import type { AgentContext } from '../agents/agent.js';

/**
 * The context made last, and by it its attempt, delivery and message. Nobody reads it. While nothing is under way no
 * other object of these kinds need be alive, and the engine then forgets how they are laid out at the next full
 * collection, and throws away all code it has compiled for them: the messages after it took 1.4 times as long, for
 * about 300,000 of them.
 */
export class LastBegun {
  context: AgentContext | undefined;
}
