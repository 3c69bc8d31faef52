import type { RunRecord } from '../state/run-record.js';
import type { Invocation } from './invocation.js';

/**
 * All attempts in progress, linked through themselves. One list for all agents: with one in each runner, every attempt
 * would write to its runner, which in a crowd of agents is far away in memory.
 */
export class RunningAttempts {
  #newest: Invocation | undefined;

  get isEmpty(): boolean {
    return this.#newest === undefined;
  }

  add(invocation: Invocation): void {
    const before = this.#newest;
    invocation.nextRunning = before;
    if (before) before.previousRunning = invocation;
    this.#newest = invocation;
  }

  remove(invocation: Invocation): void {
    const { previousRunning: previous, nextRunning: next } = invocation;
    if (previous) previous.nextRunning = next;
    else this.#newest = next;
    if (next) next.previousRunning = previous;
    // An agent that keeps its context must not keep the attempts after it.
    invocation.previousRunning = undefined;
    invocation.nextRunning = undefined;
  }

  /** Those that belong to a run, oldest first. */
  of(run: RunRecord): Invocation[] {
    const found: Invocation[] = [];
    for (let at = this.#newest; at; at = at.nextRunning) if (at.delivery.run === run) found.push(at);
    return found.reverse();
  }
}
