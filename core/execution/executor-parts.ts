import type { ResolvedConfig } from '../config.js';
import { closedError, PubSubError, toPubSubError } from '../errors.js';
import type { Persistence } from '../persistence/persistence.js';
import { type Runtime, systemRuntime } from '../runtime.js';
import { defaultValidator } from '../schema/validators.js';
import { Cache } from '../state/cache.js';
import { EVENT_FORMAT } from '../state/run-event.js';
import type { RunRecord } from '../state/run-record.js';
import type { RunState } from '../state/run-state.js';
import { TaskManager } from '../state/task-manager.js';
import { Acknowledgements } from './acknowledgements.js';
import { AgentDirectory } from './agent-directory.js';
import type { RunnerEnvironment } from './agent-runner.js';
import { ApplicationPublisher } from './application-publisher.js';
import { AutoResume } from './auto-resume.js';
import { ChannelDesk } from './channel-desk.js';
import { DeadLetters } from './dead-letters.js';
import { Drain } from './drain.js';
import type { OpenOptions } from './executor-options.js';
import { Failures } from './failures.js';
import { HumanDesk } from './human-desk.js';
import { Lifecycle } from './lifecycle.js';
import { type EventListener, Listeners } from './listeners.js';
import { liveCache, liveTasks } from './live-stores.js';
import { type Logger, safeLogger } from './logger.js';
import { openState } from './open-state.js';
import type { Recorder } from './recorder.js';
import { Router } from './router.js';
import { RunHistory } from './run-history.js';
import { RunManager } from './run-manager.js';
import { RunningAttempts } from './running-attempts.js';
import { Scheduler } from './scheduler.js';
import { Services } from './services.js';
import { SettlementWatch } from './settlement.js';
import { TurnClock } from './turn-clock.js';

/** Nodes of the tree that are kept when `retention.nodes` says nothing. */
export const DEFAULT_NODES = 100_000;
/** Ended runs that are remembered when `retention.maxRuns` says nothing. */
const DEFAULT_RUNS = 1000;

/** What an executor is made of. It composes these and does nothing itself. */
export interface ExecutorParts {
  readonly config: ResolvedConfig;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly recorder: Recorder;
  readonly router: Router;
  readonly scheduler: Scheduler;
  readonly runs: RunManager;
  readonly history: RunHistory;
  readonly channels: ChannelDesk;
  readonly deadLetters: DeadLetters;
  readonly lifecycle: Lifecycle;
  readonly directory: AgentDirectory;
  readonly publisher: ApplicationPublisher;
  readonly acknowledgements: Acknowledgements;
  readonly humans: HumanDesk;
  readonly cache: Cache;
  readonly tasks: TaskManager;
  currentAgent(): string | undefined;
  /** The run that a message from the application belongs to. */
  readonly currentRun: () => RunRecord | undefined;
  subscribe(listener: EventListener): () => void;
  readonly persistence: Persistence;
  /** Settles when everything recorded so far is as durable as was asked for. */
  durable(): Promise<void> | undefined;
  /** Replaces the live state by what is stored. */
  load(): Promise<void>;
  /** An agent was registered: a run that waited for it may go on. */
  agentArrived(): void;
}

/** Programs without types can call a constructor that is private. */
export function requireParts(parts: ExecutorParts | undefined): ExecutorParts {
  if (parts?.recorder) return parts;
  const message = 'an executor is opened, not constructed: const executor = await PubSubExecutor.open()';
  throw new PubSubError('VALIDATION_ERROR', message);
}

