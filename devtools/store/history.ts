import { applyEvent } from '../../core/state/fold.js';
import type { RunState, StateLimits } from '../../core/state/run-state.js';
import { type SnapshotPart, snapshotOf } from '../../core/state/snapshot.js';
import { type Checkpoint, type Checkpoints, type ShowPart, weightOf } from './checkpoint.js';
import type { EventLog } from './event-log.js';

/** Events between two checkpoints: about 20 ms of folding. */
const CHECKPOINT_EVENTS = 20_000;
/** A checkpoint of more parts than this is a large one. */
const LARGE = 1000;
/** Events folded between two looks at the clock. */
const SLICE = 256;

/**
 * The state at any event of the log, by the core's own fold from the nearest checkpoint before it. Checkpoints come from
 * whatever passes by: a state that follows the log, one that goes to where time is turned back to, or the executor's own
 * where it lives in this page.
 */
export class History {
  readonly #log: EventLog;
  /** Events between two checkpoints. */
  readonly spacing: number;
  readonly #maker: Checkpoints;
  readonly limits: StateLimits;
  /** By their sequence numbers. */
  #checkpoints: Checkpoint[];
  #head: RunState | undefined;
  #cursor: RunState | undefined;
  /** Goes through the events between two checkpoints that are far apart, up to `#fillTo`. */
  #filler: RunState | undefined;
  #fillTo = 0;

  /** @param spacing events between two checkpoints. */
  constructor(log: EventLog, first: Checkpoint, maker: Checkpoints, spacing: number = CHECKPOINT_EVENTS) {
    this.#log = log;
    this.#maker = maker;
    this.spacing = spacing;
    this.limits = first.parts.find((part) => part.part === 'head')?.limits ?? { nodes: 100_000 };
    this.#checkpoints = [first];
  }

  /** The state that follows the log; made from the first checkpoint when it is first asked for. */
  get head(): RunState {
    this.#head ??= this.#restored(this.#checkpoints[0]);
    return this.#head;
  }

  /** How far the state that is asked for has come, while `stateAt` answers undefined. */
  get reached(): number {
    return this.#cursor?.seq ?? this.#log.base;
  }

  /** Folds the head on for at most `milliseconds`. True when nothing is left. */
  advance(milliseconds: number): boolean {
    return this.#fold(this.head, this.#log.last, performance.now() + milliseconds);
  }

  /**
   * Keeps a checkpoint of a state that is lived elsewhere, when there is none near it. The state may be ahead of the
   * log: the events up to there are on their way.
   */
  note(state: RunState, show: ShowPart): void {
    const newest = this.#checkpoints.at(-1);
    if (!newest || state.seq < this.#log.last) return;
    if (this.#isDue(newest, state.seq)) this.#checkpoints.push(this.#maker.ofState(state, newest, show));
  }

  /** Leaves checkpoints where there are none for long, for at most `milliseconds`. True when nothing is left to do. */
  fill(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    while (this.#filler || this.#findGap()) {
      if (this.#filler && !this.#fold(this.#filler, this.#fillTo, until)) return false;
      this.#filler = undefined;
    }
    return true;
  }

  /** The state after event `seq`, or undefined when it takes longer than `milliseconds`: ask again. */
  stateAt(seq: number, milliseconds: number): RunState | undefined {
    const until = performance.now() + milliseconds;
    const wanted = Math.min(Math.max(seq, this.#log.base), this.#log.last);
    const nearest = this.#checkpoints[this.#placeBefore(wanted)];
    const cursor = this.#cursor;
    if (!cursor || cursor.seq > wanted || cursor.seq < (nearest?.seq ?? 0))
      this.#cursor = this.#restored(nearest);
    return this.#cursor && this.#fold(this.#cursor, wanted, until) ? this.#cursor : undefined;
  }

  /** The newest checkpoint at or before event `seq`. */
  checkpointBefore(seq: number): Checkpoint | undefined {
    return this.#checkpoints.findLast((checkpoint) => checkpoint.seq <= seq);
  }

  /** Sequence number of a checkpoint about `share` of the way through the log, for dropping what is before it. */
  checkpointAt(share: number): number {
    const wanted = this.#log.base + this.#log.length * share;
    return this.#checkpoints[this.#placeBefore(wanted)]?.seq ?? this.#log.base;
  }

  /** The first state that is kept. */
  get first(): Checkpoint {
    const [first] = this.#checkpoints;
    if (!first) throw new Error('a history begins with a checkpoint');
    return first;
  }

  /** The first state that is kept, as a snapshot; everything else follows from it and the log. */
  get firstParts(): readonly SnapshotPart[] {
    return snapshotOf(this.#restored(this.#checkpoints[0]));
  }

  dropUpTo(seq: number): void {
    this.#checkpoints = this.#checkpoints.filter((checkpoint) => checkpoint.seq >= seq);
    if (this.#cursor && this.#cursor.seq < seq) this.#cursor = undefined;
    if (this.#filler && this.#filler.seq < seq) this.#filler = undefined;
  }

  #fold(state: RunState, to: number, until: number): boolean {
    const slice = Math.min(SLICE, this.spacing);
    while (state.seq < to) {
      const end = Math.min(to, state.seq + slice);
      while (state.seq < end) {
        const event = this.#log.event(state.seq + 1, state);
        if (!event) return false;
        applyEvent(state, event);
      }
      this.#leaveCheckpoint(state);
      if (state.seq < to && performance.now() >= until) return false;
    }
    return true;
  }

  /** Where a checkpoint fits in, looking only behind what has been filled. */
  #findGap(): boolean {
    for (let place = this.#placeBefore(this.#fillTo); place < this.#checkpoints.length; place++) {
      const next = Math.min(this.#checkpoints[place + 1]?.seq ?? this.#log.last, this.#log.last);
      const before = this.#checkpoints[place];
      if (!before || before.seq < this.#fillTo || !this.#isDue(before, next - this.spacing)) continue;
      this.#filler = this.#restored(before);
      this.#fillTo = next;
      return true;
    }
    return false;
  }

  #leaveCheckpoint(state: RunState): void {
    const place = this.#placeBefore(state.seq);
    const nearest = this.#checkpoints[place];
    if (nearest && this.#isDue(nearest, state.seq))
      this.#checkpoints.splice(place + 1, 0, this.#maker.ofState(state, nearest));
  }

  /** A large state is kept less often, so that its checkpoints cost no more than its events. */
  #isDue(before: Checkpoint, seq: number): boolean {
    const weight = weightOf(before);
    return seq - before.seq >= (weight < LARGE ? this.spacing : Math.max(this.spacing, 2 * weight));
  }

  /** Place of the newest checkpoint at or before `seq`. */
  #placeBefore(seq: number): number {
    return Math.max(
      0,
      this.#checkpoints.findLastIndex((checkpoint) => checkpoint.seq <= seq),
    );
  }

  #restored(checkpoint: Checkpoint | undefined): RunState {
    if (!checkpoint) throw new Error('a history begins with a checkpoint');
    return this.#maker.restored(checkpoint, this.limits);
  }
}
