import { EVENT_KINDS, type MessageRoute } from '../../core/inspection/event-batch.js';
import type { RunEvent } from '../../core/state/run-event.js';
import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { ActivityStart } from './activity.js';
import { shorts } from './column.js';
import type { Lanes } from './lanes.js';
import type { OldRows } from './old-rows.js';
import { APPLICATION, Publishers } from './publishers.js';
import type { TypedBatch } from './typed-batch.js';

const FIRST_INVOCATION = NODE_STATUSES.indexOf('waiting');
const SUCCEEDED = NODE_STATUSES.indexOf('succeeded');
const REFUSED = NODE_STATUSES.indexOf('refused');
const FAILURES = (['failed', 'invalid'] as const).map((status) => NODE_STATUSES.indexOf(status));

/** In a delivery's number of its lane: it has been started, and has not ended since. */
const RUNNING = 0x8000;
const LANE = 0x7fff;
const NOBODY = -1;

/** A route, with what it means here. */
interface Way {
  readonly channel: string;
  readonly lanes: readonly number[];
  /** Who published on it last; see `Flows.#publisherOf`. */
  last: string | undefined;
}

/**
 * Who publishes on which channel, and how often each agent has worked: all that a graph tells of the past. It is much less
 * than lists and lanes need (2 bytes a delivery, some nanoseconds an event), so that it need not be known before somebody
 * asks, also in a flood of events.
 */
export class Flows {
  readonly publishers: Publishers = new Publishers();
  /** Sequence number of the newest event that was taken in. */
  seq: number;
  readonly #lanes: Lanes;
  /** Number of the first delivery whose lane is known. */
  #base: number;
  /** By delivery: its lane, with `RUNNING`. */
  readonly #deliveries = shorts();
  readonly #ways: Way[] = [];
  // By lane.
  readonly #started: number[] = [];
  readonly #succeeded: number[] = [];
  readonly #failed: number[] = [];
  readonly #activeAt: number[] = [];

  constructor({ seq, parts, old }: ActivityStart, lanes: Lanes) {
    this.seq = seq;
    this.#lanes = lanes;
    const head = parts.find((part) => part.part === 'head');
    const pending = parts.filter((part) => part.part === 'delivery');
    this.#base = pending[0]?.number ?? head?.nextDelivery ?? 1;
    this.#takeOld(old);
    for (const { number, agent, status } of pending) {
      this.#skipTo(number);
      this.#deliveries.push(lanes.of(agent) | (status === 'running' ? RUNNING : 0));
    }
    this.#skipTo(head?.nextDelivery ?? 1);
  }

  /** Lane of a delivery; -1 when it is not known. */
  laneOf(delivery: number): number {
    const place = delivery - this.#base;
    return place < 0 || place >= this.#deliveries.length ? NOBODY : this.#deliveries.at(place) & LANE;
  }

  /** Invocations of a lane since the beginning: started, ended well, ended badly; and when it last started one. */
  of(lane: number): { started: number; succeeded: number; failed: number; activeAt: number } {
    return {
      started: this.#started[lane] ?? 0,
      succeeded: this.#succeeded[lane] ?? 0,
      failed: this.#failed[lane] ?? 0,
      activeAt: this.#activeAt[lane] ?? 0,
    };
  }

  /** Takes the next events in; `routes` are all those that their numbers may mean. */
  take(batch: TypedBatch, routes: readonly MessageRoute[]): void {
    const { first, kind, at, delivery, publisher, route, bodies } = batch;
    const [deliveries, started, succeeded, activeAt] = [
      this.#deliveries,
      this.#started,
      this.#succeeded,
      this.#activeAt,
    ];
    const base = this.#base;
    let { values } = deliveries;
    let publish = 0;
    let body = 0;
    for (let index = 0; index < kind.length; index++) {
      const place = (delivery[index] ?? 0) - base;
      switch (kind[index]) {
        case EVENT_KINDS.published: {
          const way = this.#wayOf(route[publish] ?? 0, routes);
          this.#published(way, first + index, publisher[publish] ?? 0);
          publish++;
          for (const lane of way.lanes) deliveries.push(lane);
          values = deliveries.values;
          break;
        }
        case EVENT_KINDS.started: {
          const lane = (values[place] ?? 0) & LANE;
          values[place] = lane | RUNNING;
          started[lane] = (started[lane] ?? 0) + 1;
          activeAt[lane] = at[index] ?? 0;
          break;
        }
        case EVENT_KINDS.succeeded: {
          const lane = (values[place] ?? 0) & LANE;
          values[place] = lane;
          succeeded[lane] = (succeeded[lane] ?? 0) + 1;
          break;
        }
        default: {
          const event = bodies[body++];
          if (event) this.#body(event);
          values = deliveries.values;
        }
      }
    }
    this.seq = first + kind.length - 1;
  }

