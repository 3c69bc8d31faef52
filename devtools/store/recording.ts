import type { EventBatch } from '../../core/inspection/event-batch.js';
import type { RunState } from '../../core/state/run-state.js';
import type { SnapshotPart } from '../../core/state/snapshot.js';
import { Activity, type ActivityStart } from './activity.js';
import { type Checkpoint, Checkpoints, weightOf } from './checkpoint.js';
import { EventLog } from './event-log.js';
import { Flows } from './flows.js';
import { History } from './history.js';
import { Lanes } from './lanes.js';
import { OldRows } from './old-rows.js';
import { type Problem, Problems } from './problems.js';
import { typedBatch } from './typed-batch.js';

/** Events kept. At 13 to 20 bytes an event and as much for the rest, 6,000,000 come to about 250 MB. */
export const MOST_EVENTS = 6_000_000;

/** Events gathered for a look at the newest, at most; and what a checkpoint to begin with may weigh. */
const MOST_NEWEST = 200_000;
const LIGHT = 20_000;

/** Everything that was seen since one snapshot, without a gap. */
export class Recording {
  readonly log: EventLog;
  readonly history: History;
  /** What lists and lanes show; as far as it has been gathered. */
  activity: Activity;
  readonly lanes: Lanes = new Lanes();
  readonly #maker = new Checkpoints();
  readonly #problems = new Problems();
  #flows: Flows | undefined;
  /** What lists and lanes show of the newest events, while not all has been gathered. */
  #newest: Activity | undefined;

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

  /** How many messages the list of all of them has once everything is gathered. */
  get messageCount(): number {
    return this.activity.messages.length + this.log.messagesAfter(this.activity.seq);
  }

  /** Who published what, and how often each agent worked, up to now. */
  get flows(): Flows {
    this.#flows ??= new Flows(this.#startOf(this.history.first, true), this.lanes);
    const flows = this.#flows;
    while (flows.seq < this.last) flows.take(this.log.stretchAfter(flows.seq), this.log.routes);
    return flows;
  }

  /**
   * What lists and lanes show of the newest `events`, or some more, where not all that came has been gathered: it is
   * gathered apart from the rest, from a checkpoint near the end on. Undefined when all of it is there, and when this
   * would be no less work.
   */
  newest(events: number): Activity | undefined {
    const from = this.history.checkpointBefore(this.last - events);
    if (this.activity.seq >= this.last || !from || !this.#isNear(from)) {
      this.#newest = undefined;
      return undefined;
    }
    let newest = this.#newest;
    if (!newest || newest.seq < from.seq || newest.first > this.last - events)
      newest = new Activity(this.#startOf(from, false), this.lanes, new Problems(), newest);
    this.#newest = newest;
    while (newest.seq < this.last) newest.take(this.log.stretchAfter(newest.seq), this.log.routes);
    return newest;
  }

  /** Forgets the oldest quarter when there is too much. True when something was forgotten. */
  trim(): boolean {
    if (this.log.length <= MOST_EVENTS) return false;
    const seq = this.history.checkpointAt(0.25);
    if (seq <= this.first) return false;
    const { flows } = this;
    this.#newest = undefined;
    this.log.dropUpTo(seq);
    this.history.dropUpTo(seq);
    this.#problems.dropUpTo(seq);
    flows.dropBefore(oldestDelivery(this.history.first));
    // What was not gathered in time begins where the events begin now.
    if (this.activity.seq < seq) this.activity = this.#activityFrom(this.history.first);
    else this.activity.dropUpTo(seq);
    return true;
  }

  #activityFrom(checkpoint: Checkpoint): Activity {
    return new Activity(this.#startOf(checkpoint, true), this.lanes, this.#problems);
  }

  #startOf({ seq, parts, tree }: Checkpoint, showsOld: boolean): ActivityStart {
    return { seq, parts, old: new OldRows(this.#maker.archive, tree), showsOld };
  }

  /** Whether little has happened since, and little was under way. */
  #isNear(checkpoint: Checkpoint): boolean {
    if (this.last - checkpoint.seq > MOST_NEWEST || weightOf(checkpoint) > LIGHT) return false;
    const next = checkpoint.parts.find((part) => part.part === 'head')?.nextDelivery ?? 1;
    return next - oldestDelivery(checkpoint) <= MOST_NEWEST;
  }
}

/** Number of the oldest delivery that was not finished; else of the next. */
function oldestDelivery({ parts }: Checkpoint): number {
  const pending = parts.find((part) => part.part === 'delivery');
  return pending?.number ?? parts.find((part) => part.part === 'head')?.nextDelivery ?? 1;
}