/** Puts an executor together. */
export async function buildParts(options: OpenOptions, config: ResolvedConfig): Promise<ExecutorParts> {
  const runtime = options.runtime ?? systemRuntime();
  const logger = safeLogger(options.logger);
  // Where time is not the system's, a run must be repeatable: then nothing may depend on how long something loads, and
  // events must not name the files of this machine.
  const staged = options.runtime === undefined;
  // Loaded before the store: nobody would release it if this failed.
  const validator = options.validator ?? (await defaultValidator(logger, staged));
  const retainedNodes = options.retention?.nodes ?? DEFAULT_NODES;

  const listeners = new Listeners(runtime, logger);
  const clock = new TurnClock(runtime);
  const scheduler = new Scheduler(runtime, clock);
  const limits = { nodes: retainedNodes };
  const { recorder, persistence, reload } = await openState(
    options,
    limits,
    runtime,
    clock,
    scheduler,
    logger,
  );
  const router = new Router(recorder, config.maxMessages, logger, (run) => runs.check(run));
  const savesAtPause = options.storage !== undefined && options.durability === 'exit';
  let isClosed = false;
  const requireOpen = (): void => {
    if (isClosed) throw closedError();
  };
  const cacheStore = liveCache(recorder, requireOpen);
  const taskStore = liveTasks(recorder, requireOpen);
  const cache = new Cache(cacheStore);
  const tasks = new TaskManager(taskStore);
  const running = new RunningAttempts();
  const drain = new Drain(running, runtime);
  const failures = new Failures(recorder, logger, staged);

  const runs: RunManager = new RunManager({
    recorder,
    runtime,
    config,
    retainedNodes,
    errorOf: (record) => failures.errorOf(record),
    whenDurable: (settle) => persistence.whenDurable(settle),
    whenEnded: (status, settle) => {
      if (!savesAtPause || status !== 'paused') persistence.whenDurable(settle);
      else
        persistence.save().then(
          () => settle(undefined),
          (thrown) => settle(toPubSubError(thrown)),
        );
    },
    whenTurnEnds: (callback) => scheduler.whenTurnEnds(callback),
    agentsMissing: (run, agents) =>
      logger.warn(
        `run "${run}" is paused: messages wait for agents that are not registered: ${agents.slice(0, 5).join(', ')}`,
      ),
    started: (run) => adopt(run),
    ended: (run, reason, begun) => {
      for (const { attempt } of begun) attempt?.abandon(reason);
      for (const runner of directory.runners()) runner.abandonRetries();
      history.prune();
      router.refuseWaiters(reason, (_, waitingRun) => waitingRun === run);
      router.roomMadeAnywhere();
      drain.check();
    },
  });
  const history = new RunHistory(recorder, {
    maxRuns: options.retention?.maxRuns ?? DEFAULT_RUNS,
    maxAgeSeconds: options.retention?.maxAgeSeconds ?? Number.POSITIVE_INFINITY,
  });
  const services = new Services({
    recorder,
    router,
    scheduler,
    config,
    humans: () => humans,
    cache,
    tasks,
    cacheStore,
    taskStore,
    rest: (attempt) => drain.rest(attempt),
    isClosed: () => isClosed,
    budgetSpent: (run, error) => runs.end(run, 'budget-exceeded', error),
  });
  const environment: RunnerEnvironment = {
    recorder,
    router,
    scheduler,
    runtime,
    config,
    services,
    settlements: new SettlementWatch(scheduler),
    running,
    failures,
    commit: (attempt, succeeded) => services.transactions.commit(attempt, succeeded),
    settled: (delivery, run) => {
      runs.settled(delivery, run);
      if (drain.isAwaited) drain.check();
    },
    stalled: (run) => {
      runs.check(run);
      drain.check();
    },
  };
  const directory = new AgentDirectory(recorder, router, validator, environment, () => runs.current);
  const publisher = new ApplicationPublisher(recorder, router, tasks, requireOpen);
  const autoResume = new AutoResume(runtime, recorder, directory, runs, config, () => isClosed);
  const humans = new HumanDesk({
    recorder,
    runtime,
    config,
    validator,
    requireOpen,
    unparked: (delivery) => {
      if (delivery.run?.isRunning) directory.runner(delivery.mailbox.agent)?.mailArrived();
      else if (persistence.failure?.code !== 'LOCK_ERROR') autoResume.want();
    },
  });

  const wakeAll = (): void => {
    for (const runner of directory.runners()) runner.mailArrived();
  };
  const adopt = (run: RunRecord): void => {
    for (const delivery of recorder.state.unfinished) {
      if (delivery.run !== run || delivery.status !== 'retrying') continue;
      const runner = directory.runner(delivery.mailbox.agent);
      // Another agent of its name need not listen there.
      const isReader = delivery.mailbox.consumer === runner || delivery.mailbox.closed;
      if (runner && isReader && runner.resumesRetry(delivery)) continue;
      recorder.deliveryReturned(recorder.now(), delivery, false, delivery.dueAt);
    }
    wakeAll();
  };

  const beginSession = (): void => {
    const openedAt = runtime.now();
    const salt = Math.floor(runtime.random() * 36 ** 5).toString(36);
    // Two sessions on one state must differ even where clock and randomness say the same again, as in replays.
    const { seq } = recorder.state;
    const session = Math.floor(openedAt).toString(36) + salt + (seq > 0 ? seq.toString(36) : '');
    recorder.record({ type: 'executor.opened', session, format: EVENT_FORMAT }, openedAt);
  };
  let detach: (() => void) | undefined;
  const subscribe = (listener: EventListener): (() => void) => {
    const remove = listeners.add(listener);
    detach ??= recorder.attach(listeners);
    return () => {
      remove();
      if (!listeners.isEmpty) return;
      detach?.();
      detach = undefined;
    };
  };
  if (options.listener) subscribe(options.listener);
  beginSession();
  history.prune();
  for (const [namespace, key, value] of options.cache?.entries() ?? []) {
    recorder.record({ type: 'cache.set', namespace, key, value });
  }

  const lifecycle = new Lifecycle({
    recorder,
    scheduler,
    runs,
    persistence,
    savesAtPause,
    drain,
    wakeAll,
    async release() {
      for (const runner of [...directory.runners()]) runner.leave();
      const closed = closedError();
      router.refuseWaiters(closed, () => true);
      humans.abandon(closed);
      listeners.flush();
      failures.close();
      isClosed = true;
      await persistence.close();
    },
  });

  // Another owner has the state now: what this one goes on to do would be of no consequence.
  persistence.whenLost((error) => {
    for (const { record } of runs.running) runs.end(record, 'failed', error);
    scheduler.retire();
  });

  return {
    config,
    runtime,
    logger,
    recorder,
    router,
    scheduler,
    runs,
    history,
    directory,
    publisher,
    humans,
    cache,
    tasks,
    durable: () => persistence.durable(),
    persistence,
    acknowledgements: new Acknowledgements(persistence, scheduler),
    channels: new ChannelDesk(recorder, router, directory, runs, config),
    deadLetters: new DeadLetters(recorder, directory, runs),
    lifecycle,
    currentAgent: () => running.lastAgent?.name,
    currentRun: () => runs.current,
    agentArrived: () => autoResume.agentArrived(),
    subscribe,
    async load() {
      if (runs.running.length > 0) {
        throw new PubSubError(
          'EXECUTION_ERROR',
          'state cannot be loaded while a run is going on: stop() first',
        );
      }
      let stored: RunState;
      let seq: number;
      // What is recorded while the store is being read would be missing from what was read: then once more.
      do {
        await persistence.durable();
        ({ seq } = recorder.state);
        stored = await reload();
      } while (recorder.state.seq !== seq);
      for (const channel of recorder.state.channels.values()) channel.isOpen = false;
      recorder.replace(stored);
      beginSession();
      directory.registerAgain();
    },
  };
}
