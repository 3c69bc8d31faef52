import type { JsonValue } from '../json.js';
import { plainObjects } from '../plain-objects.js';
import type { CompiledSchema } from '../schema/schema-validator.js';
import { NO_SESSION } from '../state/session.js';
import { messageIdOf, nodeIdOf } from '../state/session-ids.js';
import { type TreeLabel, type TreeScope, treeLabel, treeScope } from '../state/tree-labels.js';
import type { Message } from './message.js';

/** What few messages have. */
interface Extras {
  readonly taskId: string | undefined;
  /** It brought its own id. */
  readonly fromOutside: boolean;
  /** Its id, its source, and the id of the message whose processing published it, where they do not follow from the rest. */
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly parentId: string | undefined;
}

const NOBODY = treeLabel('', '');
const NOWHERE = treeScope(undefined, NO_SESSION);

/** What the id of a message follows from. */
interface Origin {
  /** Of the publishing delivery. */
  readonly scope: TreeScope;
  /** Number of the publishing delivery; 0 for the application. */
  readonly publisher: number;
  readonly ordinal: number;
}

/** A message that no other led to: what the application says, most of all. */
const First = plainObjects<Message, [string, string, string, string, JsonValue]>(
  function (id, timestamp, source, channel, payload) {
    this.id = id;
    this.timestamp = timestamp;
    this.source = source;
    this.channel = channel;
    this.payload = payload;
  },
);

/** The parent of what the application says. */
export const NO_PARENT: Origin = { scope: NOWHERE, publisher: 0, ordinal: 0 };

/**
 * A message on its way. Most are never looked at as a whole: the agent that gets one asks for its payload, and what
 * returns a value does not see the message that it becomes. So the message itself, with texts for its id and its source,
 * is made for the first who asks. Until then it is what those follow from; many may wait, so it is small.
 */
export class Publication implements Origin {
  readonly payload: JsonValue;
  readonly channel: string;
  readonly timestamp: string;
  /** Names who publishes it: the mailbox of the agent, or for the application what it says of itself. */
  private readonly label: TreeLabel;
  readonly scope: TreeScope;
  readonly publisher: number;
  readonly ordinal: number;
  /**
   * What the id of the message follows from whose processing published it: not that message, which may be gone by then
   * with all that it holds. That of {@link NO_PARENT} where there is none.
   */
  private readonly parentScope: TreeScope;
  private readonly parentPublisher: number;
  private readonly parentOrdinal: number;
  private extras: Extras | undefined;
  private made: Message | undefined;
  /** The check that the payload has passed, as long as nobody has had it in hands who could have changed it since. */
  private passed: CompiledSchema | undefined;

  /** @param parent the message whose processing publishes it; see also `inherit`. */
  constructor(
    payload: JsonValue,
    channel: string,
    timestamp: string,
    label: TreeLabel,
    scope: TreeScope,
    publisher: number,
    ordinal: number,
    parent: Origin,
  ) {
    // Read together: each of these places in the new object, once written to, makes the engine look again at what it knew.
    const { scope: parentScope, publisher: parentPublisher, ordinal: parentOrdinal } = parent;
    this.payload = payload;
    this.channel = channel;
    this.timestamp = timestamp;
    this.label = label;
    this.scope = scope;
    this.publisher = publisher;
    this.ordinal = ordinal;
    this.parentScope = parentScope;
    this.parentPublisher = parentPublisher;
    this.parentOrdinal = parentOrdinal;
    this.extras = undefined;
    this.made = undefined;
    this.passed = undefined;
  }

  /** Of a message that is there already. */
  static of(message: Message, ordinal: number, fromOutside: boolean): Publication {
    const { payload, channel = '', taskId, id, source, parentId, timestamp } = message;
    const publication = new Publication(payload, channel, timestamp, NOBODY, NOWHERE, 0, ordinal, NO_PARENT);
    publication.extras = { taskId, fromOutside, id, source, parentId };
    publication.made = message;
    return publication;
  }

  /** Whether what is published while it is processed has anything to inherit. */
  get hasExtras(): boolean {
    return this.extras !== undefined;
  }

  /** Before it is used. @param parent what it was published for, with extras or without. */
  inherit(parent: Publication | undefined, taskId: string | undefined): void {
    const parentId = parent?.extras?.id;
    if (taskId !== undefined || parentId !== undefined)
      this.extras = { taskId, fromOutside: false, id: undefined, source: undefined, parentId };
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
    // Not that of the message that was made: whoever has it may have changed it.
    const { agent } = this.label;
    const { extras } = this;
    if (extras?.source !== undefined) return extras.source;
    return this.publisher === 0 ? agent : nodeIdOf(agent, this.scope.session, this.publisher);
  }

  /** Id of the message whose processing published it; undefined for what the application says. */
  get parentId(): string | undefined {
    const { parentScope, extras } = this;
    if (extras?.parentId !== undefined) return extras.parentId;
    if (parentScope === NOWHERE) return undefined;
    return messageIdOf(parentScope.session, this.parentPublisher, this.parentOrdinal);
  }

  get message(): Message {
    this.passed = undefined;
    this.made ??= this.makeMessage();
    return this.made;
  }

  /** Its payload has passed this check. */
  vouch(check: CompiledSchema | undefined): void {
    this.passed = check;
  }

  /**
   * Whether its payload need not go through this check again. Asked by who hands it to an agent: from then on nobody knows
   * what becomes of it. One in 256 is checked all the same, so that the engine knows that call: one made for the first time
   * after 100,000 messages makes it throw away the code that called, and the next 100,000 took a twentieth longer.
   */
  takeVouched(check: CompiledSchema): boolean {
    const { passed } = this;
    this.passed = undefined;
    return passed !== undefined && passed === check && (this.publisher & 255) !== 0;
  }

  /** Whether this is the very object that the message was given out as. */
  is(value: unknown): boolean {
    return this.made !== undefined && this.made === value;
  }

  /** The message as an object of its own, for who keeps it longer than it is under way; see `message`. */
  makeMessage(): Message {
    const { id, source, channel, taskId, payload, timestamp, parentId } = this;
    if (taskId === undefined && parentId !== undefined)
      return { id, timestamp, source, channel, payload, parentId };
    if (taskId === undefined) return new First(id, timestamp, source, channel, payload);
    return parentId === undefined
      ? { id, timestamp, source, channel, payload, taskId }
      : { id, timestamp, source, channel, taskId, payload, parentId };
  }
}
