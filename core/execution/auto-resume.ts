import type { ResolvedConfig } from '../config.js';
import type { Runtime } from '../runtime.js';
import type { AgentDirectory } from './agent-directory.js';
import type { Recorder } from './recorder.js';
import type { RunManager } from './run-manager.js';

/**
 * Starts a run by itself when the answer comes that a paused run waits for. It lets one turn of the event loop go by
 * first, so that an application that answers and then calls `execute({ resume: true })` gets that run.
 */
export class AutoResume {
  readonly #runtime: Runtime;
  readonly #recorder: Recorder;
  readonly #directory: AgentDirectory;
  readonly #runs: RunManager;
  readonly #config: ResolvedConfig;
  readonly #isClosed: () => boolean;
  #wanted = false;
  #planned = false;

  constructor(
    runtime: Runtime,
    recorder: Recorder,
    directory: AgentDirectory,
    runs: RunManager,
    config: ResolvedConfig,
    isClosed: () => boolean,
  ) {
    this.#runtime = runtime;
    this.#recorder = recorder;
    this.#directory = directory;
    this.#runs = runs;
    this.#config = config;
    this.#isClosed = isClosed;
  }

  /** A delivery that no run owns can go on. */
  want(): void {
    this.#wanted = true;
    this.#plan();
  }

  /** The delivery's agent may be there now. */
  agentArrived(): void {
    if (this.#wanted) this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    this.#runtime.yieldTurn(() => {
      this.#planned = false;
      if (this.#isClosed()) return;
      const ready = [...this.#recorder.state.unfinished].some(
        ({ status, run, mailbox }) =>
          status === 'waiting' && !run?.isRunning && this.#directory.runner(mailbox.agent) !== undefined,
      );
      if (!ready) return;
      this.#wanted = false;
      const live = this.#runs.start(this.#runs.newId(), 'resume', this.#config.timeoutSeconds);
      this.#runs.check(live.record);
    });
  }
}
