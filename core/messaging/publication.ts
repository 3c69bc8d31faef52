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
  private knownId: string | undefined;

  /** @param publisher number of the publishing delivery. @param id where it is known already. */
  constructor(label: TreeLabel, scope: TreeScope, publisher: number, ordinal: number, id?: string) {
    this.label = label;
    this.scope = scope;
    this.publisher = publisher;
    this.ordinal = ordinal;
    this.knownId = id;
  }

  /** The name of a message that has its id already. */
  static known(id: string, ordinal: number): MessageName {
    return new MessageName(NOBODY, NOWHERE, 0, ordinal, id);
  }

  get id(): string {
    this.knownId ??= messageIdOf(this.scope.session, this.publisher, this.ordinal);
    return this.knownId;
  }

  /** Node id of the invocation that publishes it; for the application (publisher 0) what the label says. */
  get source(): string {
    const { agent } = this.label;
    return this.publisher === 0 ? agent : nodeIdOf(agent, this.scope.session, this.publisher);
  }
}

const NOBODY = treeLabel('', '');
const NOWHERE = treeScope(undefined, NO_SESSION);

/**
 * A message on its way. Most are never looked at as a whole: the agent that gets one asks for its payload, and what
 * returns a value does not see the message that it becomes. So the message itself, with texts for its id and its source,
 * is made for the first who asks.
 */
export class Publication {
  readonly payload: JsonValue;
  readonly channel: string;
  readonly taskId: string | undefined;
  readonly timestamp: string;
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
    timestamp: string,
    name: MessageName,
    parent: MessageName | undefined,
    fromOutside = false,
    message?: Message,
  ) {
    this.payload = payload;
    this.channel = channel;
    this.taskId = taskId;
    this.timestamp = timestamp;
    this.name = name;
    this.parent = parent;
    this.fromOutside = fromOutside;
    this.made = message;
  }

  /** Of a message that is there already. @param parent where it is at hand; else it is known by its id alone. */
  static of(message: Message, ordinal: number, fromOutside: boolean, parent?: MessageName): Publication {
    const { payload, channel = '', taskId, id, parentId, timestamp } = message;
    const cause = parent ?? (parentId === undefined ? undefined : MessageName.known(parentId, 0));
    const name = MessageName.known(id, ordinal);
    return new Publication(payload, channel, taskId, timestamp, name, cause, fromOutside, message);
  }

  get message(): Message {
    this.made ??= this.makeMessage();
    return this.made;
  }

  get source(): string {
    return this.made === undefined ? this.name.source : this.made.source;
  }

  /** Whether this is the very object that the message was given out as. */
  is(value: unknown): boolean {
    return this.made !== undefined && this.made === value;
  }

  /** The message as an object of its own, for who keeps it longer than it is under way; see `message`. */
  makeMessage(): Message {
    const { channel, taskId, payload, timestamp, parent } = this;
    const { id, source } = this.name;
    if (taskId === undefined && parent !== undefined)
      return { id, timestamp, source, channel, payload, parentId: parent.id };
    if (taskId === undefined) return { id, timestamp, source, channel, payload };
    return parent === undefined
      ? { id, timestamp, source, channel, payload, taskId }
      : { id, timestamp, source, channel, taskId, payload, parentId: parent.id };
  }
}
