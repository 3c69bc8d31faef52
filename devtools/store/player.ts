import type { FrameScheduler } from './frame-scheduler.js';

/** What the player moves. */
interface Playable {
  readonly first: number;
  readonly last: number;
  readonly seq: number;
  readonly recording:
    | {
        readonly log: { timeOf(seq: number): number; seqAtTime(time: number): number };
        readonly problems: readonly { readonly seq: number }[];
      }
    | undefined;
  seek(position: 'live' | number): void;
}

/** Plays a recording: the same order, and the same pauses times a speed. */
export class Player {
  readonly #store: Playable;
  readonly #scheduler: FrameScheduler;
  #cancel: (() => void) | undefined;
  speed = 1;

  constructor(store: Playable, scheduler: FrameScheduler) {
    this.#store = store;
    this.#scheduler = scheduler;
  }

  get playing(): boolean {
    return this.#cancel !== undefined;
  }

  /** One event on, or back. */
  step(by: number): void {
    this.stop();
    this.#store.seek(this.#store.seq + by);
  }

  /** To the next failure after what is shown, or the one before. False when there is none. */
  toFailure(direction: 1 | -1): boolean {
    const { seq, recording } = this.#store;
    const problems = recording?.problems ?? [];
    const next =
      direction > 0
        ? problems.find((problem) => problem.seq > seq)
        : problems.findLast((problem) => problem.seq < seq);
    if (!next) return false;
    this.stop();
    this.#store.seek(next.seq);
    return true;
  }

  play(): void {
    if (this.playing) return;
    const { first, last, seq } = this.#store;
    // From the end it plays again from the beginning.
    if (seq >= last) this.#store.seek(first);
    let before = performance.now();
    let time = this.#store.recording?.log.timeOf(this.#store.seq + 1) ?? 0;
    const turn = (): void => {
      const { recording } = this.#store;
      const now = performance.now();
      time += (now - before) * this.speed;
      before = now;
      if (!recording || this.#store.seq >= this.#store.last) {
        this.#cancel = undefined;
        this.#store.seek(this.#store.last);
        return;
      }
      const upTo = Math.max(recording.log.seqAtTime(time), this.#store.seq);
      if (upTo > this.#store.seq) this.#store.seek(upTo);
      // Long silences are cut short: nobody watches a quarter of an hour of nothing.
      const next = recording.log.timeOf(this.#store.seq + 1);
      if (next - time > 2000 * this.speed) time = next - 2000 * this.speed;
      this.#cancel = this.#scheduler.frame(turn);
    };
    this.#cancel = this.#scheduler.frame(turn);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
