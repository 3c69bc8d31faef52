import type { RunState } from '../../core/state/run-state.js';
import { withoutPayloads } from './checkpoint.js';
import type { FrameScheduler } from './frame-scheduler.js';
import type { History } from './history.js';
import { IdleWork } from './idle-work.js';
import type { Notifier } from './notifier.js';

/** The least milliseconds between two looks at a state, and after how many there is news of it anyway. */
const LOOK_MS = 8;
const NEWS_MS = 100;

/** Sees to it that a history has checkpoints, wherever its states come from. */
export class Checkpointing {
  readonly #scheduler: FrameScheduler;
  readonly #notifier: Notifier;
  readonly #history: () => History | undefined;
  readonly #lived: () => RunState | undefined;
  /** Fills what gaps there are when the page has time. */
  readonly #filling: IdleWork;
  #cancelLook: (() => void) | undefined;
  #looksLeft = 0;

  /** @param lived the state that the history follows, where it is lived elsewhere and can be looked at. */
  constructor(
    scheduler: FrameScheduler,
    notifier: Notifier,
    history: () => History | undefined,
    lived: () => RunState | undefined,
  ) {
    this.#scheduler = scheduler;
    this.#notifier = notifier;
    this.#history = history;
    this.#lived = lived;
    this.#filling = new IdleWork(
      scheduler,
      () => notifier.busyFor,
      (milliseconds) => history()?.fill(milliseconds) ?? true,
    );
  }

  /** Events came. Where very many come, the state is also looked at before the next do. */
  came(): void {
    const gap = this.#look();
    this.#looksLeft = Math.floor(NEWS_MS / gap) - 1;
    this.#planLook(gap);
    this.#filling.plan();
  }

  cancel(): void {
    this.#filling.cancel();
    this.#cancelLook?.();
    this.#cancelLook = undefined;
  }

  /** Answers after how many milliseconds half of what lies between two checkpoints has come. */
  #look(): number {
    const [history, state] = [this.#history(), this.#lived()];
    if (!history || !state) return Number.POSITIVE_INFINITY;
    history.note(state, withoutPayloads);
    return Math.max(LOOK_MS, (history.spacing * 500) / this.#notifier.eventsASecond);
  }

  #planLook(gap: number): void {
    if (this.#looksLeft <= 0) return;
    this.#cancelLook ??= this.#scheduler.later(gap, () => {
      this.#cancelLook = undefined;
      this.#looksLeft--;
      this.#planLook(this.#look());
    });
  }
}
