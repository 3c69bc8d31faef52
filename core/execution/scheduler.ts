import type { Runtime } from '../runtime.js';
import type { TurnClock } from './turn-clock.js';

/** How long work goes on before timers, I/O and painting get their turn, in milliseconds. */
const TURN_MS = 4;
/** Starts and publishes in one turn, whatever the clock says: a test's clock stands still. */
const TURN_STEPS = 20_000;

/**
 * Starts without a pause; then what has settled comes first. An attempt that ends soon after it began is still in the
 * processor's cache, with all that belongs to it: among 10,000 agents a hop takes a twentieth less.
 */
const PORTION = 32;

/**
 * How many who wait for the next turn share a promise; in a backlog that is nearly everybody who publishes. Not all of them:
 * what hangs on one promise is a list, that the collector can only follow one by one, with one of its threads.
 */
const SHARING = 512;

/** With more ready than these, what they need has left the processor's cache since they were last at work. */
const FEW = 16;

/** Something with work to start. */
export interface Startable {
  /** Set while it is in the ready queue, so that it is in there once. */
  queued: boolean;
  /** Starts one piece of work. False when there is nothing (more) to start. */
  startOne(): boolean;
  /** Reads what `startOne` will read. Answers a number that depends on all of it; else the engine would leave that out. */
  touch(): number;
}

/**
 * Decides when work starts. Ready agents take turns, one start each; a turn of the event loop is left after 4 ms.
 * It works a queue in a loop, so no chain of messages can grow the stack.
 *
 * Here and wherever else each message comes by, flags are compared with `true` and objects with `undefined`: to find out
 * whether something that could be anything is truthy takes the engine ten instructions and a look at the object, to
 * compare it takes one. That came to a twentieth of a hop. What belongs to a class alone is `private` there, and not `#`:
 * the engine asks each object on which a `#method` is called whether it has it, and inlines less, as the code it starts
 * from is longer. That came to another twentieth.
 */
export class Scheduler {
  private readonly runtime: Runtime;
  private readonly clock: TurnClock;
  /** Ready work, a ring: `#count` of them from `#next` on. Its length is a power of two. */
  private readonly ready: (Startable | undefined)[] = new Array(64).fill(undefined);
  private next = 0;
  private count = 0;
  private draining = false;
  /** An attempt is being settled: what becomes ready by it is started by `endSettling`. */
  private settling = false;
  private drainPlanned = false;
  private paused = false;
  private held = false;
  private retired = false;
  /** Any of the three. */
  private still = false;
  /** Set from the first work of a turn until the turn is over. */
  private turnOpen = false;
  private stepsLeft = 0;
  /** Depends on all that `touchNext` has read. */
  touched = 0;
  private turnWaiters: (() => void)[] = [];
  /** What those await who come next to wait for a turn, and for how many more it will do. */
  private nextTurn: Promise<void> | undefined = undefined;
  private placesLeft = 0;
  private turnListeners: (() => void)[] = [];
  private readonly drain = (): void => {
    this.drainPlanned = false;
    this.work();
  };
  private readonly turnIsOver = (): void => {
    this.turnOpen = false;
    this.clock.closeTurn();
    const listeners = this.turnListeners;
    this.turnListeners = [];
    for (const hear of listeners) hear();
    // What they lead to, such as the reading of outcomes, has a turn of its own: mixed with agents' work, promise by
    // promise, each would push the other's code out of the processor's cache.
    if (listeners.length > 0) this.runtime.yieldTurn(this.goOn);
    else this.goOn();
  };
  private readonly goOn = (): void => {
    if (this.held) return;
    const waiters = this.turnWaiters;
    this.turnWaiters = [];
    this.nextTurn = undefined;
    if (waiters.length > 0) this.enterTurn();
    for (const wake of waiters) wake();
    this.work();
  };

  constructor(runtime: Runtime, clock: TurnClock) {
    this.runtime = runtime;
    this.clock = clock;
  }

  get isPaused(): boolean {
    return this.paused;
  }

  /** True while nothing is started: paused by the application, held by the journal, or retired. */
  get isStill(): boolean {
    return this.still;
  }

  pause(): void {
    this.set(true, this.held);
  }

  resume(): void {
    this.set(false, this.held);
    this.plan();
  }

  /** Starts nothing and lets publishers wait until `release`: the store is behind, or fails. */
  hold(): void {
    this.set(this.paused, !this.retired);
  }

  /** Starts nothing any more, for good. Who waits for a turn gets it, to find that all is over. */
  retire(): void {
    this.retired = true;
    this.release();
  }

  release(): void {
    this.set(this.paused, false);
    if (this.turnWaiters.length > 0) this.enterTurn();
    this.plan();
  }

