import type { AgentMetadata } from '../agents/agent-metadata.js';
import type { ErrorRecord } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { OverflowPolicy } from '../messaging/channel.js';
import type { Message } from '../messaging/message.js';
import type { HumanRequest } from './human-request.js';
import type { RunKind, RunStatus } from './run-record.js';
import type { Task } from './task.js';

/**
 * Everything that happens, as plain JSON. State is a fold of these and of nothing else: persistence, recovery, the
 * panel's time slider and the remote inspector all read this one ordered log.
 *
 * Deliveries are named by their number (1, 2, 3 …, counted over the life of the state), runs by their id.
 */
export type RunEvent = {
  readonly [Type in keyof EventBodies]: EventBase<Type> & EventBodies[Type];
}[keyof EventBodies];

/** Version of these events. A reader refuses newer ones instead of guessing. */
export const EVENT_FORMAT = 1;

/** An event before it has its place in the log. */
export type NewEvent = {
  readonly [Type in keyof EventBodies]: { readonly type: Type } & EventBodies[Type];
}[keyof EventBodies];

export interface EventBase<Type extends string> {
  readonly type: Type;
  /** Place in the log: 1, 2, 3 … without a gap. */
  readonly seq: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly at: number;
}

export interface EventBodies {
  /** An executor took the state over; whatever the one before it left running is unfinished again. */
  'executor.opened': {
    readonly session: string;
    /** Version of the events that follow; see `EVENT_FORMAT`. */
    readonly format: number;
  };
  'executor.paused': object;
  'executor.resumed': object;

  'agent.registered': { readonly agent: AgentMetadata };
  'agent.unregistered': { readonly agent: string };

  /** Comes into being, or gets other options. */
  'channel.opened': {
    readonly channel: string;
    readonly capacity: number;
    readonly overflow: OverflowPolicy;
    readonly retain: number;
  };
  /** Gone, with its subscriptions and everything that still waited in it. */
  'channel.closed': { readonly channel: string };

  /** Takes over every unfinished delivery that no running run owns. */
  'run.started': { readonly run: string; readonly kind: RunKind };
  'run.ended': { readonly run: string; readonly status: RunStatus; readonly error?: ErrorRecord };
  'run.deleted': { readonly run: string };

  /** One delivery for each agent in `to`, numbered upwards from the last. */
  'message.published': {
    readonly message: Message;
    /** The delivery whose invocation published it; absent for the application. */
    readonly publisher?: number;
    /** The how-manieth publish of that invocation (from 0), or of the application in this session. */
    readonly ordinal: number;
    /** The message brought its own id. */
    readonly fromOutside?: true;
    readonly run?: string;
    readonly to: readonly string[];
  };
  /** A retained message is handed to an agent that came later. */
  'message.handed': {
    readonly channel: string;
    readonly message: string;
    readonly to: string;
    readonly run?: string;
  };
  /** A publish that came too late, from an invocation or a run that had ended. `node` is the invocation's. */
  'message.refused': { readonly channel: string; readonly node: number; readonly reason: ErrorRecord };

  'delivery.started': { readonly delivery: number };
  'delivery.succeeded': { readonly delivery: number };
  /** An attempt failed; the next one starts at `dueAt`. */
  'delivery.retrying': { readonly delivery: number; readonly error: ErrorRecord; readonly dueAt: number };
  /** No attempt is left (a dead letter), or the input never fitted (`invalid`). */
  'delivery.failed': { readonly delivery: number; readonly error: ErrorRecord; readonly invalid: boolean };
  /** Pushed out of a full mailbox. */
  'delivery.dropped': { readonly delivery: number };
  /** Back in its mailbox, its attempt not counted: the run stopped, or it waits for a human. */
  'delivery.returned': {
    readonly delivery: number;
    readonly parked: boolean;
    /** It must not start before this time, as its retry is not due yet. Absent: at once. */
    readonly dueAt?: number;
  };
  /** A dead letter gets a new set of attempts, as a new delivery of the same message. */
  'delivery.redelivered': {
    readonly node: number;
    readonly message: Message;
    readonly to: string;
    readonly run?: string;
  };

  'human.asked': { readonly request: HumanRequest };
  'human.answered': {
    readonly request: string;
    readonly answer: JsonValue;
    readonly source: 'human' | 'autopilot';
  };
  'human.cancelled': { readonly request: string };

  'tokens.reserved': { readonly delivery: number; readonly amount: number };
  'tokens.used': { readonly delivery: number; readonly amount: number };

  'cache.set': { readonly namespace: string; readonly key: string; readonly value: JsonValue };
  'cache.appended': { readonly namespace: string; readonly key: string; readonly value: JsonValue };

  'task.set': { readonly task: Task };
  'tasks.planned': { readonly count: number };
}
