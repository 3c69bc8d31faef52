import { messageOf, PubSubError, toPubSubError } from '../errors.js';
import type { RunKind } from '../state/run-record.js';
import { type RunOptions, type RunSpec, requireRun } from './executor-options.js';
import type { ExecutorParts } from './executor-parts.js';
import { OutcomeReader } from './outcome-reader.js';
import type { RunHandle } from './run-handle.js';
import type { LiveRun } from './run-manager.js';

/** Starts a run and answers its handle at once; what hinders it from starting becomes the handle's rejection. */
export function beginRun(
  parts: ExecutorParts,
  requireOpen: () => void,
  spec: RunSpec,
  options: RunOptions,
): RunHandle {
  const id = parts.runs.newId();
  let cancelledEarly: string | undefined;
  let live: LiveRun | undefined;
  const cancel = ({ record }: LiveRun, reason: string): void =>
    parts.runs.end(record, 'cancelled', cancellation(id, reason));
  const started = start(parts, id, requireOpen, spec, options, (running) => {
    live = running;
    if (cancelledEarly !== undefined) cancel(running, cancelledEarly);
  });
  const report = started.then((running) => running.report);
  let isLookedAt = false;
  // Who only iterates never looks at the report: its rejection must not count as unhandled. Who does neither, not even a
  // turn later, would only see that nothing happens.
  report.catch((thrown: unknown) => {
    if (isLookedAt) return;
    parts.runtime.yieldTurn(() => {
      if (!isLookedAt) parts.logger.warn(`run "${id}" could not start: ${messageOf(thrown)}`, thrown);
    });
  });
  return {
    id,
    get report() {
      isLookedAt = true;
      return report;
    },
    get missedOutcomes() {
      return live?.outcomes.missed ?? 0;
    },
    cancel(reason = 'cancelled by the application') {
      if (live) cancel(live, reason);
      else cancelledEarly = reason;
    },
    [Symbol.asyncIterator]() {
      isLookedAt = true;
      return new OutcomeReader(started.then(({ outcomes }) => outcomes));
    },
  };
}

async function start(
  parts: ExecutorParts,
  id: string,
  requireOpen: () => void,
  spec: RunSpec,
  options: RunOptions,
  begun: (live: LiveRun) => void,
): Promise<LiveRun> {
  requireOpen();
  requireRun(spec, options);
  const { failure } = parts.persistence;
  if (failure?.code === 'LOCK_ERROR') throw failure;
  if (spec.channel !== undefined && parts.directory.size === 0) {
    throw new PubSubError('NO_AGENTS_REGISTERED', 'a run that starts with a message needs an agent');
  }
  parts.lifecycle.begins(spec);
  const kind: RunKind = spec.resume ? 'resume' : spec.channel === undefined ? 'reactive' : 'message';
  const { signal } = options;
  const timeout = options.timeoutSeconds ?? (kind === 'reactive' ? undefined : parts.config.timeoutSeconds);
  const { runs, publisher } = parts;
  const begin = (): LiveRun => {
    const live = runs.start(id, kind, timeout);
    begun(live);
    if (signal) watch(parts, live, id, signal);
    return live;
  };
  if (spec.channel === undefined) {
    const live = begin();
    runs.check(live.record);
    return live;
  }
  let live: LiveRun | undefined;
  // The run starts just before its first message is recorded: a message that is refused starts nothing.
  try {
    await publisher.publish(spec.channel, spec.payload, undefined, () => {
      live ??= begin();
      // Cancelled before its message was in: the message must not be left for another run.
      if (!live.record.isRunning) throw new PubSubError('CANCELLED', `run "${id}" has ended`);
      return live.record;
    });
  } catch (thrown) {
    if (!live) throw thrown;
    // It has started, so its report tells what went wrong: it was ended, or the channel closed, while it waited for room.
    runs.end(live.record, 'failed', toPubSubError(thrown));
    return live;
  }
  if (!live) {
    throw new PubSubError(
      'EXECUTION_ERROR',
      'spec.payload: this message was published before, so there is nothing to do',
    );
  }
  live.isStarting = false;
  runs.check(live.record);
  return live;
}

function watch({ runs }: ExecutorParts, live: LiveRun, id: string, signal: AbortSignal): void {
  const abort = (): void => {
    const { message } = toPubSubError(signal.reason, 'CANCELLED');
    runs.end(live.record, 'cancelled', cancellation(id, message));
  };
  if (signal.aborted) {
    abort();
    return;
  }
  signal.addEventListener('abort', abort, { once: true });
  const forget = (): void => signal.removeEventListener('abort', abort);
  live.report.then(forget, forget);
}

function cancellation(id: string, given: unknown): PubSubError {
  const reason = typeof given === 'string' ? given : messageOf(given);
  return new PubSubError('CANCELLED', `run "${id}" was cancelled: ${reason}`, {
    details: { run: id, reason },
  });
}
