import {
  type NodeExecutionOutcome,
  type OpenOptions,
  PubSubError,
  type PubSubExecutionReport,
  PubSubExecutor,
  type RunEvent,
  type RunHandle,
} from 'dagger-agents';
import { createTestRuntime, type TestRuntime } from 'dagger-agents/testing';
import { expect, onTestFinished } from 'vitest';

/** An executor on a manual clock, and every event it has recorded since. */
export interface Bus {
  readonly executor: PubSubExecutor;
  readonly runtime: TestRuntime;
  readonly events: RunEvent[];
  /** Moves the clock on and awaits a run's report. */
  reported(milliseconds: number, run: RunHandle): Promise<PubSubExecutionReport>;
  /** Events of one type, narrowed to it. */
  recorded<Type extends RunEvent['type']>(type: Type): Extract<RunEvent, { readonly type: Type }>[];
}

/** Opens an executor on a manual clock; it is closed when the test is over. */
export async function openBus(options: Omit<OpenOptions, 'runtime'> & { seed?: number } = {}): Promise<Bus> {
  const { seed = 1, ...rest } = options;
  const runtime = createTestRuntime({ seed });
  // Of what fails in a test on purpose nobody need be told.
  const executor = await PubSubExecutor.open({ logger: { warn: () => {} }, ...rest, runtime });
  const events: RunEvent[] = [];
  executor.subscribe((event) => events.push(event));
  onTestFinished(() => executor.close());
  return {
    executor,
    runtime,
    events,
    async reported(milliseconds, run) {
      await runtime.advance(milliseconds);
      return run.report;
    },
    recorded: <Type extends RunEvent['type']>(type: Type) =>
      events.filter((event): event is Extract<RunEvent, { readonly type: Type }> => event.type === type),
  };
}

/** A promise that is settled from outside. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  resolve(value: Value): void;
  reject(reason: unknown): void;
}

export function deferred<Value = void>(): Deferred<Value> {
  let resolve: (value: Value) => void = () => {};
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<Value>((settle, refuse) => {
    resolve = settle;
    reject = refuse;
  });
  return { promise, resolve, reject };
}

/** What a piece of work is refused with: it must throw or reject, and with a PubSubError that says something. */
export async function refusal(work: () => unknown): Promise<PubSubError> {
  let came: unknown;
  try {
    came = await work();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PubSubError);
    if (!(thrown instanceof PubSubError)) throw thrown;
    expect(thrown.message.length).toBeGreaterThan(10);
    return thrown;
  }
  throw new Error(`nothing was thrown; the answer was ${String(came)}`);
}

/** Every outcome of a run, as its handle gives them. */
export async function outcomesOf(run: RunHandle): Promise<NodeExecutionOutcome[]> {
  const outcomes: NodeExecutionOutcome[] = [];
  for await (const outcome of run) outcomes.push(outcome);
  return outcomes;
}

/** Resolves after a turn of the event loop, when whatever was going to be reported as unhandled has been. */
export function realTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Collects the promises whose rejection nobody handled, from now to the end of the test. */
export function watchUnhandled(): { readonly unhandled: unknown[] } {
  const unhandled: unknown[] = [];
  if (typeof window === 'undefined') {
    const note = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
  } else {
    const note = (event: PromiseRejectionEvent): void => void unhandled.push(event.reason);
    window.addEventListener('unhandledrejection', note);
    onTestFinished(() => window.removeEventListener('unhandledrejection', note));
  }
  return { unhandled };
}
