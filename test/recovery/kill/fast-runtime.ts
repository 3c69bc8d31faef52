import { type Runtime, systemRuntime } from 'dagger-agents';

/** How much faster than the real clock this one goes: retries and waits of minutes take some milliseconds. */
const SPEED = 100;

/** The system's own, with a clock that goes faster and on over all processes that are told the same beginning. */
export function fastRuntime(beginning: number): Runtime {
  const system = systemRuntime();
  const now = (): number => beginning + (system.now() - beginning) * SPEED;
  const setTimer = (milliseconds: number, callback: () => void): (() => void) => {
    const due = now() + milliseconds;
    let cancel = (): void => {};
    const arm = (): void => {
      // The system's timers may be early, which here would be early by much.
      cancel = system.setTimer(Math.ceil((due - now()) / SPEED), () => (now() < due ? arm() : callback()));
    };
    arm();
    return () => cancel();
  };
  return { ...system, now, setTimer };
}
