import { requireOptions } from '../config.js';
import { invalid } from '../errors.js';
import type { Persistence } from '../persistence/persistence.js';
import type { RunRecord } from '../state/run-record.js';
import type { Drain } from './drain.js';
import type { RunSpec } from './executor-options.js';
import type { Recorder } from './recorder.js';
import type { RunManager } from './run-manager.js';
import type { Scheduler } from './scheduler.js';

/** How long `stop` lets attempts finish by default, in seconds. */
const GRACE_SECONDS = 1;

/** What the lifecycle needs of the executor's other parts. */
export interface LifecycleSurroundings {
  readonly recorder: Recorder;
  readonly scheduler: Scheduler;
  readonly runs: RunManager;
  readonly persistence: Persistence;
  /** True with `durability: 'exit'`: a pause writes the state down. */
  readonly savesAtPause: boolean;
  readonly drain: Drain;
  /** Every agent looks for work. */
  wakeAll(): void;
  /** Lets everything go, the storage last. */
  release(): Promise<void>;
}

/** Pauses, stops and closes an executor. */
export class Lifecycle {
  readonly #surroundings: LifecycleSurroundings;
  #stopped = false;

  constructor(surroundings: LifecycleSurroundings) {
    this.#surroundings = surroundings;
  }

  /** True after a stop, until the next run. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** A run begins. */
  begins(spec: RunSpec): void {
    this.#stopped = false;
    if (spec.resume && this.#surroundings.recorder.state.paused) this.resume();
  }

  async pause(): Promise<void> {
    const { scheduler, recorder, drain, persistence, savesAtPause } = this.#surroundings;
    if (!recorder.state.paused) recorder.record({ type: 'executor.paused' });
    scheduler.pause();
    await drain.standstill();
    if (savesAtPause) await persistence.save();
    else await persistence.durable();
  }

  resume(): void {
    const { scheduler, recorder, wakeAll } = this.#surroundings;
    if (recorder.state.paused) recorder.record({ type: 'executor.resumed' });
    scheduler.resume();
    wakeAll();
  }

  async stop(options: { readonly graceSeconds?: number | undefined }): Promise<void> {
    requireOptions(options, 'options', ['graceSeconds']);
    const { graceSeconds = GRACE_SECONDS } = options;
    if (typeof graceSeconds !== 'number' || !(graceSeconds >= 0)) {
      throw invalid('options.graceSeconds', 'a number of 0 or more', graceSeconds);
    }
    const { scheduler, recorder, drain, persistence } = this.#surroundings;
    this.#stopped = true;
    // What has begun may finish; nothing new begins.
    scheduler.pause();
    try {
      await drain.empty(graceSeconds * 1000);
      this.#endRuns();
    } finally {
      if (!recorder.state.paused) scheduler.resume();
    }
    await persistence.durable();
  }

  async close(): Promise<void> {
    this.#stopped = true;
    this.#endRuns();
    await this.#surroundings.release();
  }

  #endRuns(): void {
    const { runs } = this.#surroundings;
    for (const { record } of runs.running) runs.end(record, this.#stoppedStatus(record));
  }

  /** A listener has done its work when it is stopped; any other run had something left. */
  #stoppedStatus(run: RunRecord): 'completed' | 'failed' | 'paused' {
    if (run.kind !== 'reactive' || this.#surroundings.recorder.state.paused) return 'paused';
    return run.counts.failed > 0 ? 'failed' : 'completed';
  }
}
