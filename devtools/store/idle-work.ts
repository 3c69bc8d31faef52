import type { FrameScheduler } from './frame-scheduler.js';

/** Milliseconds of work at a time, and between two times. */
const WORK_MS = 4;
const PAUSE_MS = 40;

/** Work that makes later things quick, done bit by bit while the page has little to do, and a little of it while it has much. */
export class IdleWork {
  readonly #scheduler: FrameScheduler;
  readonly #busyFor: () => number;
  readonly #work: (milliseconds: number) => boolean;
  #cancel: (() => void) | undefined;

  /**
   * @param busyFor for how many milliseconds the page is taken to be busy; 0 or less when it is not.
   * @param work works for so long; true when nothing is left to do.
   */
  constructor(scheduler: FrameScheduler, busyFor: () => number, work: (milliseconds: number) => boolean) {
    this.#scheduler = scheduler;
    this.#busyFor = busyFor;
    this.#work = work;
  }

  /** There is something to do. */
  plan(): void {
    this.#cancel ??= this.#scheduler.later(Math.max(PAUSE_MS, this.#busyFor()), () => {
      this.#cancel = undefined;
      if (!this.#work(WORK_MS)) this.plan();
    });
  }

  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
