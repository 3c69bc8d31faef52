/** Agents that can be slowed down or made to fail, in the order in which they work. */
export const TEAM = [
  'supervisor',
  'planner',
  'searcher',
  'reader',
  'reasoner',
  'evaluator',
  'reporter',
] as const;

export type Member = (typeof TEAM)[number];

export function isMember(name: string): name is Member {
  return TEAM.some((member) => member === name);
}

/** Why a step failed that was made to. */
export const INJECTED = 'made to fail on purpose';

const SLOW_MILLISECONDS = 1500;

/** Faults that the user has switched on; they take effect at the next step. */
export class Faults {
  slow: Member | undefined = undefined;
  failing: Member | undefined = undefined;
  #steps = 0;

  /** Goes before every step of every agent. A failing agent fails at every other step, so that retries can be seen to help. */
  async beforeStep(agent: string, signal: AbortSignal): Promise<void> {
    if (agent === this.slow) await rest(SLOW_MILLISECONDS, signal);
    if (agent === this.failing && this.#steps++ % 2 === 0) throw new Error(INJECTED);
  }
}

/** Waits; an abort ends it with the signal's reason. */
export function rest(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
