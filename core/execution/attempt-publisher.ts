import type { PublishOptions } from '../agents/agent.js';
import { requireOptions } from '../config.js';
import { describe, PubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import { copyJson, type JsonValue } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import { isMessage, type Message, requireMessage } from '../messaging/message.js';
import { holdsPublished, type Repetition } from '../state/publish-ledger.js';
import { idsOf, nodeIdOf } from '../state/session-ids.js';
import type { TaskInput } from '../state/task-manager.js';
import type { Attempt, AttemptPublishing } from './attempt.js';
import type { AttemptTransactions } from './attempt-transactions.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';
import type { Scheduler } from './scheduler.js';

/** Publishes what agents say. */
export class AttemptPublisher implements AttemptPublishing {
  readonly #recorder: Recorder;
  readonly #router: Router;
  readonly #scheduler: Scheduler;
  readonly #transactions: AttemptTransactions;

  constructor(recorder: Recorder, router: Router, scheduler: Scheduler, transactions: AttemptTransactions) {
    this.#recorder = recorder;
    this.#router = router;
    this.#scheduler = scheduler;
    this.#transactions = transactions;
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
    const own = ownMessage(payload);
    const copy = copyJson(own ? own.payload : payload, 'payload');
    const admitted = gate.admitJson(copy);
    // What a JSON Schema lets through is what came: comparing is cheaper than asking whether it is a promise.
    return admitted !== copy && admitted instanceof Promise
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
    const place = attempt.publishes++;
    const earlier = attempt.repetition && this.#earlier(attempt, attempt.repetition, place, gate, payload);
    if (earlier) return earlier;
    if (own && this.#recorder.state.outsideIds.has(own.id)) return stamped(own, gate, payload);
    const ordinal = attempt.nextOrdinal++;
    if (attempt.registered.transactional) {
      return this.#publishLater(attempt, gate, payload, own, ordinal, options);
    }
    const channel = this.#router.channelBehind(gate);
    return this.#router.hasRoom(channel)
      ? this.#send(attempt, gate, channel, payload, own, ordinal, options)
      : this.#sendWhenRoom(attempt, gate, payload, own, ordinal, options);
  }

  /** With everything else that a transactional attempt does. */
  #publishLater(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    ordinal: number,
    options: PublishOptions | undefined,
  ): Message {
    const at = this.#recorder.now();
    const message = this.#message(attempt, gate.channel, payload, own, ordinal, at, options);
    this.#transactions.of(attempt).publishes.push({ message, ordinal, fromOutside: own !== undefined });
    return message;
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
    const recorder = this.#recorder;
    return this.#router.whenRoom(gate.channel, attempt.delivery.run, () => {
      if (attempt.isOver) throw new PubSubError('CANCELLED', 'the invocation has ended');
      if (own && recorder.state.outsideIds.has(own.id)) return stamped(own, gate, payload);
      return this.#send(attempt, gate, this.#router.channelBehind(gate), payload, own, ordinal, options);
    });
  }

  #send(
    attempt: Attempt,
    gate: PayloadGate,
    channel: Channel,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    ordinal: number,
    options: PublishOptions | undefined,
  ): Message | Promise<Message> {
    const router = this.#router;
    const { delivery } = attempt;
    const at = this.#recorder.recent();
    const message = this.#message(attempt, gate.channel, payload, own, ordinal, at, options);
    // Making the message can have closed it: reading a task's data calls the agent's own code.
    const open = channel.isOpen ? channel : router.channelBehind(gate);
    router.route(at, open, message, delivery, ordinal, own !== undefined, delivery.run);
    const nextTurn = this.#scheduler.breatheAt(at);
    return nextTurn ? after(nextTurn, message) : message;
  }

  /** The message of an earlier attempt that this publish repeats. */
  #earlier(
    attempt: Attempt,
    repetition: Repetition,
    place: number,
    { channel }: PayloadGate,
    payload: JsonValue,
  ): Message | undefined {
    const found = repetition.take(place, channel, payload);
    if (!found) return undefined;
    const { message, session, number, mailbox } = attempt.delivery;
    return (
      found.message ?? {
        id: found.id,
        timestamp: message.timestamp,
        source: nodeIdOf(mailbox.agent, session, number),
        channel,
        payload,
        parentId: message.id,
      }
    );
  }

  #namedTask(attempt: Attempt, own: Message<unknown> | undefined, task: TaskInput): string {
    const named = task.taskId ?? own?.taskId;
    return this.#transactions
      .tasksOf(attempt)
      .createOrUpdateTask(named === undefined ? task : { ...task, taskId: named }).taskId;
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
    const { session, number, mailbox, message } = attempt.delivery;
    const taskId = options?.task
      ? this.#namedTask(attempt, own, options.task)
      : (own?.taskId ?? message.taskId);
    const ids = idsOf(session);
    const id = own ? own.id : ids.message(number, ordinal);
    const timestamp = own ? own.timestamp : isoTime(at);
    const source = ids.node(mailbox.agent, number);
    const parentId = message.id;
    return taskId === undefined
      ? { id, timestamp, source, channel, payload, parentId }
      : { id, timestamp, source, channel, taskId, payload, parentId };
  }

  holds(attempt: Attempt, value: unknown): boolean {
    const { published } = attempt.delivery;
    if (published && holdsPublished(published, value)) return true;
    return attempt.transaction?.publishes.some(({ message }) => message === value) ?? false;
  }

  refuseLate(attempt: Attempt, channel: string, reason: PubSubError): PubSubError {
    const code = reason.code === 'EXECUTION_ERROR' ? 'EXECUTION_ERROR' : 'CANCELLED';
    const error = new PubSubError(code, `publish on ${describe(channel)} came too late: ${reason.message}`, {
      cause: reason,
      details: { channel, agent: attempt.registered.agent.name },
    });
    const name = typeof channel === 'string' ? channel.slice(0, 100) : '';
    this.#recorder.record({
      type: 'message.refused',
      channel: name,
      node: attempt.delivery.node,
      reason: error.toJSON(),
    });
    return error;
  }
}

/** The message, where an agent publishes one rather than a payload. @throws PubSubError when a part of it is bad. */
function ownMessage(value: unknown): Message<unknown> | undefined {
  if (!isMessage(value)) return undefined;
  requireMessage(value);
  return value;
}

function stamped(own: Message<unknown>, { channel }: PayloadGate, payload: JsonValue): Message {
  return { ...own, channel, payload };
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