  /** Forgets the lanes of deliveries before `number`. */
  dropBefore(number: number): void {
    const count = Math.min(Math.max(0, number - this.#base), this.#deliveries.length);
    this.#deliveries.drop(count);
    this.#base += count;
  }

  #skipTo(number: number): void {
    while (this.#base + this.#deliveries.length < number) this.#deliveries.push(0);
  }

  #wayOf(number: number, routes: readonly MessageRoute[]): Way {
    const known = this.#ways[number];
    if (known) return known;
    const { channel, to } = routes[number] ?? { channel: '', to: [] };
    const way = { channel, lanes: to.map((agent) => this.#lanes.of(agent)), last: undefined };
    this.#ways[number] = way;
    return way;
  }

  #published(way: Way, seq: number, publisher: number): void {
    const name = this.#publisherOf(publisher);
    if (name === way.last) return;
    way.last = name;
    this.publishers.note(way.channel, name, seq);
  }

  #publisherOf(delivery: number): string {
    return delivery > 0 ? this.#lanes.nameOf(this.laneOf(delivery)) : APPLICATION;
  }

  #body(event: RunEvent): void {
    switch (event.type) {
      case 'message.published':
        this.publishers.note(event.message.channel ?? '', this.#publisherOf(event.publisher ?? 0), event.seq);
        for (const agent of event.to) this.#deliveries.push(this.#lanes.of(agent));
        return;
      case 'message.handed':
      case 'delivery.redelivered':
        this.#deliveries.push(this.#lanes.of(event.to));
        return;
      case 'delivery.failed':
        // What was refused before it began is no invocation.
        if (this.#ended(event.delivery)) {
          const lane = this.laneOf(event.delivery);
          this.#failed[lane] = (this.#failed[lane] ?? 0) + 1;
        }
        return;
      case 'delivery.retrying':
      case 'delivery.dropped':
      case 'delivery.returned':
        this.#ended(event.delivery);
    }
  }

  /** True when it had been started. */
  #ended(delivery: number): boolean {
    const place = delivery - this.#base;
    const before = this.#deliveries.at(place);
    if ((before & RUNNING) === 0) return false;
    this.#deliveries.set(place, before & LANE);
    return true;
  }

  /** What the tree remembers of the time before: it reads columns, and looks each name up once. */
  #takeOld(old: OldRows): void {
    const lanes: number[] = [];
    const lastPublishers: number[] = [];
    for (const { chunk, from, to } of old.chunks()) {
      for (let index = from; index < to; index++) {
        const row = chunk.rowAt(index);
        const status = chunk.status(row);
        const label = chunk.label(row);
        if (status < FIRST_INVOCATION) {
          if (status !== REFUSED) this.#oldPublish(old, label, chunk.parent(row), lastPublishers);
          continue;
        }
        if (Number.isNaN(chunk.duration(row))) continue;
        const lane = lanes[label] ?? this.#lanes.of(old.name(label).agent);
        lanes[label] = lane;
        this.#started[lane] = (this.#started[lane] ?? 0) + 1;
        this.#activeAt[lane] = Math.max(this.#activeAt[lane] ?? 0, chunk.time(row));
        const sums = status === SUCCEEDED ? this.#succeeded : FAILURES.includes(status) ? this.#failed : [];
        sums[lane] = (sums[lane] ?? 0) + 1;
      }
    }
  }

  #oldPublish(old: OldRows, label: number, parent: number, last: number[]): void {
    const known = old.has(parent);
    // The parent has published it; when that is no longer kept, nobody knows who.
    if (!known && parent > 0) return;
    const by = known ? old.label(parent) : NOBODY;
    if (last[label] === by) return;
    last[label] = by;
    this.publishers.note(old.name(label).channel, known ? old.name(by).agent : APPLICATION, 0);
  }
}
