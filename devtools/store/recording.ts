import type { EventBatch } from '../../core/inspection/event-batch.js';
import type { RunState } from '../../core/state/run-state.js';
import type { SnapshotPart } from '../../core/state/snapshot.js';
import { Activity } from './activity.js';
import { type Checkpoint, Checkpoints } from './checkpoint.js';
import { EventLog } from './event-log.js';
import { History } from './history.js';
import { OldRows } from './old-rows.js';
import { type Problem, Problems } from './problems.js';
import { typedBatch } from './typed-batch.js';

/** Events kept. At 13 to 20 bytes an event and as much for the rest, 6,000,000 come to about 250 MB. */
export const MOST_EVENTS = 6_000_000;

/** Everything that was seen since one snapshot, without a gap. */
export class Recording {
  readonly log: EventLog;
  readonly history: History;
  /** What lists and lanes show; as far as it has been gathered. */
  activity: Activity;
  readonly #maker = new Checkpoints();
  readonly #problems = new Problems();

  /**
   * @param parts the state after event `seq`.
   * @param state set when the rows of the tree are not among `parts`, but to be read from the state itself.
   * @param checkpointEvents events between two checkpoints.
   */
  constructor(seq: number, parts: readonly SnapshotPart[], state?: RunState, checkpointEvents?: number) {
    const maker = this.#maker;
    const first = state ? maker.ofPartsAndTree(seq, parts, state) : maker.ofParts(seq, parts);
    this.log = new EventLog(seq);
    this.history = new History(this.log, first, maker, checkpointEvents);
    this.activity = this.#activityFrom(first);
  }

  /** Sequence number of the state before the first event kept: time cannot be turned back further. */
  get first(): number {
    return this.log.base;
  }

  get last(): number {
    return this.log.last;
  }

  /** What went wrong, oldest first. */
  get problems(): readonly Problem[] {
    return this.#problems.list;
  }

  /**
   * Takes a batch in. False when it does not follow on what is there.
   *
   * @param gathers what the lists show is gathered from it at once, unless there is more to gather.
   */
  append(batch: EventBatch, gathers = false): boolean {
    if (batch.first !== this.last + 1) return false;
    const typed = typedBatch(batch);
    this.log.append(typed);
    for (const event of typed.bodies) this.#problems.note(event);
    if (gathers && this.activity.seq === batch.first - 1) this.activity.take(typed, this.log.routes);
    return true;
  }

  /** Gathers what the lists show from the events that came, for about so long. True when nothing is left to gather. */
  gather(milliseconds: number): boolean {
    const until = performance.now() + milliseconds;
    while (this.activity.seq < this.last) {
      this.activity.take(this.log.stretchAfter(this.activity.seq), this.log.routes);
      if (performance.now() >= until) break;
    }
    return this.activity.seq === this.last;
  }

  /** Forgets the oldest quarter when there is too much. True when something was forgotten. */
  trim(): boolean {
    if (this.log.length <= MOST_EVENTS) return false;
    const seq = this.history.checkpointAt(0.25);
    if (seq <= this.first) return false;
    this.log.dropUpTo(seq);
    this.history.dropUpTo(seq);
    this.#problems.dropUpTo(seq);
    // What was not gathered in time begins where the events begin now.
    if (this.activity.seq < seq) this.activity = this.#activityFrom(this.history.first);
    else this.activity.dropUpTo(seq);
    return true;
  }

  #activityFrom({ seq, parts, tree }: Checkpoint): Activity {
    return new Activity(seq, parts, new OldRows(this.#maker.archive, tree), this.#problems);
  }
}
