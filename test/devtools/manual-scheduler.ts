import type { FrameScheduler } from '../../devtools/store/frame-scheduler.js';

/** Frames and timers that come when the test says so. */
export class ManualScheduler implements FrameScheduler {
  readonly #frames = new Set<() => void>();
  readonly #timers = new Set<() => void>();

  frame(callback: () => void): () => void {
    this.#frames.add(callback);
    return () => this.#frames.delete(callback);
  }

  later(_: number, callback: () => void): () => void {
    this.#timers.add(callback);
    return () => this.#timers.delete(callback);
  }

  nextFrame(): number {
    return run(this.#frames);
  }

  nextTimers(): number {
    return run(this.#timers);
  }

  /** Runs timers, and those that they set, until none is left. */
  settle(): void {
    while (this.nextTimers() > 0);
  }
}

function run(callbacks: Set<() => void>): number {
  const due = [...callbacks];
  callbacks.clear();
  for (const callback of due) callback();
  return due.length;
}
