import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { InvocationColumns } from '../canvas-contract.js';
import { countUpTo, longerBytes, longerFloats, longerIntegers, longerShorts } from './column.js';

const RUNNING = NODE_STATUSES.indexOf('running');
const STATUS_COUNT = NODE_STATUSES.length;
const CAPACITY = 1024;

/** One row for each attempt of an invocation; see `InvocationColumns`. */
export class InvocationTable {
  /** Agents by lane. */
  readonly lanes: string[] = [];
  readonly #laneNumbers = new Map<string, number>();
  #length = 0;
  #lane = new Uint16Array(CAPACITY);
  #queued = new Float64Array(CAPACITY);
  #start = new Float64Array(CAPACITY);
  #end = new Float64Array(CAPACITY);
  #status = new Uint8Array(CAPACITY);
  #node = new Uint32Array(CAPACITY);
  #attempt = new Uint8Array(CAPACITY);
  #startSeq = new Uint32Array(CAPACITY);
  /** Event that ended it; 0 while it goes on. */
  #endSeq = new Uint32Array(CAPACITY);
  /** Per lane and status, how many rows there are. */
  #totals: number[] = [];
  #activeAt: number[] = [];

  /** Makes room for so many rows, so that they need not be moved while they come. */
  reserve(rows: number): void {
    while (this.#lane.length < rows) this.#grow();
  }

  laneOf(agent: string): number {
    let lane = this.#laneNumbers.get(agent);
    if (lane === undefined) {
      lane = this.lanes.push(agent) - 1;
      this.#laneNumbers.set(agent, lane);
    }
    return lane;
  }

  /** Adds a row and answers its place. */
  start(lane: number, queued: number, start: number, seq: number, node: number, attempt: number): number {
    const row = this.#length;
    if (row === this.#lane.length) this.#grow();
    this.#length = row + 1;
    this.#lane[row] = lane;
    this.#queued[row] = Math.min(queued, start);
    this.#start[row] = start;
    this.#end[row] = Number.NaN;
    this.#status[row] = RUNNING;
    this.#node[row] = node;
    this.#attempt[row] = attempt;
    this.#startSeq[row] = seq;
    this.#endSeq[row] = 0;
    this.#activeAt[lane] = start;
    this.#count(lane, RUNNING, 1);
    return row;
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
    this.end(this.start(lane, queued, start, seq, node, attempt), end, Math.max(1, seq), status);
  }

  isOpen(row: number): boolean {
    return row < this.#length && this.#endSeq[row] === 0;
  }

  end(row: number, at: number, seq: number, status: number): void {
    const lane = this.#lane[row] ?? 0;
    this.#end[row] = Math.max(at, this.#start[row] ?? 0);
    this.#status[row] = status;
    this.#endSeq[row] = seq;
    this.#count(lane, RUNNING, -1);
    this.#count(lane, status, 1);
  }

  /** Rows that ended with a status (or go on), of one lane. */
  total(lane: number, status: number): number {
    return this.#totals[lane * STATUS_COUNT + status] ?? 0;
  }

  activeAt(lane: number): number {
    return this.#activeAt[lane] ?? 0;
  }

  startOf(row: number): number {
    return this.#start[row] ?? 0;
  }

  endOf(row: number): number {
    return this.#end[row] ?? 0;
  }

  startSeqOf(row: number): number {
    return this.#startSeq[row] ?? 0;
  }

  /** All rows, as they are now. */
  columns(): InvocationColumns {
    return {
      length: this.#length,
      lane: this.#lane,
      queued: this.#queued,
      start: this.#start,
      end: this.#end,
      status: this.#status,
      node: this.#node,
      attempt: this.#attempt,
    };
  }

  /** The rows as they were after event `seq`. */
  columnsAt(seq: number): InvocationColumns {
    const length = countUpTo(this.#startSeq, this.#length, seq);
    const end = this.#end.slice(0, length);
    const status = this.#status.slice(0, length);
    for (let row = 0; row < length; row++) {
      const endSeq = this.#endSeq[row] ?? 0;
      if (endSeq > 0 && endSeq <= seq) continue;
      end[row] = Number.NaN;
      status[row] = RUNNING;
    }
    return { ...this.columns(), length, end, status };
  }

  /** Forgets rows that ended at or before `seq`, from the front; answers how many. */
  dropUpTo(seq: number): number {
    let count = 0;
    while (count < this.#length && this.#endedBy(count, seq)) count++;
    for (const column of [this.#lane, this.#queued, this.#start, this.#end, this.#status])
      column.copyWithin(0, count, this.#length);
    for (const column of [this.#node, this.#attempt, this.#startSeq, this.#endSeq])
      column.copyWithin(0, count, this.#length);
    this.#length -= count;
    return count;
  }

  #endedBy(row: number, seq: number): boolean {
    const end = this.#endSeq[row] ?? 0;
    return end > 0 && end <= seq;
  }

  #grow(): void {
    const capacity = this.#lane.length * 2;
    this.#lane = longerShorts(this.#lane, capacity);
    this.#queued = longerFloats(this.#queued, capacity);
    this.#start = longerFloats(this.#start, capacity);
    this.#end = longerFloats(this.#end, capacity);
    this.#status = longerBytes(this.#status, capacity);
    this.#node = longerIntegers(this.#node, capacity);
    this.#attempt = longerBytes(this.#attempt, capacity);
    this.#startSeq = longerIntegers(this.#startSeq, capacity);
    this.#endSeq = longerIntegers(this.#endSeq, capacity);
  }

  #count(lane: number, status: number, change: number): void {
    const place = lane * STATUS_COUNT + status;
    this.#totals[place] = (this.#totals[place] ?? 0) + change;
  }
}
