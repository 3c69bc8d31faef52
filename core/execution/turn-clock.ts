import type { Runtime } from '../runtime.js';

/** Uses of one reading before the clock is read again, so that code which never leaves its turn sees time go by. */
const USES_OF_A_READING = 16;

/**
 * The clock of the hot path. Reading the platform's clock costs 50 ns in Node and 200 in Chromium, a part of a
 * hop, so within one turn of the event loop a recent reading serves again; each settled attempt makes a fresh one.
 */
export class TurnClock {
  private readonly runtime: Runtime;
  /** NaN at first, as in `TreeRows.now`. */
  private reading = Number.NaN;
  private usesLeft = 0;
  private turnOpen = false;
  private turnEndsAt = Number.NaN;

  constructor(runtime: Runtime) {
    this.runtime = runtime;
  }

  /** The time now. */
  now(): number {
    this.usesLeft = this.turnOpen === true ? USES_OF_A_READING : 0;
    this.reading = this.runtime.now();
    return this.reading;
  }

  /** The time of a reading made in this turn, a few invocations ago at most. */
  recent(): number {
    return this.usesLeft-- > 0 ? this.reading : this.now();
  }

  /** A turn of the event loop begins, to last this many milliseconds. */
  openTurn(milliseconds: number): void {
    this.turnOpen = true;
    this.turnEndsAt = this.now() + milliseconds;
  }

  /** The newest reading, however old: for who has just asked for one. */
  get latest(): number {
    return this.reading;
  }

  /** Whether the turn has used up its time, by a recent reading. */
  isSpent(): boolean {
    if (this.usesLeft-- <= 0) this.now();
    return this.reading >= this.turnEndsAt;
  }

  /** The turn is over: readings made in it say nothing about the time now. */
  closeTurn(): void {
    this.turnOpen = false;
    this.usesLeft = 0;
  }
}
