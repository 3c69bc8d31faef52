import { isoTime } from '../identifiers.js';
import type { JsonValue } from '../json.js';
import { NO_SESSION } from '../state/session.js';
import { messageIdOf, nodeIdOf } from '../state/session-ids.js';
import { type TreeLabel, type TreeScope, treeLabel, treeScope } from '../state/tree-labels.js';
import type { Message } from './message.js';

/** Which message of which invocation it is: what its id and its source are made of once somebody asks. */
export class MessageName {
  /** Names the publishing agent; its mailbox. */
  private readonly label: TreeLabel;
  /** Of the publishing delivery. */
  private readonly scope: TreeScope;
  private readonly publisher: number;
  readonly ordinal: number;
  private knownId: string | undefined = undefined;

  /** @param publisher number of the publishing delivery. */
  constructor(label: TreeLabel, scope: TreeScope, publisher: number, ordinal: number) {
    this.label = label;
    this.scope = scope;
    this.publisher = publisher;
    this.ordinal = ordinal;
  }

  /** The name of a message that has its id already. */
  static known(id: string, ordinal: number): MessageName {
    const name = new MessageName(NOBODY, NOWHERE, 0, ordinal);
    name.knownId = id;
    return name;
  }

  get id(): string {
    this.knownId ??= messageIdOf(this.scope.session, this.publisher, this.ordinal);
    return this.knownId;
  }

  /** Node id of the invocation that publishes it. */
  get source(): string {
    return nodeIdOf(this.label.agent, this.scope.session, this.publisher);
  }
}

const NOBODY = treeLabel('', '');
const NOWHERE = treeScope(undefined, NO_SESSION);

/**
 * A message on its way. Most are never looked at as a whole: the agent that gets one asks for its payload, and what
 * returns a value does not see the message that it becomes. So the message itself, with texts for its id, its source and
 * its time, is made for the first who asks.
 */
export class Publication {
  readonly payload: JsonValue;
  readonly channel: string;
  readonly taskId: string | undefined;
  /** When it was published, in milliseconds since 1970. */
  readonly at: number;
  readonly name: MessageName;
  /** Name of the message whose processing published it. */
  readonly parent: MessageName | undefined;
  /** It brought its own id. */
  readonly fromOutside: boolean;
  private made: Message | undefined;

  constructor(
    payload: JsonValue,
    channel: string,
    taskId: string | undefined,
    at: number,
    name: MessageName,
    parent: MessageName | undefined,
    fromOutside: boolean,
    message: Message | undefined,
  ) {
    this.payload = payload;
    this.channel = channel;
    this.taskId = taskId;
    this.at = at;
    this.name = name;
    this.parent = parent;
    this.fromOutside = fromOutside;
    this.made = message;
  }

  /** Of a message that is there already. @param parent where it is known; else named by its id. */
  static of(
    message: Message,
    at: number,
    ordinal: number,
    fromOutside: boolean,
    parent?: MessageName,
  ): Publication {
    const { payload, channel = '', taskId, id, parentId } = message;
    const cause = parent ?? (parentId === undefined ? undefined : MessageName.known(parentId, 0));
    const name = MessageName.known(id, ordinal);
    return new Publication(payload, channel, taskId, at, name, cause, fromOutside, message);
  }

  get message(): Message {
    this.made ??= this.make();
    return this.made;
  }

  /** Whether this is the very object that the message was given out as. */
  is(value: unknown): boolean {
    return this.made !== undefined && this.made === value;
  }

  /** Whether its timestamp is this time: one that comes as a whole message may say something else. */
  isOf(at: number): boolean {
    if (this.made !== undefined) return this.made.timestamp === isoTime(at);
    return this.at === at || isoTime(this.at) === isoTime(at);
  }

  /** One without a parent is the application's, and was a whole message from the beginning. */
  private make(): Message {
    const { channel, taskId, payload } = this;
    const { id, source } = this.name;
    const timestamp = isoTime(this.at);
    const parentId = this.parent?.id ?? '';
    return taskId === undefined
      ? { id, timestamp, source, channel, payload, parentId }
      : { id, timestamp, source, channel, taskId, payload, parentId };
  }
}
