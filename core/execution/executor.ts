import type { AgentFactory, PubSubAgent } from '../agents/agent.js';
import type { ListedAgent } from '../agents/agent-metadata.js';
import { globalRegistry, namingPlace } from '../agents/agent-registry.js';
import { type ResolvedConfig, requireWhole, resolveConfig } from '../config.js';
import { type ClosesOnDispose, closesOnDispose } from '../dispose.js';
import { closedError, invalid, toPubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import type { ChannelStatus } from '../messaging/channel.js';
import type { Message } from '../messaging/message.js';
import { repairState } from '../persistence/repair.js';
import type { Cache } from '../state/cache.js';
import type { TreeView } from '../state/execution-tree.js';
import type { RunEvent } from '../state/run-event.js';
import type { RunState } from '../state/run-state.js';
import type { TaskManager } from '../state/task-manager.js';
import type { ApplicationPublishOptions } from './application-publisher.js';
import {
  type ChannelOptions,
  type OpenOptions,
  type RunOptions,
  type RunSpec,
  requireOpenOptions,
  type UndeliveredMail,
} from './executor-options.js';
import { buildParts, type ExecutorParts, requireParts } from './executor-parts.js';
import type { Humans } from './human-desk.js';
import { isPending } from './returned-value.js';
import type { RunHandle } from './run-handle.js';
import type { RunSummary } from './run-history.js';
import { beginRun } from './run-start.js';

/**
 * Runs agents: brings messages to them, tries again what failed, and keeps what happened. Make one with
 * `PubSubExecutor.open`.
 *
 * Every method throws (or rejects with) a `PubSubError`: `VALIDATION_ERROR` for bad arguments, `EXECUTOR_CLOSED` after
 * `close()`; others are named with the method.
 *
 * @example
 * const executor = await PubSubExecutor.open();
 * executor.registerAgents([reader, writer]);
 * const report = await executor.execute({ channel: 'pages', payload: { url } }).report;
 * await executor.close();
 */
export class PubSubExecutor implements ClosesOnDispose {
  readonly #parts: ExecutorParts;
  /** When it was opened, ISO 8601. */
  readonly startTime: string;
  /** `await using executor = await PubSubExecutor.open()`: the same as `close()`, at the end of the block. */
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  #closing: Promise<void> | undefined;

  private constructor(parts: ExecutorParts) {
    this.#parts = requireParts(parts);
    this.startTime = isoTime(parts.runtime.now());
    closesOnDispose(this);
  }

  /**
   * Opens an executor; with storage, on the state that is stored there.
   *
   * @throws PubSubError `VALIDATION_ERROR` for a bad option; with storage also `LOCK_ERROR` when another executor has
   * it (and still has after `waitSeconds`), `DATABASE_ERROR` when it cannot be read.
   */
  static async open(options: OpenOptions = {}): Promise<PubSubExecutor> {
    requireOpenOptions(options);
    return new PubSubExecutor(await buildParts(options, resolveConfig(options.config)));
  }

  /** Makes stored state that `open` refuses as damaged usable again, as far as that goes. */
  static readonly repair: typeof repairState = repairState;

  /** The config with all its defaults. */
  get config(): ResolvedConfig {
    return this.#parts.config;
  }

  /** Data shared by agents. */
  get cache(): Cache {
    return this.#parts.cache;
  }

  /** Work shared by agents. */
  get tasks(): TaskManager {
    return this.#parts.tasks;
  }

  /** What caused what. Read it; it changes only by events. */
  get tree(): TreeView {
    return this.#parts.recorder.state.tree;
  }

  /** Questions from agents to people. */
  get humans(): Humans {
    return this.#parts.humans;
  }

  /** Everything that is known, live. Read it; it changes only by events. */
  get state(): RunState {
    return this.#parts.recorder.state;
  }

  /** True after `stop()`, until the next `execute`. */
  get stopped(): boolean {
    return this.#parts.lifecycle.stopped;
  }

  /** True between `pause()` and `resume()`. */
  get paused(): boolean {
    return this.state.paused;
  }

  /** Name of the agent that was started last; undefined before the first. */
  get currentAgentId(): string | undefined {
    return this.#parts.currentAgent();
  }

  /** Tasks that the application expects in all; see `TaskManager.isComplete`. */
  get plannedTasks(): number {
    return this.tasks.plannedTasks;
  }

  set plannedTasks(count: number) {
    this.tasks.plannedTasks = count;
  }

  /**
   * Adds an agent, or what a factory makes; also while a run is going on.
   *
   * @throws PubSubError `AGENT_ALREADY_REGISTERED`; `VALIDATION_ERROR` for a bad agent or a schema that is none.
   */
  registerAgent(agent: PubSubAgent | AgentFactory): ListedAgent {
    this.#requireOpen();
    const metadata = this.#parts.directory.register(agent);
    this.#parts.agentArrived();
    return metadata;
  }

  /** Adds several agents, in order; those before a bad one, which the error names, stay. */
  registerAgents(agents: readonly (PubSubAgent | AgentFactory)[]): ListedAgent[] {
    if (!Array.isArray(agents)) throw invalid('agents', 'a list of agents', agents);
    return agents.map((agent, index) => namingPlace(agent, index, () => this.registerAgent(agent)));
  }

  /** Adds an agent that `globalRegistry` has a factory for. @throws PubSubError `AGENT_NOT_FOUND`. */
  registerFromGlobal(name: string): ListedAgent {
    return this.registerAgent(globalRegistry.create(name));
  }

  /**
   * Takes an agent out. What it is doing it finishes; what waits for it stays until it is registered again.
   *
   * @throws PubSubError `AGENT_NOT_FOUND`.
   */
  unregisterAgent(name: string): void {
    this.#requireOpen();
    this.#parts.directory.unregister(name);
    for (const { record } of this.#parts.runs.running) this.#parts.runs.check(record);
  }

  /** All agents with their channels and schemas, in the order they came. */
  listAgents(): ListedAgent[] {
    return this.#parts.directory.list();
  }

  /** Agents that take this payload on at least one of their channels. */
  findAgentsForInput(payload: unknown): ListedAgent[] {
    return this.#parts.directory.accepting(payload);
  }

  /**
   * Starts a run. Runs may go on side by side; each delivers what its own messages lead to, and at its start whatever
   * still waits from runs that have ended.
   *
   * A bad spec, a payload that no subscriber takes, or no agents at all (`NO_AGENTS_REGISTERED`) make `report` reject
   * and iterating throw; once it has started, `report` resolves whatever happens.
   */
  execute(spec: RunSpec = {}, options: RunOptions = {}): RunHandle {
    return beginRun(this.#parts, () => this.#requireOpen(), spec, options);
  }

  /**
   * Publishes a payload, or a message made by `createMessage`. It is delivered by the runs going on, or by the next
   * one. Resolves with the message once it is recorded (with storage: once it is durable).
   *
   * @throws PubSubError `VALIDATION_ERROR` when there are subscribers and none takes the payload; `CHANNEL_FULL`;
   * `SERIALIZATION_ERROR`; with storage `DATABASE_ERROR`.
   */
  publish(channel: string, payloadOrMessage: unknown, options?: ApplicationPublishOptions): Promise<Message> {
    try {
      this.#requireOpen();
      const { publisher, acknowledgements, persistence, currentRun } = this.#parts;
      // While the store fails nothing can be promised, so nothing is taken.
      if (persistence.failure !== undefined) throw persistence.failure;
      const published = publisher.publish(channel, payloadOrMessage, options, currentRun);
      return isPending(published) ? acknowledgements.ofLater(published) : acknowledgements.of(published);
    } catch (thrown) {
      return Promise.reject(toPubSubError(thrown));
    }
  }

  /** Makes a channel, or changes the options of one that exists. */
  openChannel(name: string, options: ChannelOptions = {}): ChannelStatus {
    this.#requireOpen();
    return this.#parts.channels.open(name, options);
  }

  /** All channels, in the order they came into being. */
  listChannels(): ChannelStatus[] {
    return this.#parts.channels.list();
  }

  /**
   * Removes a channel with its subscriptions; what still waits in it is dropped.
   *
   * @throws PubSubError `CHANNEL_NOT_FOUND`; `CHANNEL_IN_USE` when agents are subscribed and `force` is not true.
   */
  async shutdownChannel(name: string, options: { readonly force?: boolean | undefined } = {}): Promise<void> {
    this.#requireOpen();
    this.#parts.channels.shutdown(name, options);
    await this.#parts.durable();
  }

  /** Runs going on and runs that have been, oldest first; see `retention.maxRuns`. */
  listRuns(): RunSummary[] {
    return this.#parts.history.list();
  }

  /** Forgets a run that is over. @throws PubSubError `EXECUTION_ERROR` when there is none, or work of it is left. */
  deleteRun(id: string): void {
    this.#requireOpen();
    this.#parts.history.delete(id);
  }

  /** Deliveries that wait because their agent is not registered. */
  listUndelivered(): UndeliveredMail[] {
    return this.#parts.channels.undelivered();
  }

  /**
   * Delivers a dead letter to its agent once more, with a new set of attempts.
   *
   * @throws PubSubError `EXECUTION_ERROR` when the node is no dead letter (any more); `AGENT_NOT_FOUND`;
   * `CHANNEL_NOT_FOUND` when its agent does not listen to its channel any more.
   */
  retryDeadLetter(nodeId: string): void {
    this.#requireOpen();
    this.#parts.deadLetters.retry(nodeId);
  }

  /**
   * Ends every run. What is being worked on may finish first, for up to `graceSeconds` (1 by default); what is not
   * done then, and everything that still waits, is the next run's first work.
   */
  async stop(options: { readonly graceSeconds?: number | undefined } = {}): Promise<void> {
    this.#requireOpen();
    await this.#parts.lifecycle.stop(options);
  }

  /** Resolves when no run has anything left to do or to wait for; an open question is waited for while it has time. */
  async idle(): Promise<void> {
    this.#requireOpen();
    await this.#parts.runs.idle();
    await this.#parts.durable();
  }

  /** Starts nothing more. Resolves when what was being worked on has settled (and, with storage, is saved). */
  async pause(): Promise<void> {
    this.#requireOpen();
    await this.#parts.lifecycle.pause();
  }

  /** Goes on after `pause()`. */
  resume(): void {
    this.#requireOpen();
    this.#parts.lifecycle.resume();
  }

  /** Starts up to `count` deliveries though paused. Answers how many were started. */
  step(count = 1): number {
    this.#requireOpen();
    return this.#parts.scheduler.step(requireWhole(count, 'count', 1));
  }

  /** Calls `listener` for every event from now on, in order, shortly after it happened. The answer ends that. */
  subscribe(listener: (event: RunEvent) => void): () => void {
    return this.#parts.subscribe(listener);
  }

  /** Writes the whole state down now. @throws PubSubError `DATABASE_ERROR`: no storage, or it fails. */
  async saveState(): Promise<void> {
    this.#requireOpen();
    await this.#parts.persistence.save();
  }

  /**
   * Goes back to what is stored, as if this executor had been opened anew; its agents stay registered.
   *
   * @throws PubSubError `EXECUTION_ERROR` while a run is going on; `DATABASE_ERROR`.
   */
  async loadState(): Promise<void> {
    this.#requireOpen();
    await this.#parts.load();
  }

  /** Ends what still runs, writes everything down and lets the storage go. Further calls do nothing more. */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#parts.lifecycle.close();
      // Whoever is told of it here finds it closed already.
      this.#parts.recorder.close();
    }
    return this.#closing;
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}
