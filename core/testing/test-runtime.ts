import { requireOptions } from '../config.js';
import { invalid, PubSubError } from '../errors.js';
import type { Runtime } from '../runtime.js';

/** Turns of the event loop after which `runUntilIdle` gives up. */
const MOST_TURNS = 10_000;
/** Turns that `advance` lets pass at each moment before it moves the clock on. */
const TURNS_PER_MOMENT = 25;

/** Options of {@link createTestRuntime}. */
export interface TestRuntimeOptions {
  /** Seeds ids and randomness. Whole. Default 1. */
  readonly seed?: number | undefined;
  /** Where the clock starts, in milliseconds since 1970. Default the beginning of 2026. */
  readonly startAt?: number | undefined;
}

/** A runtime whose clock stands still until it is moved. */
export interface TestRuntime extends Runtime {
  /**
   * Moves the clock on by this many milliseconds. Timers that fall due on the way fire in their order, each at its own
   * time, and what they set going runs before the next one (for 25 turns of the event loop, should it never end).
   */
  advance(milliseconds: number): Promise<void>;
  /**
   * Runs everything that can run without time going by: promises, turns of the event loop, timers that are due.
   *
   * @throws PubSubError `EXECUTION_ERROR` when that does not end.
   */
  runUntilIdle(): Promise<void>;
  /** How many timers are waiting for their time. */
  readonly pendingTimers: number;
}

interface Timer {
  readonly dueAt: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * A runtime for tests: a manual clock, seeded ids and randomness. The same program with the same seed makes the same
 * events, to the byte. No test needs to sleep.
 *
 * @example
 * const runtime = createTestRuntime({ seed: 7 });
 * const executor = await PubSubExecutor.open({ runtime, config: { retryStrategy: { type: 'linear', delaySecs: 30 } } });
 * const run = executor.execute({ channel: 'in', payload: 1 });
 * await runtime.advance(30_000); // the retry happens now
 */
export function createTestRuntime(options: TestRuntimeOptions = {}): TestRuntime {
  requireOptions(options, 'options', ['seed', 'startAt']);
  const { seed = 1, startAt = Date.UTC(2026, 0, 1) } = options;
  if (!Number.isSafeInteger(seed)) throw invalid('options.seed', 'a whole number', seed);
  if (!Number.isFinite(startAt)) throw invalid('options.startAt', 'a time in milliseconds', startAt);
  let now = startAt;
  let order = 0;
  let timers: Timer[] = [];
  let turns: (() => void)[] = [];
  let turnPlanned = false;
  const random = seededRandom(seed);
  const settled = Promise.resolve();

  const takeTurn = (): void => {
    turnPlanned = false;
    const due = turns;
    turns = [];
    for (const callback of due) callback();
  };
  const fireDue = (until: number): boolean => {
    const next = timers
      .filter(({ dueAt }) => dueAt <= until)
      .sort((left, right) => left.dueAt - right.dueAt || left.order - right.order)[0];
    if (!next) return false;
    timers = timers.filter((timer) => timer !== next);
    now = Math.max(now, next.dueAt);
    next.callback();
    return true;
  };
  /** False when there was still something to run after that many turns. */
  const run = async (mostTurns: number): Promise<boolean> => {
    for (let turn = 0; turn < mostTurns; turn++) {
      await realTurn();
      if (turns.length === 0 && !turnPlanned && !fireDue(now)) return true;
    }
    return false;
  };
  const runUntilIdle = async (): Promise<void> => {
    if (await run(MOST_TURNS)) return;
    throw new PubSubError(
      'EXECUTION_ERROR',
      `there was still something to run after ${MOST_TURNS} turns: work without end?`,
    );
  };

  return {
    now: () => now,
    setTimer(milliseconds, callback) {
      const timer = { dueAt: now + Math.max(0, milliseconds), order: order++, callback };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    yieldTurn(callback) {
      turns.push(callback);
      if (turnPlanned) return;
      turnPlanned = true;
      // Turns come by themselves, so that a plain `await run.report` works; only time stands still.
      void realTurn().then(takeTurn);
    },
    defer: (callback) => void settled.then(callback),
    random,
    async advance(milliseconds) {
      if (typeof milliseconds !== 'number' || !(milliseconds >= 0))
        throw invalid('milliseconds', 'a number of 0 or more', milliseconds);
      const until = now + milliseconds;
      // Work without end does not stop the time: that is what timeouts are for.
      await run(TURNS_PER_MOMENT);
      while (fireDue(until)) await run(TURNS_PER_MOMENT);
      now = until;
      await run(TURNS_PER_MOMENT);
    },
    runUntilIdle,
    get pendingTimers() {
      return timers.length;
    },
  };
}

/** Resolves after every promise callback that is queued now, and those that they queue. */
function realTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** mulberry32: 32 bits of state, good enough for tests and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
