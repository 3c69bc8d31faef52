/**
 * Everything the library takes from the outside world: time, timers, turns of the event loop and randomness.
 * Inject one to replay a run exactly; `createTestRuntime()` in `dagger-agents/testing` is such a one.
 */
export interface Runtime {
  /** Milliseconds since 1970, with a fraction where the platform has one. Never goes backwards. */
  now(): number;
  /** Calls `callback` once after `milliseconds`; the answer cancels it. */
  setTimer(milliseconds: number, callback: () => void): () => void;
  /** Calls `callback` in a later turn of the event loop, after timers, I/O and painting had their chance. */
  yieldTurn(callback: () => void): void;
  /** Calls `callback` in this turn, after the running code and the promise callbacks already queued. */
  defer(callback: () => void): void;
  /** A number in [0, 1). */
  random(): number;
}

/** Resolves in a later turn of the event loop. */
export function nextTurn(runtime: Runtime): Promise<void> {
  return new Promise((resolve) => runtime.yieldTurn(resolve));
}

/** Longest delay the platform's timers take, in milliseconds; longer ones would fire at once. */
export const LONGEST_TIMER: number = 2 ** 31 - 1;

/** The platform's own clock, timers and randomness; works in Node, browsers and workers. */
export function systemRuntime(): Runtime {
  // Node makes the global name a getter, which would add a third to each reading.
  const clock = performance;
  const origin = clock.timeOrigin;
  const settled = Promise.resolve();
  const runtime: Runtime = {
    now: () => origin + clock.now(),
    setTimer(milliseconds, callback) {
      let handle: ReturnType<typeof setTimeout>;
      const arm = (left: number): void => {
        const step = Math.min(left, LONGEST_TIMER);
        handle = setTimeout(() => (left > step ? arm(left - step) : callback()), step);
      };
      arm(Math.max(0, milliseconds));
      return () => clearTimeout(handle);
    },
    yieldTurn: platformYield(),
    // A then on a settled promise costs a third of queueMicrotask in Node and a fifteenth of it in Chromium.
    defer: (callback) => void settled.then(callback),
    random: () => Math.random(),
  };
  return runtime;
}

/** setImmediate where there is one (Node), else a message to ourselves: setTimeout(0) waits 4 ms in browsers. */
function platformYield(): (callback: () => void) => void {
  if (typeof setImmediate === 'function') return (callback) => void setImmediate(callback);
  const queue: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => queue.shift()?.();
  return (callback) => {
    queue.push(callback);
    port2.postMessage(0);
  };
}
