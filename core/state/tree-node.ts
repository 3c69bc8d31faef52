import type { ErrorRecord } from '../errors.js';
import type { Message } from '../messaging/message.js';

/** What can become of a publish. */
export const PUBLISH_STATUSES = ['published', 'unheard', 'refused'] as const;
/** What can become of an invocation; the last five are final. */
export const INVOCATION_STATUSES = [
  'waiting',
  'running',
  'retrying',
  'parked',
  'succeeded',
  'failed',
  'invalid',
  'dropped',
  'cancelled',
] as const;

export type PublishStatus = (typeof PUBLISH_STATUSES)[number];
export type InvocationStatus = (typeof INVOCATION_STATUSES)[number];

/** Every status; its place in here is how columns store it. */
export const NODE_STATUSES: readonly (PublishStatus | InvocationStatus)[] = [
  ...PUBLISH_STATUSES,
  ...INVOCATION_STATUSES,
];

interface NodeBase {
  /** 1, 2, 3 … in the order in which nodes came into being. */
  readonly number: number;
  /** Number of the node that caused this one; 0 for a root, or when that node is no longer kept. */
  readonly parent: number;
  readonly channel: string;
  readonly run: string | undefined;
}

/** A message that was published. */
export interface PublishNode extends NodeBase {
  readonly kind: 'publish';
  /** The message's id. */
  readonly id: string;
  readonly status: PublishStatus;
  /** Milliseconds since 1970. */
  readonly publishedAt: number;
}

/** A delivery of a message to one agent, with all its attempts. */
export interface InvocationNode extends NodeBase {
  readonly kind: 'invocation';
  /** The node id that the agent sees. */
  readonly id: string;
  readonly agent: string;
  readonly status: InvocationStatus;
  readonly attempts: number;
  /** When the newest attempt started (when it was put in the mailbox, until then). Milliseconds since 1970. */
  readonly startedAt: number;
  /** How long the newest attempt took, in milliseconds; undefined until it has settled. */
  readonly durationMs: number | undefined;
  /** What went wrong in each attempt that failed. */
  readonly errors: readonly ErrorRecord[];
  /** The message of a dead letter, so that it can be looked at and sent again. */
  readonly deadLetter: Message | undefined;
}

/** A delivery that failed for good, with its message. */
export interface DeadLetterNode extends InvocationNode {
  readonly deadLetter: Message;
}

export type TreeNode = PublishNode | InvocationNode;

/** An edge of the tree; what flowed along it came by `channel`. */
export interface TreeEdge {
  readonly from: number;
  readonly to: number;
  readonly channel: string;
}

/** See `ExecutionTree.plainSuccess`. */
export interface PlainSuccess {
  readonly nodeId: string;
  readonly agent: string;
  readonly channel: string;
  readonly success: true;
  readonly attempts: number;
  readonly retryMessages: readonly string[];
  readonly durationMs: number;
}

/** What the code of an invocation in a column means. */
export function invocationStatus(code: number): InvocationStatus {
  const status = NODE_STATUSES[code];
  return status === undefined || status === 'published' || status === 'unheard' || status === 'refused'
    ? 'waiting'
    : status;
}
