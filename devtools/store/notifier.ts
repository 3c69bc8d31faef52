import type { FrameScheduler } from './frame-scheduler.js';

/** A batch of more events than this means that the page is busy. */
const BUSY_EVENTS = 2000;
/** After such a batch it is taken to be busy for this long. */
const QUIET_MS = 300;
/** Milliseconds between two notifications while many events come, and while very many do. */
const BUSY_NOTIFY_MS = [250, 2000] as const;
/** Very many. */
const FLOOD_EVENTS_A_SECOND = 100_000;
/** While so many events come in a second, there is a millisecond between two frames: 1.5 seconds at 150,000. */
const EVENTS_A_SECOND_PER_GAP = 100;
/** When nothing comes any more, rates must be seen to fall to nothing. */
const SILENCE_MS = 1600;

/** Tells listeners that something changed: at most once in a frame, and less often while the page is busy. */
export class Notifier {
  readonly #scheduler: FrameScheduler;
  readonly #listeners = new Set<() => void>();
  #cancelFrame: (() => void) | undefined;
  #cancelLater: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;
  #busyUntil = 0;
  #notifiedAt = 0;
  #batchAt = 0;
  /** How fast events come, by the newest batch. */
  eventsASecond = 0;
  version = 0;

  constructor(scheduler: FrameScheduler) {
    this.#scheduler = scheduler;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Milliseconds for which the page is taken to be busy; 0 or less when it is not. */
  get busyFor(): number {
    return this.#busyUntil - performance.now();
  }

  /**
   * Milliseconds that should pass between two frames of what moves by itself: 0 while the page has time. Drawing a large
   * canvas without help by a graphics card takes milliseconds, which a busy page would miss.
   */
  get frameGap(): number {
    return this.busyFor > 0 ? this.eventsASecond / EVENTS_A_SECOND_PER_GAP : 0;
  }

  /** Whether so many events come that taking them in is enough for the page: what can be made up for later, waits. */
  get isFlooded(): boolean {
    return this.busyFor > 0 && this.eventsASecond > FLOOD_EVENTS_A_SECOND;
  }

  /** So many events came at once. */
  batch(events: number): void {
    const now = performance.now();
    this.eventsASecond = (events * 1000) / Math.max(50, now - this.#batchAt);
    this.#batchAt = now;
    if (events > BUSY_EVENTS) this.#busyUntil = now + QUIET_MS;
    this.#cancelSilence?.();
    this.#cancelSilence = this.#scheduler.later(SILENCE_MS, () => this.changed());
  }

  /** Events came: told with the next frame, or a few times a second while there are many. */
  came(): void {
    const sinceLast = performance.now() - this.#notifiedAt;
    const pause = BUSY_NOTIFY_MS[this.isFlooded ? 1 : 0];
    if (this.busyFor <= 0 || sinceLast >= pause) {
      this.changed();
      return;
    }
    this.#cancelLater ??= this.#scheduler.later(pause - sinceLast, () => {
      this.#cancelLater = undefined;
      this.changed();
    });
  }

  /** The user did something, or something rare happened: told with the next frame. */
  changed(): void {
    this.#cancelFrame ??= this.#scheduler.frame(() => {
      this.#cancelFrame = undefined;
      this.#notifiedAt = performance.now();
      this.version++;
      for (const listener of [...this.#listeners]) listener();
    });
  }

  cancel(): void {
    for (const cancel of [this.#cancelFrame, this.#cancelLater, this.#cancelSilence]) cancel?.();
    this.#cancelFrame = undefined;
    this.#cancelLater = undefined;
    this.#cancelSilence = undefined;
  }
}
