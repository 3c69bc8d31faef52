import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { InvocationColumns } from '../canvas-contract.js';
import { bytes, floats, integers, shorts } from './column.js';

const RUNNING = NODE_STATUSES.indexOf('running');
const STATUS_COUNT = NODE_STATUSES.length;

/** One row for each attempt of an invocation; see `InvocationColumns`. */
export class InvocationTable {
  /** Agents by lane. */
  readonly lanes: string[] = [];
  readonly #laneNumbers = new Map<string, number>();
  readonly #lane = shorts();
  readonly #queued = floats();
  readonly #start = floats();
  readonly #end = floats();
  readonly #status = bytes();
  readonly #node = integers();
  readonly #attempt = bytes();
  readonly #startSeq = integers();
  /** Event that ended it; 0 while it goes on. */
  readonly #endSeq = integers();
  readonly #delivery = integers();
  /** Per lane and status, how many rows there are. */
  #totals: number[] = [];
  #activeAt: number[] = [];

  laneOf(agent: string): number {
    let lane = this.#laneNumbers.get(agent);
    if (lane === undefined) {
      lane = this.lanes.push(agent) - 1;
      this.#laneNumbers.set(agent, lane);
    }
    return lane;
  }

  start(
    lane: number,
    queued: number,
    start: number,
    seq: number,
    node: number,
    attempt: number,
    delivery: number,
  ): number {
    this.#lane.push(lane);
    this.#queued.push(Math.min(queued, start));
    this.#start.push(start);
    this.#end.push(Number.NaN);
    this.#status.push(RUNNING);
    this.#node.push(node);
    this.#attempt.push(attempt);
    this.#startSeq.push(seq);
    this.#endSeq.push(0);
    this.#activeAt[lane] = start;
    this.#count(lane, RUNNING, 1);
    return this.#delivery.push(delivery);
  }

  /** One that was over before the first event, which is numbered `seq` + 1. */
  addOld(
    lane: number,
    queued: number,
    start: number,
    end: number,
    status: number,
    node: number,
    attempt: number,
    seq: number,
  ): void {
    this.start(lane, queued, start, seq, node, attempt, 0);
    this.end(this.#lane.length - 1, end, Math.max(1, seq), status);
  }

  isOpen(row: number): boolean {
    return row < this.#endSeq.length && this.#endSeq.at(row) === 0;
  }

  end(row: number, at: number, seq: number, status: number): void {
    this.#end.set(row, Math.max(at, this.#start.at(row)));
    this.#status.set(row, status);
    this.#endSeq.set(row, seq);
    this.#count(this.#lane.at(row), RUNNING, -1);
    this.#count(this.#lane.at(row), status, 1);
  }

  /** Rows that ended with a status (or go on), of one lane. */
  total(lane: number, status: number): number {
    return this.#totals[lane * STATUS_COUNT + status] ?? 0;
  }

  activeAt(lane: number): number {
    return this.#activeAt[lane] ?? 0;
  }

  startOf(row: number): number {
    return this.#start.at(row);
  }

  endOf(row: number): number {
    return this.#end.at(row);
  }

  startSeqOf(row: number): number {
    return this.#startSeq.at(row);
  }

  /** All rows, as they are now. */
  columns(): InvocationColumns {
    return {
      length: this.#lane.length,
      lane: this.#lane.values,
      queued: this.#queued.values,
      start: this.#start.values,
      end: this.#end.values,
      status: this.#status.values,
      node: this.#node.values,
      attempt: this.#attempt.values,
    };
  }

  /** The rows as they were after event `seq`. */
  columnsAt(seq: number): InvocationColumns {
    const length = this.#startSeq.countUpTo(seq);
    const end = this.#end.values.slice(0, length);
    const status = this.#status.values.slice(0, length);
    for (let row = 0; row < length; row++) {
      const endSeq = this.#endSeq.at(row);
      if (endSeq > 0 && endSeq <= seq) continue;
      end[row] = Number.NaN;
      status[row] = RUNNING;
    }
    return { ...this.columns(), length, end, status };
  }

  /** Forgets rows that ended at or before `seq`, from the front; answers how many. */
  dropUpTo(seq: number): number {
    const { length } = this.#endSeq;
    let count = 0;
    while (count < length && this.#endSeq.at(count) > 0 && this.#endSeq.at(count) <= seq) count++;
    for (const column of [this.#lane, this.#queued, this.#start, this.#end, this.#status]) column.drop(count);
    for (const column of [this.#node, this.#attempt, this.#startSeq, this.#endSeq, this.#delivery])
      column.drop(count);
    return count;
  }

  #count(lane: number, status: number, change: number): void {
    const place = lane * STATUS_COUNT + status;
    this.#totals[place] = (this.#totals[place] ?? 0) + change;
  }
}
