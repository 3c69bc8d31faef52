import {
  type Message,
  type OpenOptions,
  PubSubExecutor,
  type RunEvent,
  type RunHandle,
  type Runtime,
} from 'dagger-agents';
import { createTestRuntime, type TestRuntime } from 'dagger-agents/testing';
import { agentName, agentOf, channelName, ownMessage } from './random-agent.js';
import { type Action, CHANNELS, type SystemPlan } from './random-system.js';

/** A random system on whatever clock, and what its actions leave. */
export interface Playing {
  readonly executor: PubSubExecutor;
  readonly runtime: Pick<Runtime, 'setTimer'>;
  readonly runs: RunHandle[];
  /** Is given what the application has published, and was told to be safe. */
  readonly acknowledged: Pick<Message[], 'push'>;
  /** How many starts `step` has brought about in the newest action: they may happen during a pause. */
  steps: number;
  /** How often agents may still meddle; most of what they do to the executor leads to more of it. */
  meddling: number;
  /** Whether so much has happened that nobody should publish any more. */
  isCrowded(): boolean;
}

/** A random system while it runs on a manual clock. */
export interface Played extends Playing {
  readonly runtime: TestRuntime;
  readonly acknowledged: Message[];
  /** Every event from the first on, as the text it would be stored as. */
  readonly lines: readonly string[];
}

/** Long enough for every timeout, retry and wait that a plan can hold. */
const VERY_LONG = 4_000_000;

const MOST_MEDDLING = 20;
/** After so many events agents publish no more. */
const MOST_EVENTS = 3000;

/** Where a plan is played: by default in memory alone, from the beginning of 2026 on. */
export interface Stage extends Pick<OpenOptions, 'storage' | 'durability'> {
  readonly startAt?: number;
}

/** Plays a plan; `after` is called after each action, when everything recorded has been heard. */
export async function play(
  plan: SystemPlan,
  after: (played: Played) => void = () => {},
  { startAt, ...stage }: Stage = {},
): Promise<Played> {
  const runtime = createTestRuntime({ seed: plan.seed, startAt });
  const logger = { warn: () => {} };
  const { config, nodes, maxRuns } = plan;
  const lines: string[] = [];
  const listener = (event: RunEvent): void => void lines.push(JSON.stringify(event));
  const retention = { nodes, maxRuns };
  const executor = await PubSubExecutor.open({ runtime, config, retention, listener, logger, ...stage });
  const played: Played = {
    executor,
    runtime,
    runs: [],
    acknowledged: [],
    lines,
    steps: 0,
    meddling: MOST_MEDDLING,
    isCrowded: () => lines.length > MOST_EVENTS,
  };
  await settle();
  after(played);
  for (const [index, { late }] of plan.agents.entries()) if (!late) register(plan, played, index);
  for (const action of plan.actions) {
    played.steps = 0;
    attempt(() => perform(plan, played, action));
    if (action.do === 'advance') await runtime.advance(action.milliseconds);
    // Two turns of promises, so that listeners have heard of everything that was recorded.
    await settle();
    after(played);
  }
  await runtime.runUntilIdle();
  after(played);
  return played;
}

/**
 * Brings a played system to its end: every agent is there, every question is answered, nothing holds anything back.
 * What is unfinished after that is lost. `atRest` is called when nothing more happens without time going by.
 */
export async function finish(
  plan: SystemPlan,
  played: Played,
  atRest: (played: Played) => void = () => {},
): Promise<void> {
  const { executor, runtime, runs } = played;
  const { humans, state } = executor;
  played.meddling = 0;
  executor.resume();
  for (const index of plan.agents.keys()) {
    if (!state.agents.has(agentName(index))) register(plan, played, index);
  }
  // A run that an agent's endless work brings to its time limit leaves what was there before it: one message a round.
  for (let round = 0; round < 1000; round++) {
    for (const { id } of humans.pending()) attempt(() => humans.answer(id, 'answer'));
    for (const { agent } of executor.listUndelivered()) listenEverywhere(plan, played, agent);
    await runtime.advance(VERY_LONG);
    const stopped = executor.stop();
    await runtime.advance(2000);
    await stopped;
    if (state.unfinished.length === 0) return;
    runs.push(executor.execute({ resume: true }));
    await runtime.runUntilIdle();
    atRest(played);
  }
}

