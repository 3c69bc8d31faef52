import {
  type AgentContext,
  ajvValidator,
  defineAgent,
  type PubSubAgent,
  PubSubExecutor,
  type RunEvent,
} from 'dagger-agents';
import { createTestRuntime, type TestRuntime } from 'dagger-agents/testing';
import type { SimulatedStore } from '../../support/simulated-store.js';
import type { Chance } from './chance.js';
import { behaviourOf, childPath, type Member, type Team } from './team.js';

/** Loaded once: loading takes a time that no seed decides. */
const validator = await ajvValidator();

/** What is remembered over all lives, as the world outside would: nothing of it comes from the executor's state. */
export interface Witness {
  /** Root messages whose publish was acknowledged, by id. */
  readonly acknowledged: Set<string>;
  /** Every call of an agent: in which life, on which delivery. */
  readonly executions: { readonly life: number; readonly nodeId: string }[];
  /** Deliveries whose outcome a run has shown, or its report named. */
  readonly finished: Set<string>;
  /** Which life had which session. */
  readonly sessions: Map<string, number>;
  /** How often an agent has thrown on a delivery. */
  readonly thrown: Map<string, number>;
}

export function newWitness(): Witness {
  return {
    acknowledged: new Set(),
    executions: [],
    finished: new Set(),
    sessions: new Map(),
    thrown: new Map(),
  };
}

/** One executor of the simulation, until it dies or is closed. After its death nothing of it happens any more. */
export class SimulatedLife {
  readonly number: number;
  readonly team: Team;
  readonly runtime: TestRuntime;
  readonly events: RunEvent[] = [];
  dead = false;
  #executor: PubSubExecutor | undefined;
  readonly #witness: Witness;

  constructor(number: number, team: Team, startAt: number, witness: Witness) {
    this.number = number;
    this.team = team;
    this.#witness = witness;
    this.runtime = this.#mortal(createTestRuntime({ seed: team.seed + number, startAt }));
  }

