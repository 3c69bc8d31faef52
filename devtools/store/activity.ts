import { EVENT_KINDS, type MessageRoute } from '../../core/inspection/event-batch.js';
import type { ExecutionTree } from '../../core/state/execution-tree.js';
import type { RunEvent } from '../../core/state/run-event.js';
import type { RunState } from '../../core/state/run-state.js';
import type { DeliveryPart, SnapshotPart } from '../../core/state/snapshot.js';
import { NODE_STATUSES } from '../../core/state/tree-node.js';
import { DeliveryIndex } from './delivery-index.js';
import { InvocationTable } from './invocation-table.js';
import type { Lanes } from './lanes.js';
import { MessageTable } from './message-table.js';
import { takeOld } from './old-activity.js';
import type { OldRows } from './old-rows.js';
import type { Problems } from './problems.js';
import type { TypedBatch } from './typed-batch.js';

const code = (status: (typeof NODE_STATUSES)[number]): number => NODE_STATUSES.indexOf(status);
const RUNNING = code('running');
const SUCCEEDED = code('succeeded');

/** A route, with what it means here. */
interface Way {
  /** Who gets what goes this way. */
  readonly lanes: readonly number[];
}

/** What activity is gathered from. */
export interface ActivityStart {
  /** The event before the first. */
  readonly seq: number;
  /** The state after it. */
  readonly parts: readonly SnapshotPart[];
  /** The rows of its tree. */
  readonly old: OldRows;
  /** Whether lists begin with what the tree remembers of the time before. */
  readonly showsOld: boolean;
}

/**
 * What the lists and lanes of the panel show, gathered event by event as it comes, in columns: who worked when, which
 * message led to what, what went wrong. A few array writes an event; the state proper is the fold's business.
 */
export class Activity {
  readonly deliveries: DeliveryIndex;
  readonly invocations: InvocationTable;
  readonly messages: MessageTable;
  /** Sequence number of the event before the first that was taken in. */
  readonly first: number;
  /** Sequence number of the newest event that was taken in. */
  seq: number;
  /** The first node the next event may make, as the fold will number it. */
  #nextNode: number;
  readonly #nodeLimit: number;
  readonly #problems: Problems;
  readonly #ways: Way[] = [];
  /** Events that end many deliveries at once, which is best read from a state that has them behind it. */
  #sweeps: { readonly seq: number; readonly at: number }[] = [];

  /** @param memory one that is no longer used: its tables are filled anew. */
  constructor(
    { seq, parts, old, showsOld }: ActivityStart,
    lanes: Lanes,
    problems: Problems,
    memory?: Activity,
  ) {
    const head = parts.find((part) => part.part === 'head');
    this.#problems = problems;
    this.first = seq;
    this.seq = seq;
    const pending = parts.filter((part): part is DeliveryPart => part.part === 'delivery');
    this.#nextNode = head?.treeNext ?? 1;
    this.#nodeLimit = head?.limits.nodes ?? 100_000;
    const oldest = pending[0]?.number ?? head?.nextDelivery ?? 1;
    this.deliveries = memory?.deliveries ?? new DeliveryIndex(oldest);
    this.invocations = memory?.invocations ?? new InvocationTable(lanes);
    if (memory) this.deliveries.clear(oldest);
    if (memory) this.invocations.clear();
    this.messages = new MessageTable(head?.session, head?.nextDelivery ?? 1);
    if (showsOld) takeOld(old, seq, this);
    for (const part of pending) this.#adopt(part, seq, old.has(part.node) ? old.time(part.node) : 0);
    this.deliveries.skipTo(head?.nextDelivery ?? 1);
  }

