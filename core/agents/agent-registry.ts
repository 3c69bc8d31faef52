import { describe, invalid, PubSubError, toPubSubError } from '../errors.js';
import type { AgentFactory, PubSubAgent } from './agent.js';
import { checkAgent, requireUnreserved } from './check-agent.js';

/**
 * Agents by name, as factories: each `create` makes a fresh one.
 *
 * @example
 * globalRegistry.register('reader', () => createReader());
 * executor.registerFromGlobal('reader');
 */
export class AgentRegistry {
  readonly #factories = new Map<string, AgentFactory>();

  /**
   * @throws PubSubError `VALIDATION_ERROR` for a bad name or factory; `AGENT_ALREADY_REGISTERED` for a name in use.
   */
  register(name: string, factory: AgentFactory): void {
    requireUnreserved(name, 'name');
    if (typeof factory !== 'function') throw invalid('factory', 'a function that makes an agent', factory);
    if (this.#factories.has(name)) {
      throw new PubSubError('AGENT_ALREADY_REGISTERED', `there is a factory for ${describe(name)} already`, {
        details: { name },
      });
    }
    this.#factories.set(name, factory);
  }

  /** Takes a factory out. False when there was none. */
  unregister(name: string): boolean {
    return this.#factories.delete(name);
  }

  has(name: string): boolean {
    return this.#factories.has(name);
  }

  /**
   * Makes an agent.
   *
   * @throws PubSubError `AGENT_NOT_FOUND`; `VALIDATION_ERROR` when the factory makes something else.
   */
  create(name: string): PubSubAgent {
    const factory = this.#factories.get(name);
    if (!factory) {
      throw new PubSubError('AGENT_NOT_FOUND', `no factory for ${describe(name)}`, {
        details: { name, known: this.list() },
      });
    }
    return makeAgent(factory);
  }

  /** Names of all factories, in the order they were registered. */
  list(): string[] {
    return [...this.#factories.keys()];
  }
}

/** The agent itself, or what its factory makes; checked either way. */
export function makeAgent(agentOrFactory: PubSubAgent | AgentFactory): PubSubAgent {
  try {
    const agent = typeof agentOrFactory === 'function' ? agentOrFactory() : agentOrFactory;
    checkAgent(agent);
    return agent;
  } catch (thrown) {
    const error = toPubSubError(thrown);
    if (error === thrown) throw error;
    // A factory that throws, or a property that cannot be read.
    throw new PubSubError('EXECUTION_ERROR', `agent: could not be made: ${error.message}`, { cause: thrown });
  }
}

/**
 * Does something with one agent of a list, and says which one it was when that fails.
 *
 * @throws PubSubError with the place in the list, and the name where there is one, before the message.
 */
export function namingPlace<Result>(agent: unknown, index: number, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    const error = toPubSubError(thrown);
    if (error.code === 'EXECUTOR_CLOSED') throw error;
    const name: unknown = typeof agent === 'object' && agent !== null ? readName(agent) : undefined;
    const place = `agents[${index}]${typeof name === 'string' && name !== '' ? ` (${describe(name)})` : ''}`;
    const details = { ...error.details, index };
    throw new PubSubError(error.code, `${place}: ${error.message}`, { cause: error.cause ?? error, details });
  }
}

function readName(agent: object): unknown {
  try {
    return Reflect.get(agent, 'name');
  } catch {
    return undefined; // a getter that throws is what the error is about
  }
}

/** The registry that all executors of this program share. */
export const globalRegistry: AgentRegistry = new AgentRegistry();
