import type { AgentFactory, PubSubAgent } from '../agents/agent.js';
import type { ListedAgent } from '../agents/agent-metadata.js';
import { makeAgent } from '../agents/agent-registry.js';
import { describe, PubSubError, toPubSubError } from '../errors.js';
import { requireName } from '../identifiers.js';
import { copyJson } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import type { SchemaValidator } from '../schema/schema-validator.js';
import type { RunRecord } from '../state/run-record.js';
import { AgentRunner, type RunnerEnvironment } from './agent-runner.js';
import type { Recorder } from './recorder.js';
import { compileAgent, listingOf, type RegisteredAgent } from './registered-agent.js';
import type { Router } from './router.js';

/** The agents registered now, each with its runner. */
export class AgentDirectory {
  readonly #recorder: Recorder;
  readonly #router: Router;
  readonly #validator: SchemaValidator;
  readonly #environment: RunnerEnvironment;
  readonly #currentRun: () => RunRecord | undefined;
  readonly #runners = new Map<string, AgentRunner>();
  /** Agents that are gone but still have attempts to finish. */
  readonly #leaving = new Set<AgentRunner>();

  constructor(
    recorder: Recorder,
    router: Router,
    validator: SchemaValidator,
    environment: RunnerEnvironment,
    currentRun: () => RunRecord | undefined,
  ) {
    this.#recorder = recorder;
    this.#router = router;
    this.#validator = validator;
    this.#environment = environment;
    this.#currentRun = currentRun;
  }

  get size(): number {
    return this.#runners.size;
  }

  /** Every runner that may have something to do, also of agents that are gone. */
  *runners(): Generator<AgentRunner> {
    yield* this.#runners.values();
    for (const runner of this.#leaving) {
      if (runner.isBusy) yield runner;
      else this.#leaving.delete(runner);
    }
  }

  runner(name: string): AgentRunner | undefined {
    return this.#runners.get(name);
  }

  register(agentOrFactory: PubSubAgent | AgentFactory): ListedAgent {
    const agent = makeAgent(agentOrFactory);
    if (this.#runners.has(agent.name)) {
      throw new PubSubError('AGENT_ALREADY_REGISTERED', `there is an agent ${describe(agent.name)} already`, {
        details: { name: agent.name },
      });
    }
    const registered = compiled(agent, this.#validator);
    const channels = agent.subscriptions.map((name) => this.#router.channel(name));
    this.#recorder.record({ type: 'agent.registered', agent: registered.metadata });
    const runner = new AgentRunner(registered, this.#environment);
    this.#runners.set(agent.name, runner);
    for (const channel of channels) this.#subscribe(channel, agent.name, runner);
    return listingOf(registered);
  }

  /** After the state was replaced: every agent subscribes in the new one. */
  registerAgain(): void {
    for (const [name, runner] of this.#runners) {
      const { metadata, agent } = runner.registered;
      runner.leave();
      const channels = agent.subscriptions.map((subscription) => this.#router.channel(subscription));
      this.#recorder.record({ type: 'agent.registered', agent: metadata });
      const successor = new AgentRunner(runner.registered, this.#environment);
      this.#runners.set(name, successor);
      for (const channel of channels) this.#subscribe(channel, name, successor);
    }
  }

  unregister(name: string): void {
    requireName(name, 'name');
    const runner = this.#runners.get(name);
    if (!runner) throw notFound(name);
    this.#runners.delete(name);
    this.#recorder.record({ type: 'agent.unregistered', agent: name });
    runner.leave();
    if (runner.isBusy) this.#leaving.add(runner);
    this.#router.roomMadeAnywhere();
  }

  list(): ListedAgent[] {
    return [...this.#runners.values()].map(({ registered }) => listingOf(registered));
  }

  /** Agents of which at least one input takes this payload at once. */
  accepting(payload: unknown): ListedAgent[] {
    const copied = copyJson(payload, 'payload');
    const accepts = ({ inputs }: RegisteredAgent): boolean => inputs.some((gate) => gate.accepts(copied));
    return [...this.#runners.values()]
      .filter(({ registered }) => accepts(registered))
      .map(({ registered }) => listingOf(registered));
  }

  /** A channel is gone: nobody reads its mailboxes any more. */
  detach(channel: string): void {
    for (const runner of this.#runners.values()) runner.detach(channel);
  }

  #subscribe(channel: Channel, agent: string, runner: AgentRunner): void {
    const mailbox = channel.mailboxes.get(agent);
    if (!mailbox) return;
    for (const { number, publication } of [...channel.retained]) {
      if (number <= mailbox.lastReceived) continue;
      this.#router.hand(channel, mailbox, publication.id, this.#currentRun());
    }
    runner.attach(mailbox);
  }
}

function compiled(agent: PubSubAgent, validator: SchemaValidator): RegisteredAgent {
  try {
    return compileAgent(agent, validator);
  } catch (thrown) {
    const error = toPubSubError(thrown, 'VALIDATION_ERROR');
    if (error === thrown) throw error;
    const message = `agent "${agent.name}": a schema cannot be read: ${error.message}`;
    throw new PubSubError('VALIDATION_ERROR', message, { cause: thrown, details: { name: agent.name } });
  }
}

function notFound(name: unknown): PubSubError {
  return new PubSubError('AGENT_NOT_FOUND', `no agent ${describe(name)}`, { details: { name } });
}
