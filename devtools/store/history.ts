import { applyEvent } from '../../core/state/fold.js';
import { restore } from '../../core/state/restore.js';
import type { RunState } from '../../core/state/run-state.js';
import { type HeadPart, type SnapshotPart, snapshotOf } from '../../core/state/snapshot.js';
import { type Checkpoint, CheckpointPacker } from './checkpoint.js';
import type { EventLog } from './event-log.js';

/** Events between two checkpoints: about 20 ms of folding. */
const CHECKPOINT_EVENTS = 25_000;
/** Events folded between two looks at the clock. */
const SLICE = 256;

/**
 * The state at any event of the log, by the core's own fold. One state follows the log and leaves checkpoints behind;
 * another, made from the nearest checkpoint, goes to wherever time is turned back to.
 */
export class History {
  readonly #log: EventLog;
  readonly #spacing: number;
  readonly limits: HeadPart['limits'];
  readonly #packer = new CheckpointPacker();
  #checkpoints: Checkpoint[];
  #head: RunState | undefined;
  #cursor: RunState | undefined;

  /** @param checkpointEvents events between two checkpoints. */
  constructor(log: EventLog, parts: readonly SnapshotPart[], checkpointEvents: number = CHECKPOINT_EVENTS) {
    this.#log = log;
    this.#spacing = checkpointEvents;
    this.limits = parts.find((part) => part.part === 'head')?.limits ?? { nodes: 100_000 };
    this.#checkpoints = [this.#packer.pack(log.base, parts, undefined)];
  }

  /** The state that follows the log; made from the first snapshot when it is first asked for. */
  get head(): RunState {
    this.#head ??= this.#restored(this.#checkpoints[0]);
    return this.#head;
  }

  /** Newest event that has been folded. */
  get folded(): number {
    return this.#head?.seq ?? this.#log.base;
  }

  /** Folds on for at most `milliseconds`. True when nothing is left. */
  advance(milliseconds: number): boolean {
    return this.#advanceTo(this.#log.last, performance.now() + milliseconds);
  }

  /** The state after event `seq`, or undefined when it takes longer than `milliseconds`: ask again. */
  stateAt(seq: number, milliseconds: number): RunState | undefined {
    const until = performance.now() + milliseconds;
    const wanted = Math.min(Math.max(seq, this.#log.base), this.#log.last);
    if (wanted > this.folded && !this.#advanceTo(wanted, until)) return undefined;
    const nearest = this.#checkpoints.findLast((checkpoint) => checkpoint.seq <= wanted);
    const cursor = this.#cursor;
    if (!cursor || cursor.seq > wanted || cursor.seq < (nearest?.seq ?? 0))
      this.#cursor = this.#restored(nearest);
    return this.#cursor && this.#fold(this.#cursor, wanted, until) ? this.#cursor : undefined;
  }

  /** Sequence number of a checkpoint about `share` of the way through the log, for dropping what is before it. */
  checkpointAt(share: number): number {
    const wanted = this.#log.base + this.#log.length * share;
    return this.#checkpoints.findLast((checkpoint) => checkpoint.seq <= wanted)?.seq ?? this.#log.base;
  }

  /** The first snapshot that is kept; everything else follows from it and the log. */
  get firstParts(): readonly SnapshotPart[] {
    const [first] = this.#checkpoints;
    return first ? [...this.#packer.unpack(first)] : [];
  }

  dropUpTo(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter((checkpoint) => checkpoint.seq >= seq);
    if (this.#cursor && this.#cursor.seq < seq) this.#cursor = undefined;
  }

  #advanceTo(wanted: number, until: number): boolean {
    const { head } = this;
    while (head.seq < wanted) {
      const newest = this.#checkpoints.at(-1)?.seq ?? this.#log.base;
      const next = Math.min(wanted, newest + this.#spacing);
      if (!this.#fold(head, next, until)) return false;
      if (head.seq >= newest + this.#spacing)
        this.#checkpoints.push(this.#packer.pack(head.seq, snapshotOf(head), this.#checkpoints.at(-1)));
    }
    return true;
  }

  #fold(state: RunState, to: number, until: number): boolean {
    while (state.seq < to) {
      const end = Math.min(to, state.seq + SLICE);
      while (state.seq < end) {
        const event = this.#log.event(state.seq + 1, state);
        if (!event) return false;
        applyEvent(state, event);
      }
      if (state.seq < to && performance.now() >= until) return false;
    }
    return true;
  }

  #restored(checkpoint: Checkpoint | undefined): RunState {
    return restore(checkpoint ? this.#packer.unpack(checkpoint) : [], this.limits);
  }
}
