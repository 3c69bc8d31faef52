import type { HumanAnswer, HumanQuestion, PublishOptions } from '../agents/agent.js';
import { type ResolvedConfig, requireOptions } from '../config.js';
import { describe, PubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import { copyJson, type JsonValue } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import { isMessage, type Message, requireMessage } from '../messaging/message.js';
import type { Cache, CacheStore } from '../state/cache.js';
import { messageIdOf } from '../state/delivery.js';
import { holdsPublished } from '../state/publish-ledger.js';
import type { RunRecord } from '../state/run-record.js';
import type { TaskManager, TaskStore } from '../state/task-manager.js';
import { nodeIdOf } from '../state/tree-labels.js';
import type { Attempt, AttemptServices } from './attempt.js';
import type { HumanDesk } from './human-desk.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';
import type { Scheduler } from './scheduler.js';
import { TokenBudget } from './token-budget.js';
import { Transaction } from './transaction.js';

/** The executor's parts that attempts make use of. */
export interface ServiceParts {
  readonly recorder: Recorder;
  readonly router: Router;
  readonly scheduler: Scheduler;
  readonly config: ResolvedConfig;
  readonly humans: () => HumanDesk;
  readonly cache: Cache;
  readonly tasks: TaskManager;
  readonly cacheStore: CacheStore;
  readonly taskStore: TaskStore;
  /** Ends a run whose budget is spent. */
  budgetSpent(run: RunRecord, error: PubSubError): void;
}

/** What attempts can do: publish, remember, ask, and count tokens. */
export class Services implements AttemptServices {
  readonly #parts: ServiceParts;
  readonly #tokens: TokenBudget;

  constructor(parts: ServiceParts) {
    this.#parts = parts;
    this.#tokens = new TokenBudget(parts.recorder, parts.config, parts.budgetSpent);
  }

  publish(
    attempt: Attempt,
    channelName: string,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Message | Promise<Message> {
    const gate = attempt.registered.outputs.get(channelName);
    if (!gate) throw undeclared(attempt, channelName);
    return this.publishThrough(attempt, gate, payload, options);
  }

  publishThrough(
    attempt: Attempt,
    gate: PayloadGate,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Message | Promise<Message> {
    if (options) requireOptions(options, 'options', ['task']);
    const own = isMessage(payload) ? payload : undefined;
    if (own) requireMessage(own);
    const admitted = gate.admitJson(copyJson(own ? own.payload : payload, 'payload'));
    return admitted instanceof Promise
      ? this.#publishAfter(attempt, gate, admitted, own, options)
      : this.#publishAdmitted(attempt, gate, admitted, own, options);
  }

  async #publishAfter(
    attempt: Attempt,
    gate: PayloadGate,
    admitted: Promise<JsonValue>,
    own: Message<unknown> | undefined,
    options: PublishOptions | undefined,
  ): Promise<Message> {
    return this.#publishAdmitted(attempt, gate, await admitted, own, options);
  }

  #publishAdmitted(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    options: PublishOptions | undefined,
  ): Message | Promise<Message> {
    const { recorder, router } = this.#parts;
    const channelName = gate.channel;
    const earlier = this.#earlier(attempt, channelName, payload);
    if (earlier) return earlier;
    if (own && recorder.state.outsideIds.has(own.id)) return { ...own, channel: channelName, payload };
    const ordinal = attempt.nextOrdinal++;
    if (attempt.registered.agent.transactional) {
      const message = this.#message(attempt, channelName, payload, own, ordinal, recorder.now(), options);
      this.#transaction(attempt).publishes.push({ message, ordinal, fromOutside: own !== undefined });
      return message;
    }
    if (router.hasRoom(router.channelBehind(gate)))
      return this.#send(attempt, gate, payload, own, ordinal, options);
    return this.#sendWhenRoom(attempt, gate, payload, own, ordinal, options);
  }

  /** Apart from the common way, so that this closure costs only those who wait. */
  #sendWhenRoom(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    ordinal: number,
    options: PublishOptions | undefined,
  ): Promise<Message> {
    const { recorder, router } = this.#parts;
    const channelName = gate.channel;
    return router.whenRoom(channelName, attempt.delivery.run, () => {
      if (attempt.isOver) throw new PubSubError('CANCELLED', 'the invocation has ended');
      if (own && recorder.state.outsideIds.has(own.id)) return { ...own, channel: channelName, payload };
      return this.#send(attempt, gate, payload, own, ordinal, options);
    });
  }

  #send(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    ordinal: number,
    options: PublishOptions | undefined,
  ): Message | Promise<Message> {
    const { recorder, router, scheduler } = this.#parts;
    const { delivery } = attempt;
    const at = recorder.recent();
    const message = this.#message(attempt, gate.channel, payload, own, ordinal, at, options);
    router.route(at, router.channelBehind(gate), message, delivery, ordinal, own !== undefined, delivery.run);
    const nextTurn = scheduler.breathe();
    return nextTurn ? after(nextTurn, message) : message;
  }

  /** The message of an earlier attempt that this publish repeats. */
  #earlier(attempt: Attempt, channel: string, payload: JsonValue): Message | undefined {
    const place = attempt.publishes++;
    const found = attempt.repetition?.take(place, channel, payload);
    if (!found) return undefined;
    const { message, session, number, mailbox } = attempt.delivery;
    return (
      found.message ?? {
        id: found.id,
        timestamp: message.timestamp,
        source: nodeIdOf(mailbox.label, session.startedAt, number),
        channel,
        payload,
        parentId: message.id,
      }
    );
  }

  #taskId(
    attempt: Attempt,
    own: Message<unknown> | undefined,
    options: PublishOptions | undefined,
  ): string | undefined {
    const carried = own?.taskId ?? attempt.delivery.message.taskId;
    if (!options?.task) return carried;
    const { task } = options;
    const named = task.taskId ?? own?.taskId;
    return this.tasksOf(attempt).createOrUpdateTask(named === undefined ? task : { ...task, taskId: named })
      .taskId;
  }

  #message(
    attempt: Attempt,
    channel: string,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    ordinal: number,
    at: number,
    options: PublishOptions | undefined,
  ): Message {
    const taskId = this.#taskId(attempt, own, options);
    const { session, number, mailbox, message } = attempt.delivery;
    const id = own ? own.id : messageIdOf(session.prefix, number, ordinal);
    const timestamp = own ? own.timestamp : isoTime(at);
    const source = nodeIdOf(mailbox.label, session.startedAt, number);
    const parentId = message.id;
    return taskId === undefined
      ? { id, timestamp, source, channel, payload, parentId }
      : { id, timestamp, source, channel, taskId, payload, parentId };
  }

  holds(attempt: Attempt, value: unknown): boolean {
    return (
      holdsPublished(attempt.delivery.published, value) ||
      (attempt.transaction?.publishes.some(({ message }) => message === value) ?? false)
    );
  }

  refuseLate(attempt: Attempt, channel: string, reason: PubSubError): PubSubError {
    const { recorder } = this.#parts;
    const code = reason.code === 'EXECUTION_ERROR' ? 'EXECUTION_ERROR' : 'CANCELLED';
    const error = new PubSubError(code, `publish on ${describe(channel)} came too late: ${reason.message}`, {
      cause: reason,
      details: { channel, agent: attempt.registered.agent.name },
    });
    const name = typeof channel === 'string' ? channel.slice(0, 100) : '';
    recorder.record({
      type: 'message.refused',
      channel: name,
      node: attempt.delivery.node,
      reason: error.toJSON(),
    });
    return error;
  }

  cacheOf(attempt: Attempt): Cache {
    return attempt.registered.agent.transactional ? this.#transaction(attempt).cache : this.#parts.cache;
  }

  tasksOf(attempt: Attempt): TaskManager {
    return attempt.registered.agent.transactional ? this.#transaction(attempt).tasks : this.#parts.tasks;
  }

  /** Records everything a transactional attempt did, together with its success. */
  commit(attempt: Attempt, succeeded: () => void): void {
    const { recorder, router } = this.#parts;
    const { transaction, delivery } = attempt;
    if (!transaction) {
      succeeded();
      return;
    }
    const changes = transaction.changes();
    const routes = transaction.publishes.map((publish) => ({
      publish,
      channel: router.channel(publish.message.channel ?? ''),
    }));
    const counts = new Map<Channel, number>();
    for (const { channel } of routes) counts.set(channel, (counts.get(channel) ?? 0) + 1);
    for (const [channel, count] of counts) router.hasRoom(channel, count);
    recorder.group(() => {
      const at = recorder.now();
      for (const change of changes) recorder.record(change, at);
      for (const { publish, channel } of routes) {
        if (publish.fromOutside && recorder.state.outsideIds.has(publish.message.id)) continue;
        const { message, ordinal, fromOutside } = publish;
        router.route(at, channel, message, delivery, ordinal, fromOutside, delivery.run);
      }
      succeeded();
    });
  }

  #transaction(attempt: Attempt): Transaction {
    const { cacheStore, taskStore, router } = this.#parts;
    attempt.transaction ??= new Transaction(cacheStore, taskStore, async (channels) => {
      for (const name of channels) {
        const isFree = router.hasRoom(router.channel(name));
        if (!isFree) await router.whenRoom(name, attempt.delivery.run, () => {});
      }
    });
    return attempt.transaction;
  }

  ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer> {
    const answer = this.#ask(attempt, question);
    // Whoever awaits it hears of a refusal; an agent that asked and forgot must not bring the process down.
    answer.catch(() => {});
    return answer;
  }

  async #ask(attempt: Attempt, question: HumanQuestion): Promise<HumanAnswer> {
    try {
      if (attempt.isOver) throw new PubSubError('CANCELLED', 'the invocation has ended');
      return await this.#parts.humans().ask(attempt, question);
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

function after(turn: Promise<void>, message: Message): Promise<Message> {
  return turn.then(() => message);
}

function undeclared(attempt: Attempt, channel: unknown): PubSubError {
  const { name, publications } = attempt.registered.agent;
  const known = publications.length === 0 ? 'none' : publications.join(', ');
  return new PubSubError(
    'VALIDATION_ERROR',
    `agent "${name}" may not publish to ${describe(channel)}; its publications are: ${known}`,
    { details: { field: 'channel', agent: name, publications, received: describe(channel) } },
  );
}
