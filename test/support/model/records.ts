import type { AgentMetadata, Message, OverflowPolicy, RunCounts, RunKind, RunStatus } from 'dagger-agents';

// What the model remembers of each thing that events tell of. Plain data; what may become of it is said elsewhere.

export interface ModelChannel {
  readonly name: string;
  capacity: number;
  overflow: OverflowPolicy;
  retain: number;
  published: number;
  dropped: number;
  /** The last `retain` messages, oldest first, each with its number on this channel. */
  retained: { readonly number: number; readonly message: Message }[];
  /** One for each agent that has ever subscribed. */
  readonly mailboxes: Map<string, ModelMailbox>;
  /** Of the agents subscribed now, in the order in which they came. */
  subscribers: ModelMailbox[];
}

/** What waits for one agent on one channel. */
export interface ModelMailbox {
  readonly channel: ModelChannel;
  readonly agent: string;
  readonly waiting: Set<ModelDelivery>;
  isSubscribed: boolean;
  /** Its channel was closed: what comes back to it is dropped. */
  isClosed: boolean;
  /** Number on the channel of the newest message that it was given. */
  lastReceived: number;
  /** It has pushed its oldest out, so that one more may come. */
  hasMadeRoom: boolean;
}

export type FinalStatus = 'succeeded' | 'failed' | 'invalid' | 'dropped' | 'cancelled';

export interface ModelDelivery {
  readonly number: number;
  readonly message: Message;
  readonly mailbox: ModelMailbox;
  status: 'waiting' | 'running' | 'retrying' | 'parked' | FinalStatus;
  /** Starts that count: one that was taken back does not. */
  attempts: number;
  failures: number;
  /** It must not start before this time. 0: at once. */
  dueAt: number;
  run: ModelRun | undefined;
  /** It was there before the run that works on it now. */
  isAdopted: boolean;
  /** Who has it in hand: an agent that comes back under its old name is somebody else. */
  agent: ModelAgent | undefined;
  /** What it has published: on which channel, and what. The agents of random systems never mean the same twice. */
  readonly published: Set<string>;
  /** Questions that it has asked. */
  readonly questions: Set<string>;
}

export interface ModelAgent {
  readonly metadata: AgentMetadata;
  /** How many deliveries it has in hand. */
  running: number;
}

/** How a delivery of a run ended, as its handle and its report tell. */
export interface ModelOutcome {
  readonly agent: string;
  readonly channel: string;
  readonly success: boolean;
  readonly attempts: number;
}

export interface ModelRun {
  readonly id: string;
  readonly kind: RunKind;
  status: RunStatus | 'running' | 'interrupted';
  readonly counts: { -readonly [Name in keyof RunCounts]: RunCounts[Name] };
  readonly outcomes: ModelOutcome[];
  tokensUsed: number;
  /** What its report says: the counts at the moment in which it ended. */
  reported: RunCounts | undefined;
}

/** For violations. */
export function nameOf({ number, mailbox, status }: ModelDelivery): string {
  return `delivery ${number} to ${mailbox.agent} on ${mailbox.channel.name} (${status})`;
}