  get executor(): PubSubExecutor {
    if (!this.#executor) throw new Error('this life has not begun');
    return this.#executor;
  }

  /** Opens the executor. False when it died on the way. */
  async begin(store: SimulatedStore): Promise<boolean> {
    const { config, durability, retention } = this.team;
    const logger = { warn() {}, info() {} };
    const opening = PubSubExecutor.open({
      storage: store,
      runtime: this.runtime,
      config,
      durability,
      retention,
      validator,
      logger,
    });
    this.#executor = await this.drive(opening);
    if (!this.#executor) return false;
    this.#executor.subscribe((event) => this.events.push(event));
    this.#witness.sessions.set(this.#executor.state.session.prefix, this.number);
    return true;
  }

  /** Moves the clock on until a promise settles. Undefined when the life ends before. */
  async drive<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    let settled = false;
    const note = (): void => {
      settled = true;
    };
    promise.then(note, note);
    await this.runtime.runUntilIdle();
    for (let step = 0; !settled && !this.dead; step++) {
      if (step > 2000) throw new Error('stuck: nothing happens any more');
      await this.runtime.advance(step < 100 ? 10 : 1000);
    }
    return settled ? promise : undefined;
  }

  register(member: Member): void {
    this.executor.registerAgent(this.#agent(member));
  }

  /** Starts a run and watches what it shows. */
  run(spec: { readonly resume?: true }): void {
    const run = this.executor.execute(spec);
    const watch = async (): Promise<void> => {
      for await (const outcome of run) if (!this.dead) this.#witness.finished.add(outcome.nodeId);
    };
    watch().catch(() => {});
    run.report.then(
      ({ agentOutcomes, error }) => {
        if (this.dead || error?.code === 'DATABASE_ERROR') return;
        for (const { nodeId, success, finalError } of agentOutcomes)
          if (success || finalError) this.#witness.finished.add(nodeId);
      },
      () => {},
    );
  }

  /** Publishes a root message under an id of its own, which may be published again until it is acknowledged. */
  publish(id: string, channel: string): Promise<boolean> {
    const message = { id, timestamp: '2026-01-01T00:00:00.000Z', source: 'importer', payload: { path: id } };
    return this.executor.publish(channel, message).then(
      () => {
        if (!this.dead) this.#witness.acknowledged.add(id);
        return true;
      },
      () => false,
    );
  }

  /** A few of the open questions are answered. */
  answerSome(chance: Chance, probability: number): void {
    for (const { id } of this.executor.humans.pending()) {
      if (chance.is(probability)) this.executor.humans.answer(id, 'yes');
    }
  }

  #agent(member: Member): PubSubAgent {
    const { name, channels, publications, concurrency, transactional } = member;
    return defineAgent({
      name,
      subscribe: [...channels],
      publish: [...publications],
      concurrency,
      transactional,
      process: (context) => this.#work(member, context),
    });
  }

  async #work(member: Member, context: AgentContext): Promise<void> {
    const path = pathOf(context.payload);
    const { nodeId, attempt } = context;
    this.#witness.executions.push({ life: this.number, nodeId });
    const { children, failures, failsAfter, naps } = behaviourOf(this.team, member, path);
    const isDoomed = failures === Number.POSITIVE_INFINITY;
    const work = children.map((channel, index) => ({ channel, path: childPath(path, member.name, index) }));
    // An attempt may go about it in another order.
    if (attempt % 2 === 0 && !isDoomed) work.reverse();
    for (let step = 0; step <= work.length; step++) {
      const nap = naps[step] ?? -1;
      if (nap >= 0) await new Promise<void>((resolve) => this.runtime.setTimer(nap, resolve));
      await this.#untilDeath();
      if (step === failsAfter) this.#throwIfDue(nodeId, failures);
      const next = work[step];
      if (!next) break;
      await context.publish(next.channel, { path: next.path });
      await this.#untilDeath();
    }
    if (member.asks) {
      const { answer } = await context.human.ask({ question: path, default: 'auto' });
      await this.#untilDeath();
      context.cache.insertValue(nodeId, 'answer', answer);
    }
    const key = `${path}/${member.name}`;
    const { taskId } = context.tasks.createOrUpdateTask({ taskId: key, type: 'work', data: path });
    context.tasks.updateTaskStatus(taskId, 'completed');
    if (member.transactional) context.cache.appendGlobalValue('log', member.name, path);
    else context.cache.insertGlobalValue('seen', key, 1);
  }

  #throwIfDue(nodeId: string, failures: number): void {
    const thrown = this.#witness.thrown.get(nodeId) ?? 0;
    if (thrown >= failures) return;
    this.#witness.thrown.set(nodeId, thrown + 1);
    throw new Error(`failure ${thrown + 1}`);
  }

  /** The dead do not go on. */
  async #untilDeath(): Promise<void> {
    if (this.dead) await new Promise(() => {});
  }

  #mortal(runtime: TestRuntime): TestRuntime {
    const whileAlive = (callback: () => void) => () => {
      if (!this.dead) callback();
    };
    return {
      now: () => runtime.now(),
      random: () => runtime.random(),
      setTimer: (milliseconds, callback) => runtime.setTimer(milliseconds, whileAlive(callback)),
      yieldTurn: (callback) => runtime.yieldTurn(whileAlive(callback)),
      defer: (callback) => runtime.defer(whileAlive(callback)),
      advance: (milliseconds) => (this.dead ? Promise.resolve() : runtime.advance(milliseconds)),
      runUntilIdle: () => runtime.runUntilIdle(),
      get pendingTimers() {
        return runtime.pendingTimers;
      },
    };
  }
}

export function pathOf(payload: unknown): string {
  const path: unknown =
    typeof payload === 'object' && payload !== null ? Reflect.get(payload, 'path') : undefined;
  if (typeof path !== 'string') throw new Error('a payload of the simulation has a path');
  return path;
}
