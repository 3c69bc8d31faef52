import type { ResolvedConfig } from '../config.js';
import { type ErrorRecord, errorRecord, PubSubError } from '../errors.js';
import type { Runtime } from '../runtime.js';
import type { Delivery } from '../state/delivery.js';
import type { RunKind, RunRecord, RunStatus } from '../state/run-record.js';
import { errorFrom } from '../thrown.js';
import type { Recorder } from './recorder.js';
import { outcomeOf, type PubSubExecutionReport, reportOf } from './report.js';
import { OutcomeLog } from './run-handle.js';

/** What the manager needs of the executor's other parts. */
export interface RunSurroundings {
  readonly recorder: Recorder;
  readonly runtime: Runtime;
  readonly config: ResolvedConfig;
  readonly retainedNodes: number;
  /** Calls back when everything recorded so far is durable (at once without storage), or cannot be now. */
  whenDurable(settle: (error: PubSubError | undefined) => void): void;
  /** The same for what a run that has ended leaves: with `durability: 'exit'` a paused one is saved now. */
  whenEnded(status: RunStatus, settle: (error: PubSubError | undefined) => void): void;
  /** The error that a record tells of, with what was thrown as its cause. */
  errorOf(record: ErrorRecord): PubSubError;
  /** Calls back once, when this turn of the event loop is over. */
  whenTurnEnds(callback: () => void): void;
  /** A run can only be paused, as these agents, to which messages were delivered, are not registered. */
  agentsMissing(run: string, agents: readonly string[]): void;
  /** A run has started: what it adopted can go on. */
  started(run: RunRecord): void;
  /** A run has ended: the attempts at what had begun have no say any more. */
  ended(run: RunRecord, reason: PubSubError, begun: readonly Delivery[]): void;
}

/** Why a run failed: as it is recorded, and as the report has it. */
interface RunFailure {
  readonly record: ErrorRecord;
  readonly error: PubSubError;
}

/** A run as it goes on: its outcomes, its clock, and who waits for its report. */
export class LiveRun {
  readonly record: RunRecord;
  readonly outcomes: OutcomeLog;
  readonly report: Promise<PubSubExecutionReport>;
  readonly resolve: (report: PubSubExecutionReport) => void;
  stopTimer: (() => void) | undefined = undefined;
  /** Of the first delivery that failed for good: the run's error, when nothing worse happens. */
  firstFailure: RunFailure | undefined = undefined;
  showPlanned = false;
  /** Its first message is not in yet, so having nothing to do does not end it. */
  isStarting: boolean;

  constructor(record: RunRecord, outcomes: OutcomeLog) {
    this.record = record;
    this.isStarting = record.kind === 'message';
    this.outcomes = outcomes;
    let resolve: (report: PubSubExecutionReport) => void = () => {};
    this.report = new Promise((settle) => {
      resolve = settle;
    });
    this.resolve = resolve;
  }
}

/** Starts runs, watches them and ends them. */
export class RunManager {
  private readonly surroundings: RunSurroundings;
  private readonly live = new Map<RunRecord, LiveRun>();
  /** The run looked up last: nearly always the one looked up next. */
  private recent: LiveRun | undefined = undefined;
  private currentRecord: RunRecord | undefined = undefined;
  private count = 0;
  private idleWaiters: (() => void)[] = [];

  constructor(surroundings: RunSurroundings) {
    this.surroundings = surroundings;
  }

  /** Runs going on, oldest first. */
  get running(): readonly LiveRun[] {
    return [...this.live.values()];
  }

  /** The run that a message from the application belongs to: the newest that listens, else the newest. */
  get current(): RunRecord | undefined {
    return this.currentRecord;
  }

  private findCurrent(): void {
    const records = [...this.live.keys()];
    this.currentRecord = records.findLast(({ kind }) => kind === 'reactive') ?? records.at(-1);
  }

  newId(): string {
    const { session } = this.surroundings.recorder.state;
    return `run-${session.prefix}-${++this.count}`;
  }

  /** @param timeoutSeconds undefined for no limit. */
  start(id: string, kind: RunKind, timeoutSeconds: number | undefined): LiveRun {
    const { recorder, runtime, retainedNodes, errorOf } = this.surroundings;
    recorder.record({ type: 'run.started', run: id, kind });
    const record = recorder.state.runs.get(id);
    if (!record) throw new PubSubError('EXECUTION_ERROR', `run "${id}" did not start`);
    const outcomes = new OutcomeLog(retainedNodes, {
      outcome: (number) => {
        const { tree } = recorder.state;
        const plain = tree.plainSuccess(number);
        if (plain !== undefined) return plain;
        const node = tree.get(number);
        return node?.kind === 'invocation' ? outcomeOf(node, errorOf) : undefined;
      },
    });
    const live = new LiveRun(record, outcomes);
    this.live.set(record, live);
    this.findCurrent();
    if (timeoutSeconds !== undefined) {
      live.stopTimer = runtime.setTimer(timeoutSeconds * 1000, () => this.timeOut(record, timeoutSeconds));
    }
    this.surroundings.started(record);
    return live;
  }