  private set(paused: boolean, held: boolean): void {
    this.paused = paused;
    this.held = held;
    this.still = paused || held || this.retired;
  }

  /** Puts work in the queue; it starts after the running code, or in a later turn. */
  enqueue(work: Startable): void {
    if (work.queued === true) return;
    work.queued = true;
    const ready = this.ready;
    if (this.count === ready.length) this.makeRoom();
    ready[(this.next + this.count++) & (ready.length - 1)] = work;
    this.plan();
  }

  /**
   * Undefined while this turn of the event loop has time left; else a promise for the next turn. Whoever could loop
   * for ever on settled promises must wait for it.
   */
  breathe(): Promise<void> | undefined {
    this.enterTurn();
    if (--this.stepsLeft > 0 && this.held === false && !this.clock.isSpent()) return undefined;
    if (this.nextTurn === undefined || --this.placesLeft < 0) this.nextTurn = this.promiseTurn();
    return this.nextTurn;
  }

  private promiseTurn(): Promise<void> {
    this.placesLeft = SHARING;
    return new Promise((resolve) => this.turnWaiters.push(resolve));
  }

  /** Calls back once, when this turn of the event loop is over, also while nothing is started. */
  whenTurnEnds(callback: () => void): void {
    this.enterTurn();
    this.turnListeners.push(callback);
  }

  /** A promise of an agent has settled. Only for promise callbacks of ours: nobody's code may be on the stack. */
  beginSettling(): void {
    this.settling = true;
  }

  /**
   * Starts what has become ready since `beginSettling`. Where other attempts go on, too, those that settle next come
   * first and all that is ready is started together: the same code again is in the processor's cache. Now and then that is
   * done anyway: what is done for the first time after a long while makes the engine compile anew what leads there.
   */
  endSettling(othersGoOn: boolean): void {
    this.settling = false;
    if (othersGoOn === true || (this.stepsLeft & 255) === 0) this.plan();
    else if (this.count > 0) this.work();
  }

  /** Starts up to `count` pieces of work though paused. Answers how many were started. */
  step(count: number): number {
    let started = 0;
    if (this.held || this.retired) return started;
    this.clock.now();
    while (started < count && this.startNext()) started++;
    return started;
  }

  private plan(): void {
    // The likeliest first.
    if (this.settling === true || this.drainPlanned === true || this.draining === true) return;
    if (this.still || this.count === 0) return;
    this.drainPlanned = true;
    this.runtime.defer(this.drain);
  }

  private work(): void {
    if (this.draining || this.still || this.count === 0) return;
    this.draining = true;
    this.enterTurn();
    let left = PORTION;
    if (this.count > FEW) this.touchNext();
    while (this.count > 0 && --this.stepsLeft > 0 && --left >= 0) {
      // Pausing may happen in what was just started.
      if (this.clock.isSpent() || this.isStill || !this.startNext()) break;
    }
    this.draining = false;
    // What is left otherwise waits for the turn's end, which has been asked for already.
    if (left < 0) this.plan();
  }

  /**
   * Reads what the next portion needs, one right after the other: the processor fetches it all at the same time then, and
   * need not wait for each where it is used. Among 10,000 agents a hop takes a seventh less.
   */
  private touchNext(): void {
    const ready = this.ready;
    const upTo = this.next + Math.min(this.count, PORTION);
    let touched = 0;
    for (let place = this.next; place < upTo; place++) {
      const work = ready[place & (ready.length - 1)];
      if (work !== undefined) touched += work.touch();
    }
    this.touched = touched;
  }

  private startNext(): boolean {
    const ready = this.ready;
    while (this.count > 0) {
      const place = this.next;
      const work = ready[place];
      ready[place] = undefined;
      this.next = (place + 1) & (ready.length - 1);
      this.count--;
      if (work === undefined) continue;
      work.queued = false;
      if (work.startOne()) return true;
    }
    return false;
  }

  /** Doubles the ring. In place: the engine takes it for the same for ever, and would compile all anew that uses it. */
  private makeRoom(): void {
    const ready = this.ready;
    const { length } = ready;
    for (let place = 0; place < length; place++) {
      const wrapped = place < this.next;
      ready.push(wrapped ? ready[place] : undefined);
      if (wrapped) ready[place] = undefined;
    }
  }

  /** Makes sure that a turn is open. */
  private enterTurn(): void {
    if (this.turnOpen === true) return;
    this.turnOpen = true;
    this.stepsLeft = TURN_STEPS;
    this.clock.openTurn(TURN_MS);
    this.runtime.yieldTurn(this.turnIsOver);
  }
}
