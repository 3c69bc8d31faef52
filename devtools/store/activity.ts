import type { ErrorRecord } from '../../core/errors.js';
import { EVENT_KINDS, type EventBatch, type MessageRoute } from '../../core/inspection/event-batch.js';
import type { ExecutionTree } from '../../core/state/execution-tree.js';
import type { RunEvent } from '../../core/state/run-event.js';
import type { RunState } from '../../core/state/run-state.js';
import type { DeliveryPart, SnapshotPart } from '../../core/state/snapshot.js';
import { NODE_STATUSES } from '../../core/state/tree-node.js';
import { DeliveryIndex } from './delivery-index.js';
import { InvocationTable } from './invocation-table.js';
import { MessageTable } from './message-table.js';
import { takeOld } from './old-activity.js';
import type { OldRows } from './old-rows.js';
import { APPLICATION, Publishers } from './publishers.js';

const code = (status: (typeof NODE_STATUSES)[number]): number => NODE_STATUSES.indexOf(status);
const RUNNING = code('running');
const SUCCEEDED = code('succeeded');

/** Something went wrong, at an event. */
export interface Problem {
  readonly seq: number;
  readonly at: number;
  readonly kind: 'failed' | 'invalid' | 'retrying' | 'dropped' | 'refused' | 'run';
  readonly agent: string;
  readonly channel: string;
  /** Number of the node in the tree; 0 when it has none. */
  readonly node: number;
  readonly error: ErrorRecord | undefined;
}

/** A route, with what it means here. */
interface Way {
  readonly channel: string;
  /** Who gets what goes this way. */
  readonly lanes: readonly number[];
  /** Who published on it last. */
  lastLane: number;
}

const NOBODY = -2;
const APPLICATION_LANE = -1;

/** Problems kept; the counts go on. */
const MOST_PROBLEMS = 20_000;

/**
 * What the lists and lanes of the panel show, gathered event by event as it comes, in columns: who worked when, which
 * message led to what, what went wrong. A few array writes an event; the state proper is the fold's business.
 */
export class Activity {
  readonly deliveries: DeliveryIndex;
  readonly invocations: InvocationTable;
  readonly messages: MessageTable;
  readonly publishers: Publishers = new Publishers();
  problems: Problem[] = [];
  /** The first node the next event may make, as the fold will number it. */
  #nextNode: number;
  readonly #nodeLimit: number;
  readonly #ways: Way[] = [];
  /** Events that end many deliveries at once, which is best read from a state that has them behind it. */
  #sweeps: { readonly seq: number; readonly at: number }[] = [];

  constructor(parts: readonly SnapshotPart[], old: OldRows) {
    const head = parts.find((part) => part.part === 'head');
    const pending = parts.filter((part): part is DeliveryPart => part.part === 'delivery');
    this.#nextNode = head?.treeNext ?? 1;
    this.#nodeLimit = head?.limits.nodes ?? 100_000;
    this.deliveries = new DeliveryIndex(pending[0]?.number ?? head?.nextDelivery ?? 1);
    this.invocations = new InvocationTable();
    this.messages = new MessageTable(head?.session, head?.nextDelivery ?? 1);
    takeOld(old, head?.seq ?? 0, this);
    for (const part of pending)
      this.#adopt(part, head?.seq ?? 0, old.has(part.node) ? old.time(part.node) : 0);
    this.deliveries.skipTo(head?.nextDelivery ?? 1);
  }

