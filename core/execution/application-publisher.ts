import { requireUnreserved } from '../agents/check-agent.js';
import { requireOptions } from '../config.js';
import { PubSubError, toPubSubError } from '../errors.js';
import { isoTime, requireId } from '../identifiers.js';
import { copyJson, type JsonValue } from '../json.js';
import type { Channel } from '../messaging/channel.js';
import { isMessage, isPassedOn, type Message, requireMessage } from '../messaging/message.js';
import { NO_PARENT, Publication } from '../messaging/publication.js';
import type { RunRecord } from '../state/run-record.js';
import { TASK_INPUT, type TaskInput, type TaskManager } from '../state/task-manager.js';
import { treeLabel } from '../state/tree-labels.js';
import type { Recorder } from './recorder.js';
import type { Router } from './router.js';

/** Options of `executor.publish`. */
export interface ApplicationPublishOptions {
  /** Who says it; `message.source`. Default: what the message says, or `app`. */
  readonly source?: string | undefined;
  /** Creates or updates this task and stamps the message with its id. */
  readonly task?: TaskInput | undefined;
}

const OPTIONS = ['source', 'task'];
/** The source of what says nothing else. */
const APPLICATION = treeLabel('app', '');

/** Publishes what the application says. */
export class ApplicationPublisher {
  private readonly recorder: Recorder;
  private readonly router: Router;
  private readonly tasks: TaskManager;
  private readonly requireOpen: () => void;
  /** Where the last one went: mostly the next one goes there, too, and it need not be looked up. */
  private last: Channel | undefined = undefined;

  /** @param requireOpen throws `EXECUTOR_CLOSED`. */
  constructor(recorder: Recorder, router: Router, tasks: TaskManager, requireOpen: () => void) {
    this.recorder = recorder;
    this.router = router;
    this.tasks = tasks;
    this.requireOpen = requireOpen;
  }

  /**
   * Checks everything, waits for room if it must, and records the message. `run` is asked when it is recorded.
   *
   * @throws PubSubError when anything does not fit; nothing has been recorded then.
   */
  publish(
    channelName: string,
    payloadOrMessage: unknown,
    options: ApplicationPublishOptions | undefined,
    run: () => RunRecord | undefined,
  ): Publication | Promise<Publication> {
    const present = this.find(channelName);
    if (present === undefined) requireUnreserved(channelName, 'channel');
    if (options !== undefined) requireOptions(options, 'options', OPTIONS);
    if (options?.source !== undefined) requireId(options.source, 'options.source');
    if (options?.task !== undefined) requireOptions(options.task, 'options.task', TASK_INPUT);
    const fitting = present?.subscribers[0]?.consumer?.fittingCopy(payloadOrMessage);
    if (fitting !== undefined)
      return this.sendAccepted(present, channelName, fitting, undefined, options, run);
    const own = isMessage(payloadOrMessage) ? payloadOrMessage : undefined;
    if (own !== undefined) requireMessage(own);
    const payload = copyJson(own === undefined ? payloadOrMessage : own.payload, 'payload');
    const refusal = present && this.refusal(present, payload);
    return refusal === undefined
      ? this.sendAccepted(present, channelName, payload, own, options, run)
      : this.sendUnless(refusal, channelName, payload, own, options, run);
  }

  private sendAccepted(
    present: Channel | undefined,
    channelName: string,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    options: ApplicationPublishOptions | undefined,
    run: () => RunRecord | undefined,
  ): Publication | Promise<Publication> {
    // Looking at the payload may have closed it: a check of an agent's own, or a getter.
    const channel = present?.isOpen === true ? present : this.router.destination(channelName, false);
    // What was published before needs no room: it must be one message even where a new one would be refused.
    return this.isRepeated(channel, own) || this.router.hasRoom(channel)
      ? this.send(channel, payload, own, options, run())
      : this.sendWhenRoom(channelName, payload, own, options, run);
  }

  private isRepeated({ name }: Channel, own: Message<unknown> | undefined): boolean {
    if (own === undefined || isPassedOn(own, name)) return false;
    return this.recorder.state.outsideIds.has(name, own.id);
  }

  private find(name: string): Channel | undefined {
    const last = this.last;
    if (last !== undefined && last.name === name && last.isOpen) return last;
    this.last = this.recorder.state.channels.get(name);
    return this.last;
  }

