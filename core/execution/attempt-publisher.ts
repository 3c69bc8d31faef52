import type { PublishOptions } from '../agents/agent.js';
import { requireOptions } from '../config.js';
import { describe, errorRecord, PubSubError } from '../errors.js';
import { isoTime } from '../identifiers.js';
import { copyJson, type JsonValue } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import { isMessage, isPassedOn, type Message, requireMessage } from '../messaging/message.js';
import { Publication } from '../messaging/publication.js';
import { holdsPublished, type Repetition } from '../state/publish-ledger.js';
import { nodeIdOf } from '../state/session-ids.js';
import { TASK_INPUT, type TaskInput } from '../state/task-manager.js';
import type { Attempt, AttemptPublishing } from './attempt.js';
import type { AttemptTransactions } from './attempt-transactions.js';
import type { PayloadGate } from './payload-gate.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';

/** Publishes what agents say. */
export class AttemptPublisher implements AttemptPublishing {
  private readonly recorder: Recorder;
  private readonly router: Router;
  private readonly transactions: AttemptTransactions;
  private readonly rest: (attempt: Attempt) => () => void;
  private readonly isClosed: () => boolean;

  /** @param rest told when an attempt begins to wait for room; the answer, when that is over. */
  constructor(
    recorder: Recorder,
    router: Router,
    transactions: AttemptTransactions,
    rest: (attempt: Attempt) => () => void,
    isClosed: () => boolean,
  ) {
    this.recorder = recorder;
    this.router = router;
    this.transactions = transactions;
    this.rest = rest;
    this.isClosed = isClosed;
  }

