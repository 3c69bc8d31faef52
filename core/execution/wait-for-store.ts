import { PubSubError } from '../errors.js';
import type { Runtime } from '../runtime.js';

/** Milliseconds before the store is asked for again, and by how much each wait is longer than the one before it. */
const FIRST_WAIT = 50;
const GROWTH = 1.5;
const LONGEST_WAIT = 250;

/**
 * Opens a store that somebody else may hold at the moment, trying again until `waitSeconds` are over: whoever has it
 * cannot be asked when it will be free, as that may be another process.
 *
 * @throws PubSubError the `LOCK_ERROR` of the last try, or at once whatever else `open` throws.
 */
export async function waitForStore<Opened>(
  open: () => Promise<Opened>,
  waitSeconds: number,
  runtime: Pick<Runtime, 'now' | 'setTimer'>,
): Promise<Opened> {
  const deadline = runtime.now() + waitSeconds * 1000;
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * GROWTH, LONGEST_WAIT)) {
    try {
      return await open();
    } catch (thrown) {
      const left = deadline - runtime.now();
      if (!(thrown instanceof PubSubError) || thrown.code !== 'LOCK_ERROR' || left <= 0) throw thrown;
      await new Promise<void>((resolve) => {
        runtime.setTimer(Math.min(wait, left), resolve);
      });
    }
  }
}