/** Of an agent that has come back to other channels, mail may be left in those it listened to before. */
function listenEverywhere(plan: SystemPlan, played: Played, agent: string): void {
  const index = [...plan.agents.keys()].find((each) => agentName(each) === agent) ?? 0;
  if (played.executor.state.agents.has(agent)) played.executor.unregisterAgent(agent);
  register(plan, played, index, [...Array(CHANNELS).keys()]);
}

/** Registers an agent as it is planned, or listening to other channels. */
export function register(
  plan: SystemPlan,
  played: Playing,
  index: number,
  subscribe: readonly number[] = planned(plan, index).subscribe,
): void {
  const { executor, runtime } = played;
  const meddle = (deed: Action): void => {
    if (played.meddling-- > 0) attempt(() => perform(plan, played, deed));
  };
  const surroundings = { runtime, meddle, isCrowded: played.isCrowded };
  executor.registerAgent(() => agentOf({ ...planned(plan, index), subscribe }, index, surroundings));
}

function planned({ agents }: SystemPlan, index: number) {
  const plan = agents[index % agents.length];
  if (!plan) throw new Error('a plan has at least one agent');
  return plan;
}

/** Refusals are part of the game: a name in use, a full channel, nothing to answer. */
export function attempt(work: () => unknown): void {
  try {
    const result = work();
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // Refused.
  }
}

function pick<Item>(items: readonly Item[], which: number): Item | undefined {
  return items[which % Math.max(1, items.length)];
}

async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await Promise.resolve();
}

/** Does what an action says; `advance` is for whoever has the clock. */
export function perform(plan: SystemPlan, played: Playing, action: Action): unknown {
  const { executor, runs, acknowledged } = played;
  const { humans } = executor;
  switch (action.do) {
    case 'start run': {
      const payload = { depth: action.depth };
      runs.push(executor.execute({ channel: channelName(action.channel), payload }));
      return;
    }
    case 'start reactive run':
      runs.push(executor.execute());
      return;
    case 'start resume run':
      runs.push(executor.execute({ resume: true }));
      return;
    case 'publish':
      for (let number = 0; number < action.count; number++) {
        attempt(async () => {
          acknowledged.push(
            await executor.publish(channelName(action.channel), { depth: action.depth, number }),
          );
        });
      }
      return;
    case 'publish own id':
      return executor.publish(channelName(action.channel), ownMessage(action.id, { depth: 0 }));
    case 'advance':
      return;
    case 'pause':
      return executor.pause();
    case 'resume':
      return executor.resume();
    case 'step':
      played.steps += executor.step(2);
      return;
    case 'stop':
      return executor.stop();
    case 'register':
      return register(plan, played, action.agent % plan.agents.length);
    case 'unregister':
      return executor.unregisterAgent(agentName(action.agent % plan.agents.length));
    case 'come or go': {
      const name = agentName(action.agent % plan.agents.length);
      if (executor.state.agents.has(name)) return executor.unregisterAgent(name);
      return register(plan, played, action.agent % plan.agents.length);
    }
    case 'listen elsewhere': {
      const index = action.agent % plan.agents.length;
      if (executor.state.agents.has(agentName(index))) executor.unregisterAgent(agentName(index));
      return register(plan, played, index, action.subscribe);
    }
    case 'open channel': {
      const { capacity, overflow, retain } = action;
      return executor.openChannel(channelName(action.channel), { capacity, overflow, retain });
    }
    case 'shut channel down':
      return executor.shutdownChannel(channelName(action.channel), { force: action.force });
    case 'cancel run':
      return pick(runs, action.run)?.cancel('by the plan');
    case 'delete run':
      return executor.deleteRun(pick(executor.listRuns(), action.run)?.id ?? 'none');
    case 'answer':
      return humans.answer(pick(humans.pending(), action.which)?.id ?? 'none', { answer: action.which });
    case 'cancel question':
      return humans.cancel(pick(humans.pending(), action.which)?.id ?? 'none');
    case 'retry dead letter': {
      return executor.retryDeadLetter(pick([...executor.tree.deadLetters()], action.which)?.id ?? 'none');
    }
    case 'cache':
      return executor.cache.appendGlobalValue('list', `key ${action.key}`, 'from outside');
    case 'plan tasks':
      executor.plannedTasks = action.count;
      return executor.tasks.addTask('job', null, 2);
  }
}
