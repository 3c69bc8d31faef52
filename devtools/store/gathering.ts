import type { RunState } from '../../core/state/run-state.js';
import type { Activity } from './activity.js';
import type { FrameScheduler } from './frame-scheduler.js';
import type { Notifier } from './notifier.js';
import type { Recording } from './recording.js';

/** Milliseconds of gathering at a time; the rest waits for the next turn. */
const GATHER_MS = 8;
/** What nobody looks at is gathered when the page has time, and leaves it most of it. */
const QUIET_GATHER_MS = 4;
const QUIET_PAUSE_MS = 40;
/** Who looked once is taken to look for so long: longer than the longest time between two pictures. */
const LOOK_MS = 5000;

/**
 * Gathers what lists and lanes show from the events that come: at once as a rule, bit by bit where there is much of it,
 * and in a flood of events only while somebody looks at it.
 */
export class Gathering {
  readonly #scheduler: FrameScheduler;
  readonly #notifier: Notifier;
  readonly #recording: () => Recording | undefined;
  readonly #state: () => RunState;
  #watchers = 0;
  #neededUntil = 0;
  #hurries = false;
  #cancel: (() => void) | undefined;

  /** @param state the present: how it stands with what whole runs and channels took with them. */
  constructor(
    scheduler: FrameScheduler,
    notifier: Notifier,
    recording: () => Recording | undefined,
    state: () => RunState,
  ) {
    this.#scheduler = scheduler;
    this.#notifier = notifier;
    this.#recording = recording;
    this.#state = state;
  }

  /** Whether it can wait: in a flood, and nobody looks. */
  get waits(): boolean {
    return !this.#isWatched && this.#notifier.isFlooded;
  }

  /** Somebody looks at what is gathered, until the answer is called. */
  watch(): () => void {
    this.#watchers++;
    this.#begin();
    this.#notifier.changed();
    let gone = false;
    return () => {
      if (!gone) this.#watchers--;
      gone = true;
    };
  }

  /** What lists and lanes show of the newest events, where not all has been gathered; see `Recording.newest`. */
  newest(events: number): Activity | undefined {
    const newest = this.#recording()?.newest(events);
    newest?.sweep(this.#state());
    return newest;
  }

  /** The same, for those of the newest `milliseconds`. */
  newestFor(milliseconds: number): Activity | undefined {
    return this.newest(Math.ceil((this.#notifier.eventsASecond * milliseconds) / 1000));
  }

  /** Somebody looks at all of it, who does not say when he leaves, but says so again with each picture. */
  need(): void {
    const isNew = !this.#isWatched;
    this.#neededUntil = performance.now() + LOOK_MS;
    const recording = this.#recording();
    if (!isNew || !recording || recording.activity.seq === recording.last) return;
    this.#begin();
    this.#notifier.changed();
  }

  /** The past is looked at, with what lists and lanes say of it: what was missed is gathered without a pause. */
  catchUp(): void {
    if (this.#gather(GATHER_MS)) return;
    this.#hurries = true;
    this.cancel();
    this.#plan();
  }

  /** Events came. */
  came(): void {
    if (this.waits || !this.#gather(GATHER_MS)) this.#plan();
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  get #isWatched(): boolean {
    return this.#watchers > 0 || this.#hurries || performance.now() < this.#neededUntil;
  }

  /** What was missed is seen as it grows. */
  #begin(): void {
    this.cancel();
    if (!this.#gather(GATHER_MS)) this.#plan();
  }

  #gather(milliseconds: number): boolean {
    const recording = this.#recording();
    if (!recording?.gather(milliseconds)) return recording === undefined;
    recording.activity.sweep(this.#state());
    this.#hurries = false;
    return true;
  }

  #plan(): void {
    const watched = this.#isWatched;
    const pause = watched ? 0 : Math.max(QUIET_PAUSE_MS, this.#notifier.busyFor);
    this.#cancel ??= this.#scheduler.later(pause, () => {
      this.#cancel = undefined;
      const isWhole = !this.waits && this.#gather(watched ? GATHER_MS : QUIET_GATHER_MS);
      if (!isWhole) this.#plan();
      if (watched || isWhole) this.#notifier.changed();
    });
  }
}