  #adopt(part: DeliveryPart, seq: number, at: number): void {
    this.deliveries.skipTo(part.number);
    const lane = this.invocations.laneOf(part.agent);
    const delivery = this.deliveries.add(lane, at, 0, part.node);
    this.deliveries.setStatus(delivery, code(part.status), 0);
    if (part.status !== 'running') return;
    const row = this.invocations.start(lane, at, at, seq, part.node, part.attempts);
    this.deliveries.setRow(delivery, row);
  }

  /** Takes a batch in; `routes` are all those that its numbers may mean. */
  take(
    { first, kind, at, delivery, publisher, route, bodies }: EventBatch,
    routes: readonly MessageRoute[],
  ): void {
    let publish = 0;
    let body = 0;
    for (let index = 0; index < kind.length; index++) {
      const seq = first + index;
      switch (kind[index]) {
        case EVENT_KINDS.started:
          this.#started(seq, at[index] ?? 0, delivery[index] ?? 0);
          break;
        case EVENT_KINDS.succeeded:
          this.#close(delivery[index] ?? 0, SUCCEEDED, seq, at[index] ?? 0, true);
          break;
        case EVENT_KINDS.published: {
          const way = this.#wayOf(route[publish] ?? 0, routes);
          this.#publishedBy(way, seq, at[index] ?? 0, publisher[publish] ?? 0);
          publish++;
          break;
        }
        default: {
          const event = bodies[body++];
          if (event) this.#body(event);
        }
      }
    }
  }

  /** Settles what whole runs, sessions and channels took with them, once `state` has those events behind it. */
  sweep(state: RunState): void {
    const due = this.#sweeps.findLast(({ seq }) => seq <= state.seq);
    if (!due) return;
    this.#sweeps = this.#sweeps.filter(({ seq }) => seq > due.seq);
    for (const number of this.deliveries.unsettled()) {
      const delivery = state.unfinished.find(number);
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
    this.problems = this.problems.filter((problem) => problem.seq > seq);
  }

  #wayOf(number: number, routes: readonly MessageRoute[]): Way {
    const known = this.#ways[number];
    if (known) return known;
    const { channel, to } = routes[number] ?? { channel: '', to: [] };
    const way = { channel, lanes: to.map((agent) => this.invocations.laneOf(agent)), lastLane: NOBODY };
    this.#ways[number] = way;
    return way;
  }

  #publishedBy(way: Way, seq: number, at: number, publisher: number): void {
    const lane = publisher > 0 ? this.deliveries.lane(publisher) : APPLICATION_LANE;
    if (lane !== way.lastLane) {
      way.lastLane = lane;
      this.publishers.note(way.channel, this.#nameOf(publisher), seq);
    }
    this.messages.add(seq, this.deliveries.next, publisher, this.#nextNode++);
    for (const each of way.lanes) this.deliveries.add(each, at, seq, this.#nextNode++);
  }

  #nameOf(publisher: number): string {
    return publisher > 0 ? (this.invocations.lanes[this.deliveries.lane(publisher)] ?? '') : APPLICATION;
  }

  #delivery(agent: string, at: number, messageSeq: number): void {
    this.deliveries.add(this.invocations.laneOf(agent), at, messageSeq, this.#nextNode++);
  }

  #started(seq: number, at: number, delivery: number): void {
    const { deliveries, invocations } = this;
    // As the fold does: a node that is no longer kept gets a successor.
    if (deliveries.node(delivery) < this.#nextNode - this.#nodeLimit)
      deliveries.setNode(delivery, this.#nextNode++);
    const lane = deliveries.lane(delivery);
    const queued = deliveries.queued(delivery);
    const node = deliveries.node(delivery);
    const row = invocations.start(lane, queued, at, seq, node, deliveries.attempt(delivery));
    deliveries.setRow(delivery, row);
    deliveries.setStatus(delivery, RUNNING, 0);
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
        this.publishers.note(event.message.channel ?? '', this.#nameOf(event.publisher ?? 0), seq);
        this.messages.add(seq, this.deliveries.next, event.publisher ?? 0, this.#nextNode++);
        for (const agent of event.to) this.#delivery(agent, at, seq);
        return;
      case 'message.handed':
        this.#delivery(event.to, at, 0);
        return;
      case 'delivery.redelivered':
        this.#delivery(event.to, at, 0);
        return;
      case 'message.refused':
        this.#nextNode++;
        this.#problem(
          { seq, at, kind: 'refused', agent: '', channel: event.channel, node: event.node },
          event.reason,
        );
        return;
      case 'delivery.retrying':
        this.#close(event.delivery, code('retrying'), seq, at, false);
        this.deliveries.requeue(event.delivery, event.dueAt);
        this.#failure(event, 'retrying', event.error);
        return;
      case 'delivery.failed':
        this.#ended(seq, at, event.delivery, event.invalid ? code('invalid') : code('failed'));
        this.#failure(event, event.invalid ? 'invalid' : 'failed', event.error);
        return;
      case 'delivery.dropped':
        this.#ended(seq, at, event.delivery, code('dropped'));
        this.#failure(event, 'dropped', undefined);
        return;
      case 'delivery.returned':
        this.#close(event.delivery, event.parked ? code('parked') : code('waiting'), seq, at, false);
        this.deliveries.requeue(event.delivery, at);
        return;
      case 'run.ended':
        this.#sweeps.push({ seq, at });
        if (event.error)
          this.#problem({ seq, at, kind: 'run', agent: '', channel: '', node: 0 }, event.error);
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

  #failure(
    { seq, at, delivery }: { readonly seq: number; readonly at: number; readonly delivery: number },
    kind: Problem['kind'],
    error: ErrorRecord | undefined,
  ): void {
    const agent = this.invocations.lanes[this.deliveries.lane(delivery)] ?? '';
    this.#problem({ seq, at, kind, agent, channel: '', node: this.deliveries.node(delivery) }, error);
  }

  #problem(problem: Omit<Problem, 'error'>, error: ErrorRecord | undefined): void {
    this.problems.push({ ...problem, error });
    if (this.problems.length > MOST_PROBLEMS * 1.1) this.problems = this.problems.slice(-MOST_PROBLEMS);
  }
}
