import type { ErrorRecord } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { SnapshotPart } from '../state/snapshot.js';
import type { EventBatch } from './event-batch.js';
import type { SafeValue } from './safe-value.js';

/** Version of everything below. A panel shows no frames of a version it does not know, and says so. */
export const INSPECTOR_VERSION = 1;

/** From the executor to who watches it: `hello → snapshot → delta …`, all of it plain JSON. */
export type InspectorFrame = HelloFrame | SnapshotFrame | DeltaFrame | GapFrame | ClosedFrame | AckFrame;

interface Frame<Type extends string> {
  readonly v: number;
  readonly type: Type;
}

export interface HelloFrame extends Frame<'hello'> {
  /** What the executor is called, for people who watch several. */
  readonly name: string;
  /** Milliseconds since 1970 by the executor's clock. */
  readonly at: number;
}

/** The whole state after event `seq`; what follows builds on it. Payloads are left out. */
export interface SnapshotFrame extends Frame<'snapshot'> {
  readonly seq: number;
  readonly parts: readonly SnapshotPart[];
}

/** Events in order, without a gap to what came before. */
export interface DeltaFrame extends Frame<'delta'> {
  readonly batch: EventBatch;
}

/** Detail was given up: the events `from` to `to` are not sent. A snapshot follows. */
export interface GapFrame extends Frame<'gap'> {
  readonly from: number;
  readonly to: number;
  /** `slow`: the link could not keep up. `replaced`: the executor loaded another state. */
  readonly reason: 'slow' | 'replaced';
}

/**
 * The executor has been closed: commands that would change something are refused from now on. What was under way may
 * still end, and be sent. Sent again after each snapshot that follows.
 */
export interface ClosedFrame extends Frame<'closed'> {
  /** `lost`: a link says so to its own watcher, as the other end cannot be reached any more. Nothing is answered then. */
  readonly reason?: 'lost';
}

export interface AckFrame extends Frame<'ack'> {
  /** Of the command. */
  readonly id: number;
  readonly error?: ErrorRecord;
  readonly result?: CommandResult;
}

/** From who watches to the executor. */
export type WatcherFrame = WatchFrame | UnwatchFrame | ReceivedFrame | CommandFrame;

/** Begin: answered by `hello` and `snapshot`. Sent again, it asks for a fresh snapshot. */
export interface WatchFrame extends Frame<'watch'> {
  /**
   * `shared`: the snapshot may leave the rows of the tree out, as this watcher reads them from the executor's state, which
   * its link shares; see `InspectorLink.shareState`. With any other link it gets them all the same.
   */
  readonly rows?: 'shared';
}
/** No more: from now on watching costs nothing. */
export interface UnwatchFrame extends Frame<'unwatch'> {}
/** Everything up to `seq` has been taken in; without these the executor soon stops sending. */
export interface ReceivedFrame extends Frame<'received'> {
  readonly seq: number;
}
export interface CommandFrame extends Frame<'command'> {
  /** Chosen by the sender; its `ack` has it too. */
  readonly id: number;
  readonly command: InspectorCommand;
}

export type InspectorCommand =
  | { readonly name: 'pause' }
  | { readonly name: 'resume' }
  | { readonly name: 'step'; readonly count: number }
  | { readonly name: 'publish'; readonly channel: string; readonly payload: JsonValue }
  | { readonly name: 'retry'; readonly node: string }
  | { readonly name: 'answer'; readonly question: string; readonly value: JsonValue }
  | { readonly name: 'cancel-question'; readonly question: string }
  /** Payloads by the sequence numbers of their `message.published` events; only recent ones are still there. */
  | { readonly name: 'payloads'; readonly messages: readonly number[] }
  /** The message of a delivery that is not finished, or of a dead letter, by its node in the tree. */
  | { readonly name: 'node-message'; readonly node: number }
  /** Which recent messages hold this text somewhere in their payload. */
  | { readonly name: 'search'; readonly text: string };

export type CommandName = InspectorCommand['name'];

/** What an `ack` may carry. */
export interface CommandResult {
  /** `step`: how many deliveries were started. */
  readonly started?: number;
  /** `publish`: id of the message. */
  readonly message?: string;
  /** `payloads`, in the order asked for; null for what is no longer there. `node-message`: one. */
  readonly payloads?: readonly (SafeValue | null)[];
  /** `search`: sequence numbers, oldest first. */
  readonly found?: readonly number[];
  /** `search`: how many messages were looked at, and the oldest of them. */
  readonly searched?: number;
  readonly oldest?: number;
}
