import type { ExecutionTree } from '../../core/state/execution-tree.js';
import { type InvocationNode, NODE_STATUSES } from '../../core/state/tree-node.js';
import type { Activity } from './activity.js';
import type { PanelStore } from './panel-store.js';

/** A message as a row of the list: what became of it, up to the position that is shown. */
export interface MessageRow {
  readonly seq: number;
  readonly at: number;
  readonly id: string;
  readonly node: number;
  readonly channel: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly run: string | null;
  /** The most telling of `statuses`; places in `NODE_STATUSES`. */
  readonly status: number;
  /** Of each delivery. */
  readonly statuses: readonly number[];
  /** Nodes of the deliveries. */
  readonly nodes: readonly number[];
  /** The longest of the invocations that have ended. */
  readonly durationMs: number | undefined;
  readonly settled: boolean;
}

const place = (status: (typeof NODE_STATUSES)[number]): number => NODE_STATUSES.indexOf(status);
const [WAITING, RUNNING, UNHEARD] = [place('waiting'), place('running'), place('unheard')];
/** From the most telling to the least. */
const TELLING = (
  [
    'failed',
    'invalid',
    'running',
    'retrying',
    'parked',
    'dropped',
    'waiting',
    'cancelled',
    'succeeded',
  ] as const
).map(place);

/** The message in this place of what was gathered; undefined when it is not kept. */
export function messageRow(
  store: PanelStore,
  index: number,
  activity: Activity | undefined = store.recording?.activity,
): MessageRow | undefined {
  const { recording } = store;
  if (!recording || !activity || index < 0 || index >= activity.messages.length) return undefined;
  const { messages, deliveries, invocations } = activity;
  const { log } = recording;
  const seq = messages.seqOf(index);
  if (seq === 0) return oldRow(store.state.tree, messages.nodeOf(index));
  const compact = log.kindOf(seq) === 1 ? log.publishOf(seq) : undefined;
  const body = compact ? undefined : log.bodyOf(seq);
  const whole = body?.type === 'message.published' ? body : undefined;
  if (!compact && !whole) return undefined;
  const to = compact?.route.to ?? whole?.to ?? [];
  const publisher = messages.publisherOf(index);
  const first = messages.firstDeliveryOf(index);
  const shownTo = store.seq;

  const statuses: number[] = [];
  const nodes: number[] = [];
  let durationMs: number | undefined;
  let settled = true;
  for (let number = first; number < first + to.length; number++) {
    const row = deliveries.row(number);
    const settledAt = deliveries.settledAt(number);
    nodes.push(deliveries.node(number));
    if (settledAt > 0 && settledAt <= shownTo) {
      statuses.push(deliveries.status(number));
    } else {
      settled = false;
      const started = row >= 0 && invocations.startSeqOf(row) <= shownTo;
      statuses.push(store.live ? deliveries.status(number) : started ? RUNNING : WAITING);
      continue;
    }
    if (row < 0) continue;
    const took = invocations.endOf(row) - invocations.startOf(row);
    if (!Number.isNaN(took)) durationMs = Math.max(durationMs ?? 0, took);
  }
  const from =
    publisher > 0 ? (invocations.lanes[deliveries.lane(publisher)] ?? '') : (whole?.message.source ?? 'app');
  return {
    seq,
    at: log.timeOf(seq),
    id: whole?.message.id ?? messages.regularId(index, compact?.ordinal ?? 0),
    node: messages.nodeOf(index),
    channel: compact?.route.channel ?? whole?.message.channel ?? '',
    from,
    to,
    run: compact ? compact.route.run : (whole?.run ?? null),
    status: to.length === 0 ? UNHEARD : (TELLING.find((status) => statuses.includes(status)) ?? WAITING),
    statuses,
    nodes,
    durationMs,
    settled,
  };
}

/** A message from before the first event, as the tree remembers it. */
function oldRow(tree: ExecutionTree, node: number): MessageRow | undefined {
  const publish = tree.get(node);
  if (publish?.kind !== 'publish') return undefined;
  const publisher = tree.get(publish.parent);
  const invocations: InvocationNode[] = [];
  // The deliveries of a message are numbered right after it.
  for (let next = tree.get(node + 1); next?.kind === 'invocation' && next.parent === node; ) {
    invocations.push(next);
    next = tree.get(next.number + 1);
  }
  const statuses = invocations.map(({ status }) => place(status));
  const took = invocations.flatMap(({ durationMs }) => (durationMs === undefined ? [] : [durationMs]));
  return {
    seq: 0,
    at: publish.publishedAt,
    id: publish.id,
    node,
    channel: publish.channel,
    from: publisher?.kind === 'invocation' ? publisher.agent : 'app',
    to: invocations.map(({ agent }) => agent),
    run: publish.run ?? null,
    status:
      TELLING.find((status) => statuses.includes(status)) ??
      place(publish.status === 'published' ? 'waiting' : publish.status),
    statuses,
    nodes: invocations.map(({ number }) => number),
    durationMs: took.length > 0 ? Math.max(...took) : undefined,
    settled: invocations.every(({ status }) => FINAL.has(status)),
  };
}

const FINAL: ReadonlySet<string> = new Set(['succeeded', 'failed', 'invalid', 'dropped', 'cancelled']);
