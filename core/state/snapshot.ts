import type { AgentMetadata } from '../agents/agent-metadata.js';
import { type ErrorRecord, PubSubError } from '../errors.js';
import { encodeJson, type JsonValue } from '../json.js';
import type { OverflowPolicy } from '../messaging/channel.js';
import type { Message } from '../messaging/message.js';
import type { Publication } from '../messaging/publication.js';
import type { DeliveryStatus } from './delivery.js';
import type { HumanRequest, HumanResolution } from './human-request.js';
import { type LedgerRecord, ledgerOf } from './publish-ledger.js';
import type { RunCounts, RunKind, RunRecord } from './run-record.js';
import type { RunState, StateLimits } from './run-state.js';
import type { Session } from './session.js';
import type { Task } from './task.js';
import type { TreePart } from './tree-snapshot.js';

/** Version of the parts below. A newer one is refused; an older one is migrated by `restore`. */
export const SNAPSHOT_FORMAT = 1;

/** Numbers and names that fit in one record. */
export interface HeadPart {
  readonly part: 'head';
  readonly format: number;
  readonly seq: number;
  readonly paused: boolean;
  readonly session: Session;
  readonly published: number;
  readonly nextDelivery: number;
  readonly limits: StateLimits;
  readonly planned: number;
  readonly treeFirst: number;
  readonly treeNext: number;
}

export interface ChannelPart {
  readonly part: 'channel';
  readonly name: string;
  readonly createdAt: number;
  readonly capacity: number;
  readonly overflow: OverflowPolicy;
  readonly retain: number;
  readonly dropped: number;
  readonly published: number;
  readonly retained: readonly { readonly number: number; readonly node: number; readonly message: Message }[];
  readonly mailboxes: readonly { readonly agent: string; readonly lastReceived: number }[];
  /** Agents subscribed now, in their order. */
  readonly subscribers: readonly string[];
}

export interface RunPart {
  readonly part: 'run';
  readonly id: string;
  readonly kind: RunKind;
  readonly startedAt: number;
  readonly status: RunRecord['status'];
  readonly finishedAt: number | null;
  readonly error: ErrorRecord | null;
  readonly counts: RunCounts;
  readonly tokensUsed: number;
}

export interface DeliveryPart {
  readonly part: 'delivery';
  readonly number: number;
  readonly session: Session;
  /** The message itself, or the number of an earlier delivery part that has it. */
  readonly message: Message | number;
  readonly channel: string;
  readonly agent: string;
  readonly closed: boolean;
  readonly node: number;
  readonly run: string | null;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly dueAt: number;
  readonly errors: readonly ErrorRecord[];
  readonly published: LedgerRecord | null;
  readonly questions: readonly string[];
  readonly tokensReserved: number;
  /** Absent: false. */
  readonly adopted?: true;
}

/** One record of a snapshot: plain JSON. */
export type SnapshotPart =
  | HeadPart
  | ChannelPart
  | RunPart
  | DeliveryPart
  | TreePart
  | { readonly part: 'agent'; readonly agent: AgentMetadata }
  | { readonly part: 'outside-ids'; readonly ids: readonly string[] }
  | { readonly part: 'task'; readonly task: Task }
  /** Tasks that can be claimed, in their order: one that failed has gone to the end. */
  | { readonly part: 'pending-tasks'; readonly ids: readonly string[] }
  | { readonly part: 'cache'; readonly namespace: string; readonly key: string; readonly value: JsonValue }
  | { readonly part: 'human'; readonly request: HumanRequest }
  | { readonly part: 'resolution'; readonly id: string; readonly resolution: HumanResolution };

/**
 * Takes a picture of a state, quickly: what can change is copied, what cannot is shared. Two states that are the same
 * have the same parts, whether they were lived, folded or restored.
 */
export function snapshotOf(state: RunState): SnapshotPart[] {
  return [...partsBesideTree(state), ...state.tree.parts()];
}

