import type { CanvasSource, InvocationColumns, InvocationPart } from '../../canvas-contract.js';
import { LaneIndex } from '../../layout/lane-index.js';
import { SEVERITY, STATUS } from '../colours.js';

/** Milliseconds of indexing in one frame, about, and rows between two looks at the clock: a long run freezes nothing. */
const INDEX_MS = 10;
const ROWS_A_LOOK = 4000;

const NOTHING: InvocationColumns = {
  length: 0,
  lane: new Uint16Array(0),
  queued: new Float64Array(0),
  start: new Float64Array(0),
  end: new Float64Array(0),
  status: new Uint8Array(0),
  node: new Uint32Array(0),
  attempt: new Uint8Array(0),
};

/** The attempts of the source, indexed by lane. Times go in as milliseconds since 1970. */
export class TimelineModel {
  index: LaneIndex = newIndex();
  columns: InvocationColumns = NOTHING;
  names: readonly string[] = [];
  /** The present; what goes on reaches to here. */
  now = 0;
  /** False while there are rows that no frame has indexed yet. */
  isWhole = true;
  /** Set while the columns hold only the newest attempts. */
  part: InvocationPart | undefined = undefined;
  #version = Number.NaN;
  #generation = Number.NaN;

  /** True when there is something new. `newestWillDo`: in a flood, only the newest attempts are looked at. */
  update(source: CanvasSource, newestWillDo = false): boolean {
    this.now = source.now();
    const known = source.version === this.#version && source.generation === this.#generation;
    if (known && this.isWhole && (newestWillDo || !this.part)) return false;
    const columns = source.invocations(newestWillDo);
    const isOther = source.generation !== this.#generation || columns.part?.rows !== this.part?.rows;
    if (columns.part && this.part && source.generation === this.#generation) {
      // The lanes stay, and so does the memory: new memory costs more than the indexing.
      if (isOther) this.index.clear();
    } else if (isOther || columns.length < this.index.length) this.index = newIndex();
    this.part = columns.part;
    this.#version = source.version;
    this.#generation = source.generation;
    this.columns = columns;
    this.names = source.lanes();
    const until = performance.now() + INDEX_MS;
    do this.isWhole = this.index.update(columns, ROWS_A_LOOK);
    while (!this.isWhole && performance.now() < until);
    return true;
  }

  /** Milliseconds since 1970 when the first attempt was queued. */
  get origin(): number {
    if (this.part) return this.part.origin;
    return Number.isNaN(this.index.start) ? this.now : this.index.start;
  }

  /** From the first to the last thing that happened, in milliseconds. */
  get length(): number {
    const open = this.index.lanes.some((lane) => lane.open.size > 0);
    const end = open ? Math.max(this.now, this.index.end) : this.index.end;
    return Number.isNaN(end) ? 0 : Math.max(0, end - this.origin);
  }

  /** End of an attempt, or the present while it goes on. */
  endOf(row: number): number {
    const end = this.columns.end[row] ?? Number.NaN;
    return Number.isNaN(end) ? Math.max(this.now, this.columns.start[row] ?? 0) : end;
  }

  /** The last attempt of a node; -1 when there is none. */
  rowOf(node: number): number {
    const { node: nodes, length } = this.columns;
    return length === 0 ? -1 : nodes.lastIndexOf(node, length - 1);
  }
}

function newIndex(): LaneIndex {
  return new LaneIndex(SEVERITY, (status) => status === STATUS.retrying);
}
