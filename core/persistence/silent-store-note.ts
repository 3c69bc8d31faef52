import type { Runtime } from '../runtime.js';
import type { StorageNamespace } from './storage-adapter.js';

/** How long a store may take for one answer before that is told, in milliseconds. */
const PATIENCE = 10_000;

/**
 * The same namespace, but a call that it does not answer is told to the developer: whatever waits for it looks like a fault
 * of something else. It is waited for all the same, as nobody else can say what has become of it.
 */
export function notingSilence(
  namespace: StorageNamespace,
  runtime: Runtime,
  warn: (message: string) => void,
): StorageNamespace {
  const answer = async <Result>(doing: string, called: Promise<Result>): Promise<Result> => {
    const since = runtime.now();
    let isLate = false;
    const stopTimer = runtime.setTimer(PATIENCE, () => {
      isLate = true;
      warn(
        `storage: no answer for ${PATIENCE / 1000} s while ${doing}; what was published waits for it, and closing does`,
      );
    });
    try {
      return await called;
    } finally {
      stopTimer();
      if (isLate)
        warn(`storage: an answer after ${Math.round((runtime.now() - since) / 1000)} s of ${doing}`);
    }
  };
  return {
    epoch: namespace.epoch,
    tornTail: namespace.tornTail,
    append: (batch, options) => answer('appending', namespace.append(batch, options)),
    read: (after) => namespace.read(after),
    readSnapshot: () => answer('reading a snapshot', namespace.readSnapshot()),
    writeSnapshot: (snapshot) => answer('writing a snapshot', namespace.writeSnapshot(snapshot)),
    repair: () => namespace.repair(),
    close: () => answer('closing', namespace.close()),
  };
}