  /** A delivery has its outcome. */
  settled(delivery: Delivery, run: RunRecord | undefined): void {
    const recent = this.recent;
    const live = recent?.record === run ? recent : this.find(run);
    if (live === undefined) return;
    live.outcomes.add(delivery.node);
    if (delivery.extras !== undefined) this.noteFailure(live, delivery);
    if (live.showPlanned === false) this.planShow(live);
    const { outstanding, stalled } = live.record;
    // Now and then without a reason, too: what is called for the first time when all is done makes the engine throw away the
    // code that got it there, and the next 100,000 messages took a fifteenth longer.
    if (outstanding === stalled || (live.outcomes.count & 255) === 0) this.check(live.record);
  }

  private noteFailure(live: LiveRun, { errors }: Delivery): void {
    if (live.firstFailure !== undefined || live.record.counts.failed === 0) return;
    const record = errors?.at(-1);
    // Its cause is taken now: those of later failures would push it out.
    if (record !== undefined) live.firstFailure = { record, error: this.surroundings.errorOf(record) };
  }

  /** Ends a run that has nothing left to do. */
  check(run: RunRecord | undefined): void {
    if (!run?.isRunning || run.outstanding > run.stalled) return;
    if (this.idleWaiters.length > 0 && this.isIdle) this.wakeIdle();
    if (run.kind === 'reactive' || this.find(run)?.isStarting) return;
    // What is left waits for a person, or for an agent that is gone.
    if (run.outstanding > 0) this.pause(run);
    else if (run.counts.failed > 0) this.end(run, 'failed');
    else this.end(run, 'completed');
  }

  /** True when no run has anything left that can go on by itself. */
  get isIdle(): boolean {
    for (const { outstanding, stalled } of this.live.keys()) if (outstanding > stalled) return false;
    return true;
  }

  /** Resolves when nothing is left that can go on by itself. */
  async idle(): Promise<void> {
    while (!this.isIdle) await new Promise<void>((resolve) => this.idleWaiters.push(resolve));
  }

  /** Ends a run, whatever it is doing. Nothing happens when it has ended. */
  end(run: RunRecord, status: RunStatus, error?: PubSubError): void {
    const live = this.live.get(run);
    if (!live) return;
    const { recorder } = this.surroundings;
    live.stopTimer?.();
    const begun = [...recorder.state.unfinished].filter(
      (delivery) => delivery.run === run && delivery.status === 'running',
    );
    const failure = error ? failureOf(error) : status === 'failed' ? live.firstFailure : undefined;
    recorder.record({ type: 'run.ended', run: run.id, status, ...(failure && { error: failure.record }) });
    // What was being worked on when the run was cut off has an outcome too; what was only put back has none yet.
    for (const delivery of begun) if (delivery.status === 'running') live.outcomes.add(delivery.node);
    this.live.delete(run);
    this.findCurrent();
    this.recent = undefined;
    const reason = error ?? new PubSubError('CANCELLED', `run "${run.id}" has ended (${status})`);
    this.surroundings.ended(run, reason, begun);
    if (this.isIdle) this.wakeIdle();
    const counts = { ...run.counts };
    this.surroundings.whenEnded(status, (notStored) => {
      live.outcomes.close(notStored);
      const { maxTokens } = this.surroundings.config;
      const outcomes = live.outcomes.all();
      const report = notStored
        ? reportOf(run, 'failed', counts, outcomes, maxTokens, notStored)
        : reportOf(run, status, counts, outcomes, maxTokens, failure?.error);
      live.resolve(report);
    });
  }

  private pause(run: RunRecord): void {
    const absent = new Set<string>();
    for (const { run: owner, status, mailbox } of this.surroundings.recorder.state.unfinished) {
      if (owner === run && status === 'waiting' && !mailbox.subscribed) absent.add(mailbox.agent);
    }
    if (absent.size > 0) this.surroundings.agentsMissing(run.id, [...absent]);
    this.end(run, 'paused');
  }

  private timeOut(run: RunRecord, seconds: number): void {
    const error = new PubSubError('TIMEOUT_EXCEEDED', `run "${run.id}" took longer than ${seconds} s`, {
      details: { run: run.id, timeoutSeconds: seconds },
    });
    this.end(run, 'timed-out', error);
  }

  private find(run: RunRecord | undefined): LiveRun | undefined {
    this.recent = run && this.live.get(run);
    return this.recent;
  }

  /** Outcomes are shown once they are durable, those of one turn together: a promise for each would be waste. */
  private planShow(live: LiveRun): void {
    live.showPlanned = true;
    const { whenDurable } = this.surroundings;
    this.surroundings.whenTurnEnds(() => {
      live.showPlanned = false;
      const { count } = live.outcomes;
      whenDurable((notStored) => {
        if (!notStored) live.outcomes.show(count);
      });
    });
  }

  private wakeIdle(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

function failureOf(error: PubSubError): RunFailure {
  const record = errorRecord(error);
  return { record, error: errorFrom(record, error) };
}