  private async sendUnless(
    refusal: PubSubError | Promise<PubSubError | undefined>,
    channelName: string,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    options: ApplicationPublishOptions | undefined,
    run: () => RunRecord | undefined,
  ): Promise<Publication> {
    const error = await refusal;
    if (error) throw error;
    this.requireOpen();
    return this.sendAccepted(undefined, channelName, payload, own, options, run);
  }

  private sendWhenRoom(
    channelName: string,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    options: ApplicationPublishOptions | undefined,
    run: () => RunRecord | undefined,
  ): Promise<Publication> {
    return this.router.whenRoom(channelName, run(), () =>
      this.send(this.router.destination(channelName, false), payload, own, options, run()),
    );
  }

  private send(
    channel: Channel,
    payload: JsonValue,
    own: Message<unknown> | undefined,
    options: ApplicationPublishOptions | undefined,
    run: RunRecord | undefined,
  ): Publication {
    const { state } = this.recorder;
    if (own !== undefined && !isPassedOn(own, channel.name))
      return this.sendMessage(channel, payload, own, options, run);
    const at = this.recorder.recent();
    const ordinal = state.published;
    const taskId = this.taskId(own, options);
    const saidBy = options?.source ?? own?.source;
    const source = saidBy === undefined ? APPLICATION : treeLabel(saidBy, '');
    const scope = state.scopeOf(run);
    const { name } = channel;
    const publication = new Publication(payload, name, isoTime(at), source, scope, 0, ordinal, NO_PARENT);
    if (taskId !== undefined) publication.inherit(undefined, taskId);
    this.router.route(at, channel, publication, undefined, run);
    return publication;
  }

  private sendMessage(
    channel: Channel,
    payload: JsonValue,
    own: Message<unknown>,
    options: ApplicationPublishOptions | undefined,
    run: RunRecord | undefined,
  ): Publication {
    const { state } = this.recorder;
    const message = this.stamped(own, channel.name, payload, options?.source);
    if (this.isRepeated(channel, own)) return Publication.of(message, 0, true);
    const at = this.recorder.recent();
    const ordinal = state.published;
    const taskId = this.taskId(own, options);
    const stamped = taskId === undefined ? message : { ...message, taskId };
    const publication = Publication.of(stamped, ordinal, true);
    this.router.route(at, channel, publication, undefined, run);
    return publication;
  }

  private stamped(
    own: Message<unknown>,
    channel: string,
    payload: JsonValue,
    saidBy: string | undefined,
  ): Message {
    const { id, timestamp, source, taskId, parentId } = own;
    return {
      id,
      timestamp,
      source: saidBy ?? source,
      channel,
      ...(taskId !== undefined && { taskId }),
      payload,
      ...(parentId !== undefined && { parentId }),
    };
  }

  private taskId(
    own: Message<unknown> | undefined,
    options: ApplicationPublishOptions | undefined,
  ): string | undefined {
    const task = options?.task;
    if (task === undefined) return own?.taskId;
    const named = task.taskId ?? own?.taskId;
    return this.tasks.createOrUpdateTask(named === undefined ? task : { ...task, taskId: named }).taskId;
  }

  /** Why no subscriber takes this payload; undefined when one does, or when there is none to ask. */
  private refusal(
    { name, subscribers }: Channel,
    payload: JsonValue,
  ): PubSubError | undefined | Promise<PubSubError | undefined> {
    let refusals: PubSubError[] | undefined;
    let undecided: Promise<PubSubError | undefined>[] | undefined;
    for (const { consumer } of subscribers) {
      if (consumer === undefined) return undefined;
      try {
        const admitted = consumer.admit(name, payload);
        if (admitted === payload || !(admitted instanceof Promise)) return undefined;
        undecided ??= [];
        undecided.push(admitted.then(() => undefined, toPubSubError));
      } catch (thrown) {
        refusals ??= [];
        refusals.push(toPubSubError(thrown));
      }
    }
    const certain = refusals ?? [];
    if (!undecided) return combine(certain);
    return Promise.all(undecided).then((results) => {
      const late = results.filter((result) => result !== undefined);
      return late.length < results.length ? undefined : combine([...certain, ...late]);
    });
  }
}

function combine(refusals: readonly PubSubError[]): PubSubError | undefined {
  const [first, ...others] = refusals;
  if (!first || others.length === 0) return first;
  const message = `no subscriber accepts the payload: ${refusals.map((refusal) => refusal.message).join(' | ')}`;
  return new PubSubError('VALIDATION_ERROR', message, { details: first.details });
}
