import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { InvocationColumns } from '../canvas-contract.js';
import { countUpTo, longerBytes, longerFloats, longerIntegers, longerShorts } from './column.js';
import { enough, longEnough } from './growth.js';
import type { Lanes } from './lanes.js';

const RUNNING = NODE_STATUSES.indexOf('running');
const CAPACITY = 1024;

/** The columns of `InvocationColumns`, and when rows began and ended by the events' numbers. */
export interface InvocationRows extends Omit<InvocationColumns, 'length' | 'part'> {
  readonly startSeq: Uint32Array;
  /** Event that ended it; 0 while it goes on. */
  readonly endSeq: Uint32Array;
}

/** One row for each attempt of an invocation; see `InvocationColumns`. */
export class InvocationTable {
  readonly #lanes: Lanes;
  length = 0;
  /** Longer than what is there; replaced when they grow. What a busy run does to them is done right to them. */
  rows: InvocationRows = {
    start: new Float64Array(CAPACITY),
    end: new Float64Array(CAPACITY),
    queued: new Float64Array(CAPACITY),
    startSeq: new Uint32Array(CAPACITY),
    endSeq: new Uint32Array(CAPACITY),
    node: new Uint32Array(CAPACITY),
    lane: new Uint16Array(CAPACITY),
    status: new Uint8Array(CAPACITY),
    attempt: new Uint8Array(CAPACITY),
  };
  /** Rows beyond which a column becomes longer. */
  #enough = 0;

  constructor(lanes: Lanes) {
    this.#lanes = lanes;
  }

  /** Agents by lane. */
  get lanes(): readonly string[] {
    return this.#lanes.names;
  }

  /** Makes room for so many more, and answers the rows. */
  reserve(more: number): InvocationRows {
    if (this.length + more > this.#enough) this.#grow(this.length + more);
    return this.rows;
  }

  laneOf(agent: string): number {
    return this.#lanes.of(agent);
  }

  /** Adds a row and answers its place. */
  start(lane: number, queued: number, start: number, seq: number, node: number, attempt: number): number {
    const row = this.length;
    const rows = this.reserve(1);
    this.length = row + 1;
    rows.lane[row] = lane;
    rows.queued[row] = Math.min(queued, start);
    rows.start[row] = start;
    rows.end[row] = Number.NaN;
    rows.status[row] = RUNNING;
    rows.node[row] = node;
    rows.attempt[row] = attempt;
    rows.startSeq[row] = seq;
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
    return row < this.length && this.rows.endSeq[row] === 0;
  }

  end(row: number, at: number, seq: number, status: number): void {
    const { rows } = this;
    rows.end[row] = Math.max(at, rows.start[row] ?? 0);
    rows.status[row] = status;
    rows.endSeq[row] = seq;
  }

  startOf(row: number): number {
    return this.rows.start[row] ?? 0;
  }

  endOf(row: number): number {
    return this.rows.end[row] ?? 0;
  }

  startSeqOf(row: number): number {
    return this.rows.startSeq[row] ?? 0;
  }

  /** Forgets all rows, and keeps their memory. */
  clear(): void {
    for (const column of Object.values(this.rows)) column.fill(0, 0, this.length);
    this.length = 0;
  }

  /** All rows, as they are now. */
  columns(): InvocationColumns {
    const { lane, queued, start, end, status, node, attempt } = this.rows;
    return { length: this.length, lane, queued, start, end, status, node, attempt };
  }

  /** The rows as they were after event `seq`. */
  columnsAt(seq: number): InvocationColumns {
    const { rows } = this;
    const length = countUpTo(rows.startSeq, this.length, seq);
    const end = rows.end.slice(0, length);
    const status = rows.status.slice(0, length);
    for (let row = 0; row < length; row++) {
      const endSeq = rows.endSeq[row] ?? 0;
      if (endSeq > 0 && endSeq <= seq) continue;
      end[row] = Number.NaN;
      status[row] = RUNNING;
    }
    return { ...this.columns(), length, end, status };
  }

  /** Forgets rows that ended at or before `seq`, from the front; answers how many. */
  dropUpTo(seq: number): number {
    let count = 0;
    while (count < this.length && this.#endedBy(count, seq)) count++;
    const length = this.length - count;
    for (const column of Object.values(this.rows)) {
      column.copyWithin(0, count, this.length);
      column.fill(0, length, this.length);
    }
    this.length = length;
    return count;
  }

  #endedBy(row: number, seq: number): boolean {
    const end = this.rows.endSeq[row] ?? 0;
    return end > 0 && end <= seq;
  }

  /** Makes columns longer that are too short, each when its own time has come: in the order of their turns. */
  #grow(length: number): void {
    const { lane, queued, start, end, status, node, attempt, startSeq, endSeq } = this.rows;
    this.rows = {
      start: longEnough(start, length, 0, longerFloats),
      end: longEnough(end, length, 1, longerFloats),
      queued: longEnough(queued, length, 2, longerFloats),
      startSeq: longEnough(startSeq, length, 3, longerIntegers),
      endSeq: longEnough(endSeq, length, 4, longerIntegers),
      node: longEnough(node, length, 5, longerIntegers),
      lane: longEnough(lane, length, 6, longerShorts),
      status: longEnough(status, length, 7, longerBytes),
      attempt: longEnough(attempt, length, 8, longerBytes),
    };
    this.#enough = Math.min(...Object.values(this.rows).map((column, turn) => enough(column.length, turn)));
  }
}