/** The head first, then everything but the tree. */
export function partsBesideTree(state: RunState): [HeadPart, ...SnapshotPart[]] {
  const { seq, paused, session, published, nextDelivery, limits, tree } = state;
  return [
    {
      part: 'head',
      format: SNAPSHOT_FORMAT,
      seq,
      paused,
      session,
      published,
      nextDelivery,
      limits,
      planned: state.tasks.planned,
      treeFirst: tree.first,
      treeNext: tree.next,
    },
    ...[...state.agents.values()].map((agent) => ({ part: 'agent', agent }) as const),
    ...channelParts(state),
    ...[...state.runs.values()].map(runPart),
    ...deliveryParts(state),
    ...[...state.humans.values()].map((request) => ({ part: 'human', request }) as const),
    ...[...state.resolutions].map(([id, resolution]) => ({ part: 'resolution', id, resolution }) as const),
    { part: 'outside-ids', ids: state.outsideIds.toJSON() },
    ...[...state.tasks.values()].map((task) => ({ part: 'task', task }) as const),
    { part: 'pending-tasks', ids: [...state.tasks.pendingIds()] },
    ...[...state.cache.entries()].map(
      ([namespace, key, value]) => ({ part: 'cache', namespace, key, value }) as const,
    ),
  ];
}

function channelParts(state: RunState): ChannelPart[] {
  return [...state.channels.values()].map((channel) => ({
    part: 'channel',
    name: channel.name,
    createdAt: channel.createdAt,
    capacity: channel.capacity,
    overflow: channel.overflow,
    retain: channel.retain,
    dropped: channel.droppedCount,
    published: channel.publishedCount,
    retained: channel.retained.map(({ number, node, message }) => ({ number, node, message })),
    mailboxes: [...channel.mailboxes.values()].map(({ agent, lastReceived }) => ({ agent, lastReceived })),
    subscribers: channel.subscribers.map(({ agent }) => agent),
  }));
}

function runPart(run: RunRecord): RunPart {
  const { id, kind, startedAt, status, finishedAt, error, counts, tokensUsed } = run;
  return {
    part: 'run',
    id,
    kind,
    startedAt,
    status,
    finishedAt: finishedAt ?? null,
    error: error ?? null,
    counts: { ...counts },
    tokensUsed,
  };
}

function deliveryParts(state: RunState): DeliveryPart[] {
  const parts: DeliveryPart[] = [];
  // A message that goes to many agents is written once.
  const writtenBy = new Map<Publication, number>();
  for (const delivery of state.unfinished) {
    const { number, publication, mailbox, published } = delivery;
    const earlier = writtenBy.get(publication);
    if (earlier === undefined) writtenBy.set(publication, number);
    parts.push({
      part: 'delivery',
      number,
      session: delivery.session,
      message: earlier ?? publication.message,
      channel: mailbox.channel,
      agent: mailbox.agent,
      closed: mailbox.closed,
      node: delivery.node,
      run: delivery.run?.id ?? null,
      status: delivery.status,
      attempts: delivery.attempts,
      dueAt: delivery.dueAt,
      errors: [...(delivery.errors ?? [])],
      published: published ? ledgerOf(published).toJSON() : null,
      questions: [...(delivery.questions ?? [])],
      tokensReserved: delivery.tokensReserved,
      ...(delivery.isAdopted && { adopted: true as const }),
    });
  }
  return parts;
}

/** Characters of JSON gathered in one record before the next is begun. */
const RECORD_SIZE = 64 * 1024;

/** The parts as records: each the JSON text of a list of parts. Lazy, so that a large state can be written bit by bit. */
export function* encodeParts(parts: readonly SnapshotPart[]): Generator<string> {
  let gathered: string[] = [];
  let size = 0;
  for (const part of parts) {
    const text = encodeJson(part);
    gathered.push(text);
    size += text.length;
    if (size < RECORD_SIZE) continue;
    yield `[${gathered.join(',')}]`;
    gathered = [];
    size = 0;
  }
  yield `[${gathered.join(',')}]`;
}

/** The parts that records hold. @throws PubSubError `SERIALIZATION_ERROR` when a record is none of ours. */
export function* decodeParts(records: Iterable<string>): Generator<SnapshotPart> {
  for (const record of records) {
    let parts: readonly SnapshotPart[];
    try {
      parts = JSON.parse(record);
    } catch (cause) {
      throw new PubSubError('SERIALIZATION_ERROR', 'a record of a snapshot is not JSON', { cause });
    }
    yield* parts;
  }
}