  #adopt(part: DeliveryPart, seq: number, at: number): void {
    this.deliveries.skipTo(part.number);
    const lane = this.invocations.laneOf(part.agent);
    const delivery = this.deliveries.add(lane, at, part.node);
    this.deliveries.setStatus(delivery, code(part.status), 0);
    if (part.status !== 'running') return;
    const row = this.invocations.start(lane, at, at, seq, part.node, part.attempts);
    this.deliveries.setRow(delivery, row);
  }

  /** Takes the next events in; `routes` are all those that their numbers may mean. */
  take(batch: TypedBatch, routes: readonly MessageRoute[]): void {
    const { first, kind, publisher, route, bodies } = batch;
    const { length } = kind;
    let publish = 0;
    let body = 0;
    for (let index = 0; index < length; ) {
      switch (kind[index]) {
        case EVENT_KINDS.published: {
          const way = this.#wayOf(route[publish] ?? 0, routes);
          this.#publishedBy(way, first + index, batch.at[index] ?? 0, publisher[publish] ?? 0);
          publish++;
          index++;
          break;
        }
        case EVENT_KINDS.started:
        case EVENT_KINDS.succeeded:
          index = this.#startedAndSucceeded(batch, index);
          break;
        default: {
          const event = bodies[body++];
          if (event) this.#body(event);
          index++;
        }
      }
    }
    this.seq = first + length - 1;
  }

  /** Settles what whole runs, sessions and channels took with them, once `state` has those events behind it. */
  sweep(state: RunState): void {
    const due = this.#sweeps.findLast(({ seq }) => seq <= state.seq);
    if (!due) return;
    this.#sweeps = this.#sweeps.filter(({ seq }) => seq > due.seq);
    // Asked for one of them, the executor's own list would keep an index from then on, at the cost of each delivery.
    const unfinished = new Map([...state.unfinished].map((delivery) => [delivery.number, delivery]));
    for (const number of this.deliveries.unsettled()) {
      const delivery = unfinished.get(number);
      const status = delivery?.status ?? state.tree.get(this.deliveries.node(number))?.status ?? 'cancelled';
      if (status === 'running') continue;
      const settled = !delivery;
      this.#close(number, code(status), due.seq, due.at, settled);
    }
  }

  /** The event that published the message of a node: the publish itself, or what an invocation was given. */
  messageOf(tree: ExecutionTree, node: number): number | undefined {
    const found = tree.get(node);
    const row = this.messages.rowOfNode(found?.kind === 'invocation' ? found.parent : node);
    return row < 0 ? undefined : this.messages.seqOf(row) || undefined;
  }

  dropUpTo(seq: number): void {
    this.messages.dropUpTo(seq);
    const rows = this.invocations.dropUpTo(seq);
    // Publishers are looked up by their deliveries, which are a little older than their messages.
    const { messages, deliveries } = this;
    const oldest =
      messages.length > 0 ? messages.publisherOf(0) || messages.firstDeliveryOf(0) : deliveries.next;
    deliveries.dropUpTo(oldest, rows);
  }

  #wayOf(number: number, routes: readonly MessageRoute[]): Way {
    const known = this.#ways[number];
    if (known) return known;
    const way = { lanes: (routes[number]?.to ?? []).map((agent) => this.invocations.laneOf(agent)) };
    this.#ways[number] = way;
    return way;
  }

  #publishedBy(way: Way, seq: number, at: number, publisher: number): void {
    this.messages.add(seq, this.deliveries.next, publisher, this.#nextNode++);
    for (const each of way.lanes) this.deliveries.add(each, at, this.#nextNode++);
  }

  #delivery(agent: string, at: number): void {
    this.deliveries.add(this.invocations.laneOf(agent), at, this.#nextNode++);
  }

  /**
   * Takes in starts and good ends, which are two of three events, up to the next of another kind; answers where that is.
   * Right to the columns, one loop for many: by calls for each event it took three times as long.
   */
  #startedAndSucceeded({ first, kind, at, delivery }: TypedBatch, from: number): number {
    const { deliveries, invocations } = this;
    const { base, columns } = deliveries;
    const rows = invocations.reserve(kind.length - from);
    const oldest = this.#nextNode - this.#nodeLimit;
    let { length } = invocations;
    let index = from;
    for (; index < kind.length; index++) {
      const place = (delivery[index] ?? 0) - base;
      const time = at[index] ?? 0;
      if (kind[index] === EVENT_KINDS.started) {
        const row = length++;
        const lane = columns.lane[place] ?? 0;
        const queued = columns.queued[place] ?? 0;
        let node = columns.node[place] ?? 0;
        if (node < oldest) {
          // As the fold does: a node that is no longer kept gets a successor.
          node = this.#nextNode++;
          columns.node[place] = node;
        }
        const attempt = Math.min(255, (columns.attempt[place] ?? 0) + 1);
        columns.attempt[place] = attempt;
        columns.row[place] = length;
        columns.status[place] = RUNNING;
        rows.lane[row] = lane;
        rows.queued[row] = Math.min(queued, time);
        rows.start[row] = time;
        rows.end[row] = Number.NaN;
        rows.status[row] = RUNNING;
        rows.node[row] = node;
        rows.attempt[row] = attempt;
        rows.startSeq[row] = first + index;
      } else if (kind[index] === EVENT_KINDS.succeeded) {
        const row = (columns.row[place] ?? 0) - 1;
        columns.status[place] = SUCCEEDED;
        columns.settled[place] = first + index;
        if (row < 0 || rows.endSeq[row] !== 0) continue;
        const start = rows.start[row] ?? 0;
        rows.end[row] = Math.max(time, start);
        rows.status[row] = SUCCEEDED;
        rows.endSeq[row] = first + index;
      } else break;
    }
    invocations.length = length;
    return index;
  }

  #ended(seq: number, at: number, delivery: number, status: number): void {
    this.#close(delivery, status, seq, at, true);
  }

  #close(delivery: number, status: number, seq: number, at: number, settled: boolean): void {
    const row = this.deliveries.row(delivery);
    if (row >= 0 && this.invocations.isOpen(row)) this.invocations.end(row, at, seq, status);
    this.deliveries.setStatus(delivery, status, settled ? seq : 0);
  }

  #body(event: RunEvent): void {
    const { seq, at } = event;
    switch (event.type) {
      case 'message.published':
        this.messages.add(seq, this.deliveries.next, event.publisher ?? 0, this.#nextNode++);
        for (const agent of event.to) this.#delivery(agent, at);
        return;
      case 'message.handed':
        this.#delivery(event.to, at);
        return;
      case 'delivery.redelivered':
        this.#delivery(event.to, at);
        return;
      case 'message.refused':
        this.#nextNode++;
        return;
      case 'delivery.retrying':
        this.#close(event.delivery, code('retrying'), seq, at, false);
        this.deliveries.requeue(event.delivery, event.dueAt);
        this.#locate(event);
        return;
      case 'delivery.failed':
        this.#ended(seq, at, event.delivery, event.invalid ? code('invalid') : code('failed'));
        this.#locate(event);
        return;
      case 'delivery.dropped':
        this.#ended(seq, at, event.delivery, code('dropped'));
        this.#locate(event);
        return;
      case 'delivery.returned':
        this.#close(event.delivery, event.parked ? code('parked') : code('waiting'), seq, at, false);
        this.deliveries.requeue(event.delivery, at);
        return;
      case 'run.ended':
        this.#sweeps.push({ seq, at });
        return;
      case 'executor.opened':
        this.messages.session(
          { prefix: event.session, startedAt: String(Math.floor(at)) },
          this.deliveries.next,
        );
        this.#sweeps.push({ seq, at });
        return;
      case 'channel.closed':
        this.#sweeps.push({ seq, at });
        return;
    }
  }

  /** Where the problem of an event happened. */
  #locate({ seq, delivery }: { readonly seq: number; readonly delivery: number }): void {
    const agent = this.invocations.lanes[this.deliveries.lane(delivery)] ?? '';
    this.#problems.locate(seq, agent, this.deliveries.node(delivery));
  }
}
