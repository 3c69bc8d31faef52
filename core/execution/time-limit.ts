import { PubSubError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import type { Invocation } from './invocation.js';

/** Lets an attempt fail with `TIMEOUT_EXCEEDED` if it has not ended by then. */
export function limitTime(invocation: Invocation, timeoutMs: number, runtime: Runtime): void {
  const { name } = invocation.registered.agent;
  const stopTimer = runtime.setTimer(timeoutMs, () => {
    const message = `an attempt of agent "${name}" took longer than ${timeoutMs} ms`;
    invocation.failed(new PubSubError('TIMEOUT_EXCEEDED', message, { details: { agent: name, timeoutMs } }));
  });
  invocation.whenOver(stopTimer);
}
