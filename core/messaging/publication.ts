import type { JsonValue } from '../json.js';
import { NO_SESSION } from '../state/session.js';
import { messageIdOf, nodeIdOf } from '../state/session-ids.js';
import { type TreeLabel, type TreeScope, treeLabel, treeScope } from '../state/tree-labels.js';
import type { Message } from './message.js';

/** The id of a message for those that follow from it: what it is made of, without the message itself. */
export class MessageName {
  private readonly scope: TreeScope;
  private readonly publisher: number;
  private readonly ordinal: number;
  private readonly known: string | undefined;

  /** @param known the id, where it follows from nothing. */
  constructor(scope: TreeScope, publisher: number, ordinal: number, known: string | undefined) {
    this.scope = scope;
    this.publisher = publisher;
    this.ordinal = ordinal;
    this.known = known;
  }

  get id(): string {
    return this.known ?? messageIdOf(this.scope.session, this.publisher, this.ordinal);
  }
}

/** What few messages have. */
interface Extras {
  readonly taskId: string | undefined;
  /** It brought its own id. */
  readonly fromOutside: boolean;
  /** Its id, where it does not follow from the rest. */
  readonly id: string | undefined;
}

const NOBODY = treeLabel('', '');
const NOWHERE = treeScope(undefined, NO_SESSION);

/**
 * A message on its way. Most are never looked at as a whole: the agent that gets one asks for its payload, and what
 * returns a value does not see the message that it becomes. So the message itself, with texts for its id and its source,
 * is made for the first who asks. Until then it is what those follow from; many may wait, so it is small.
 */
export class Publication {
  readonly payload: JsonValue;
  readonly channel: string;
  readonly timestamp: string;
  /** Names who publishes it: the mailbox of the agent, or for the application what it says of itself. */
  private readonly label: TreeLabel;
  /** Of the publishing delivery. */
  private readonly scope: TreeScope;
  /** Number of the publishing delivery; 0 for the application. */
  private readonly publisher: number;
  readonly ordinal: number;
  /** Name of the message whose processing published it. */
  readonly parent: MessageName | undefined;
  private readonly extras: Extras | undefined;
  private made: Message | undefined;

  constructor(
    payload: JsonValue,
    channel: string,
    timestamp: string,
    label: TreeLabel,
    scope: TreeScope,
    publisher: number,
    ordinal: number,
    parent: MessageName | undefined,
    extras?: Extras,
    made?: Message,
  ) {
    this.payload = payload;
    this.channel = channel;
    this.timestamp = timestamp;
    this.label = label;
    this.scope = scope;
    this.publisher = publisher;
    this.ordinal = ordinal;
    this.parent = parent;
    this.extras = extras;
    this.made = made;
  }

  /** Of a message that is there already. @param parent where it is at hand; else it is known by its id alone. */
  static of(message: Message, ordinal: number, fromOutside: boolean, parent?: MessageName): Publication {
    const { payload, channel = '', taskId, id, parentId, timestamp } = message;
    const cause = parent ?? (parentId === undefined ? undefined : new MessageName(NOWHERE, 0, 0, parentId));
    const extras = { taskId, fromOutside, id };
    return new Publication(payload, channel, timestamp, NOBODY, NOWHERE, 0, ordinal, cause, extras, message);
  }

  get id(): string {
    return this.extras?.id ?? messageIdOf(this.scope.session, this.publisher, this.ordinal);
  }

  get taskId(): string | undefined {
    return this.extras?.taskId;
  }

  /** Whether it brought its own id. */
  get fromOutside(): boolean {
    return this.extras?.fromOutside === true;
  }

  get source(): string {
    if (this.made !== undefined) return this.made.source;
    const { agent } = this.label;
    return this.publisher === 0 ? agent : nodeIdOf(agent, this.scope.session, this.publisher);
  }

  /** For what is published while it is processed: its name, which holds nothing of it. It may be gone by then. */
  get name(): MessageName {
    return new MessageName(this.scope, this.publisher, this.ordinal, this.extras?.id);
  }

  get message(): Message {
    this.made ??= this.makeMessage();
    return this.made;
  }

  /** Whether this is the very object that the message was given out as. */
  is(value: unknown): boolean {
    return this.made !== undefined && this.made === value;
  }

  /** The message as an object of its own, for who keeps it longer than it is under way; see `message`. */
  makeMessage(): Message {
    const { id, source, channel, taskId, payload, timestamp, parent } = this;
    if (taskId === undefined && parent !== undefined)
      return { id, timestamp, source, channel, payload, parentId: parent.id };
    if (taskId === undefined) return { id, timestamp, source, channel, payload };
    return parent === undefined
      ? { id, timestamp, source, channel, payload, taskId }
      : { id, timestamp, source, channel, taskId, payload, parentId: parent.id };
  }
}

/** For the publication of a message that belongs to a task. */
export function ofTask(taskId: string | undefined): Extras | undefined {
  return taskId === undefined ? undefined : { taskId, fromOutside: false, id: undefined };
}
