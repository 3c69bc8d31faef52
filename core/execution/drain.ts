import type { Runtime } from '../runtime.js';
import type { Attempt } from './attempt.js';
import type { RunningAttempts } from './running-attempts.js';

interface Waiter {
  readonly isServed: () => boolean;
  readonly resolve: () => void;
}

/** Lets those wait who want the code of agents to stand still. */
export class Drain {
  private readonly running: RunningAttempts;
  private readonly runtime: Runtime;
  private waiters: readonly Waiter[] = [];

  constructor(running: RunningAttempts, runtime: Runtime) {
    this.running = running;
    this.runtime = runtime;
  }

  get isAwaited(): boolean {
    return this.waiters.length > 0;
  }

  /** Resolves when no attempt is in progress, or after this many milliseconds. */
  async empty(milliseconds: number): Promise<void> {
    if (this.running.isEmpty) return;
    await new Promise<void>((resolve) => {
      const stopTimer = this.runtime.setTimer(milliseconds, resolve);
      this.wait(
        () => this.running.isEmpty,
        () => {
          stopTimer();
          resolve();
        },
      );
    });
  }

  /** Resolves when none is in progress but those that wait for a person, or for room in a mailbox. */
  async standstill(): Promise<void> {
    if (this.running.isAtRest) return;
    await new Promise<void>((resolve) => this.wait(() => this.running.isAtRest, resolve));
  }

  /** An attempt begins to wait for a person, or for room. The answer ends that. */
  rest(attempt: Attempt): () => void {
    const end = this.running.rest(attempt);
    this.check();
    return end;
  }

  /** Attempts may have come to their end, or begun to wait. */
  check(): void {
    if (this.waiters.length === 0) return;
    const waiters = this.waiters;
    this.waiters = waiters.filter(({ isServed }) => !isServed());
    for (const { isServed, resolve } of waiters) if (isServed()) resolve();
  }

  private wait(isServed: () => boolean, resolve: () => void): void {
    this.waiters = [...this.waiters, { isServed, resolve }];
  }
}