  publish(
    attempt: Attempt,
    channelName: string,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Publication | Promise<Publication> {
    const gate = attempt.registered.outputs.get(channelName);
    if (!gate) throw undeclared(attempt, channelName);
    return this.publishThrough(attempt, gate, payload, options);
  }

  publishThrough(
    attempt: Attempt,
    gate: PayloadGate,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Publication | Promise<Publication> {
    const fitting = options === undefined ? gate.fittingCopy(payload) : undefined;
    if (fitting !== undefined) return this.publishAdmitted(attempt, gate, fitting, undefined);
    return this.publishChecked(attempt, gate, payload, options);
  }

  /** Whatever it is: a message, a payload that has to be looked at more closely, or none. */
  private publishChecked(
    attempt: Attempt,
    gate: PayloadGate,
    payload: unknown,
    options: PublishOptions | undefined,
  ): Publication | Promise<Publication> {
    const extras = options !== undefined || isMessage(payload) ? extrasOf(payload, options) : undefined;
    const copy = copyJson(extras?.own === undefined ? payload : extras.own.payload, 'payload');
    const admitted = gate.admitJson(copy);
    // What a JSON Schema lets through is what came: comparing is cheaper than asking whether it is a promise.
    return admitted !== copy && admitted instanceof Promise
      ? this.publishAfter(attempt, gate, admitted, extras)
      : this.publishAdmitted(attempt, gate, admitted, extras);
  }

  private async publishAfter(
    attempt: Attempt,
    gate: PayloadGate,
    admitted: Promise<JsonValue>,
    extras: Extras | undefined,
  ): Promise<Publication> {
    const payload = await admitted;
    // The attempt may have ended meanwhile, and its successor publishes for itself.
    if (attempt.ended !== undefined) throw this.refuseLate(attempt, gate.channel, attempt.ended);
    return this.publishAdmitted(attempt, gate, payload, extras);
  }

  private publishAdmitted(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    extras: Extras | undefined,
  ): Publication | Promise<Publication> {
    const { repetition } = attempt;
    const repeated = repetition === undefined ? undefined : this.earlier(attempt, repetition, gate, payload);
    if (repeated !== undefined) return repeated;
    const known = extras === undefined ? undefined : this.published(attempt, extras, gate.channel, payload);
    if (known !== undefined) return known;
    const ordinal = attempt.nextOrdinal++;
    if (attempt.registered.transactional === true)
      return this.publishLater(attempt, gate, payload, extras, ordinal);
    const channel = this.router.channelBehind(gate);
    return this.router.hasRoom(channel)
      ? this.send(attempt, gate, channel, payload, extras, ordinal)
      : this.sendWhenRoom(attempt, gate, payload, extras, ordinal);
  }

  /** With everything else that a transactional attempt does. */
  private publishLater(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    extras: Extras | undefined,
    ordinal: number,
  ): Publication {
    const at = this.recorder.now();
    const publication = this.publication(attempt, gate.channel, payload, extras, ordinal, at);
    this.transactions.of(attempt).publishes.push(publication);
    return publication;
  }

  /** Apart from the common way, so that this closure costs only those who wait. */
  private sendWhenRoom(
    attempt: Attempt,
    gate: PayloadGate,
    payload: JsonValue,
    extras: Extras | undefined,
    ordinal: number,
  ): Promise<Publication> {
    const sent = this.router.whenRoom(gate.channel, attempt.delivery.run, () => {
      if (attempt.ended !== undefined) throw new PubSubError('CANCELLED', 'the invocation has ended');
      const known = extras && this.published(attempt, extras, gate.channel, payload);
      return known ?? this.send(attempt, gate, this.router.channelBehind(gate), payload, extras, ordinal);
    });
    const goOn = this.rest(attempt);
    sent.then(goOn, goOn);
    return sent;
  }

  private send(
    attempt: Attempt,
    gate: PayloadGate,
    channel: Channel,
    payload: JsonValue,
    extras: Extras | undefined,
    ordinal: number,
  ): Publication {
    const { delivery } = attempt;
    const router = this.router;
    const at = this.recorder.recent();
    const publication = this.publication(attempt, channel.name, payload, extras, ordinal, at);
    publication.vouch(gate.onlyCheck?.fast);
    // Making the message can have closed it: reading a task's data calls the agent's own code.
    const open = channel.isOpen === true ? channel : router.destination(channel.name, true);
    router.route(at, open, publication, delivery, delivery.run);
    return publication;
  }

  /** What was published under the same id before. */
  private published(
    attempt: Attempt,
    { own }: Extras,
    channel: string,
    payload: JsonValue,
  ): Publication | undefined {
    if (own === undefined || passesOn(attempt, own, channel)) return undefined;
    if (!this.recorder.state.outsideIds.has(channel, own.id)) return undefined;
    return Publication.of({ ...own, channel, payload }, 0, true);
  }

  /** The message of an earlier attempt that this publish repeats. */
  private earlier(
    attempt: Attempt,
    repetition: Repetition,
    { channel }: PayloadGate,
    payload: JsonValue,
  ): Publication | undefined {
    const found = repetition.take(channel, payload);
    if (!found) return undefined;
    const { publication, session, number, mailbox } = attempt.delivery;
    const message = found.message ?? {
      id: found.id,
      timestamp: publication.message.timestamp,
      source: nodeIdOf(mailbox.agent, session, number),
      channel,
      payload,
      parentId: publication.id,
    };
    return Publication.of(message, 0, false);
  }

  private publication(
    attempt: Attempt,
    channel: string,
    payload: JsonValue,
    extras: Extras | undefined,
    ordinal: number,
    at: number,
  ): Publication {
    const { scope, number, mailbox, publication } = attempt.delivery;
    if (extras !== undefined) return this.publicationWith(extras, attempt, channel, payload, ordinal, at);
    const made = new Publication(payload, channel, isoTime(at), mailbox, scope, number, ordinal, publication);
    if (publication.hasExtras) made.inherit(publication, publication.taskId);
    return made;
  }

  private publicationWith(
    { own, task }: Extras,
    attempt: Attempt,
    channel: string,
    payload: JsonValue,
    ordinal: number,
    at: number,
  ): Publication {
    const { scope, number, mailbox, session, publication } = attempt.delivery;
    const taskId = task ? this.namedTask(attempt, own, task) : (own?.taskId ?? publication.taskId);
    if (own === undefined || passesOn(attempt, own, channel)) {
      const time = isoTime(at);
      const made = new Publication(payload, channel, time, mailbox, scope, number, ordinal, publication);
      made.inherit(publication, taskId);
      return made;
    }
    const { id, timestamp } = own;
    const stamp = taskId === undefined ? {} : { taskId };
    const source = nodeIdOf(mailbox.agent, session, number);
    const message = { id, timestamp, source, channel, ...stamp, payload, parentId: publication.id };
    return Publication.of(message, ordinal, true);
  }

  private namedTask(attempt: Attempt, own: Message<unknown> | undefined, task: TaskInput): string {
    const named = task.taskId ?? own?.taskId;
    return this.transactions
      .tasksOf(attempt)
      .createOrUpdateTask(named === undefined ? task : { ...task, taskId: named }).taskId;
  }

  holds(attempt: Attempt, value: unknown): boolean {
    const { published } = attempt.delivery;
    if (published !== undefined && holdsPublished(published, value)) return true;
    return attempt.transaction?.publishes.some((publication) => publication.is(value)) ?? false;
  }

  refuseLate(attempt: Attempt, channel: string, reason: PubSubError): PubSubError {
    const code = reason.code === 'EXECUTION_ERROR' ? 'EXECUTION_ERROR' : 'CANCELLED';
    const error = new PubSubError(code, `publish on ${describe(channel)} came too late: ${reason.message}`, {
      cause: reason,
      details: { channel, agent: attempt.registered.agent.name },
    });
    // Nobody would keep it any more; the next executor's first event has its number.
    if (this.isClosed()) return error;
    const name = typeof channel === 'string' ? channel.slice(0, 100) : '';
    this.recorder.record({
      type: 'message.refused',
      channel: name,
      node: attempt.delivery.node,
      reason: errorRecord(error),
    });
    return error;
  }
}

/** What a publish has beyond a payload: it is a whole message, or belongs to a task. */
interface Extras {
  readonly own: Message<unknown> | undefined;
  readonly task: TaskInput | undefined;
}

/** Whether the agent passes on what it was given, or what was published elsewhere: that becomes a new message. */
function passesOn({ delivery }: Attempt, own: Message<unknown>, channel: string): boolean {
  return own.id === delivery.publication.id || isPassedOn(own, channel);
}

/** @throws PubSubError when a part of the message, or an option, is bad. */
function extrasOf(value: unknown, options: PublishOptions | undefined): Extras {
  if (options) requireOptions(options, 'options', ['task']);
  if (options?.task !== undefined) requireOptions(options.task, 'options.task', TASK_INPUT);
  if (!isMessage(value)) return { own: undefined, task: options?.task };
  requireMessage(value);
  return { own: value, task: options?.task };
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
