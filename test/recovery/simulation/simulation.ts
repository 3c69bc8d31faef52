import type { JsonValue, RunEvent } from 'dagger-agents';
import { snapshotOf } from '../../../core/state/snapshot.js';
import type { StoreOperation } from '../../support/simulated-namespace.js';
import { type Fate, SimulatedStore } from '../../support/simulated-store.js';
import { Chance } from './chance.js';
import { claim, eventsOf, History, partsOf } from './history.js';
import { newWitness, SimulatedLife } from './life.js';
import { MOST_ROOTS, type Team, teamOf } from './team.js';

/** What one seed went through, for whoever wants to know how much was tried. */
export interface Tale {
  readonly seed: number;
  readonly lives: number;
  readonly crashes: number;
  readonly events: number;
  readonly deliveries: number;
  /** The journal had to replace the log by a snapshot, so that not every event was there to be looked at. */
  readonly isPartlyUnseen: boolean;
}

/**
 * One random team on one random store, crashed at random moments and brought back until all is done, with the promises
 * of durability checked after every crash and at the end. The same seed does the same.
 *
 * @throws Broken when a promise was not kept.
 */
export async function simulate(seed: number): Promise<Tale> {
  return new Simulation(seed).run();
}

class Simulation {
  readonly #team: Team;
  readonly #chance: Chance;
  readonly #store: SimulatedStore;
  readonly #witness = newWitness();
  /** Agents that may finish out of order: several at a time, waiting for answers, or replaced in mid-work. */
  readonly #unordered = new Set<string>();
  readonly #roots: { readonly id: string; readonly channel: string }[] = [];
  #clock = Date.UTC(2026, 0, 1);
  #lives = 0;
  #crashes = 0;

  constructor(seed: number) {
    this.#team = teamOf(seed);
    this.#chance = new Chance(`world ${seed}`);
    this.#store = new SimulatedStore({ random: this.#chance.next });
    for (const { name, concurrency, asks } of this.#team.members) {
      if (concurrency > 1 || asks) this.#unordered.add(name);
    }
  }

  async run(): Promise<Tale> {
    const troubled = this.#team.seed % 8 === 0 ? 1 : this.#chance.whole(1, 4);
    for (let life = 0; life < troubled; life++) await this.#troubledLife();
    await this.#lastLife();
    const events = this.#stored();
    return {
      seed: this.#team.seed,
      lives: this.#lives,
      crashes: this.#crashes,
      events: events?.length ?? 0,
      deliveries: events ? this.#check(events).deliveries.size : 0,
      isPartlyUnseen: events === undefined,
    };
  }

  #newLife(): SimulatedLife {
    this.#clock += this.#chance.whole(0, 3000);
    return new SimulatedLife(++this.#lives, this.#team, this.#clock, this.#witness);
  }

  async #troubledLife(): Promise<void> {
    const chance = this.#chance;
    const life = this.#newLife();
    const { faults, members, seed } = this.#team;
    const mayCrash = seed % 8 !== 0;
    let untilCrash = mayCrash && chance.is(0.7) ? chance.whole(1, 25) : Number.POSITIVE_INFINITY;
    this.#store.behave({
      setTimer: life.runtime.setTimer,
      decide: (operation) => this.#fate(operation, faults),
    });
    this.#store.onOperation = () => {
      if (--untilCrash === 0) this.#crash(life);
    };
    if (await life.begin(this.#store)) {
      this.#checkLive(life);
      for (const { name, capacity } of this.#team.channels)
        if (capacity !== undefined) life.executor.openChannel(name, { capacity, overflow: 'backpressure' });
      for (const member of chance.shuffled(members)) if (chance.is(0.85)) life.register(member);
      life.run(chance.is(0.7) ? {} : { resume: true });
      for (let step = chance.whole(2, 7); step > 0 && !life.dead; step--) await this.#happen(life);
      if (!life.dead && mayCrash && chance.is(0.7)) this.#crash(life);
      else if (!life.dead) await this.#close(life);
    }
    this.#store.onOperation = undefined;
    this.#clock = Math.max(this.#clock, life.runtime.now());
    this.#checkSurvivors(life);
  }

  /** One thing that an application, a user or time may do. */
  async #happen(life: SimulatedLife): Promise<void> {
    const chance = this.#chance;
    const { executor } = life;
    switch (chance.whole(0, 11)) {
      case 0:
        executor.saveState().catch(() => {});
        break;
      case 1:
        executor.pause().catch(() => {});
        if (chance.is(0.7)) await life.runtime.advance(chance.whole(0, 100));
        if (chance.is(0.8) && !life.dead) executor.resume();
        break;
      case 2:
        await life.drive(executor.stop({ graceSeconds: chance.whole(0, 1) }).catch(() => {}));
        if (!life.dead && chance.is(0.8)) life.run({});
        break;
      case 3: {
        const member = chance.pick([this.#team.members[0], ...this.#team.members]);
        if (!member) break;
        this.#unordered.add(member.name);
        if (executor.listAgents().some(({ name }) => name === member.name))
          executor.unregisterAgent(member.name);
        if (chance.is(0.8)) life.register(member);
        break;
      }
      case 4:
        life.answerSome(chance, 0.7);
        break;
      case 5:
        await life.runtime.advance(chance.whole(0, 3000));
        break;
      default:
        this.#publishSome(life);
    }
    if (!life.dead) await life.runtime.advance(chance.is(0.3) ? chance.whole(0, 500) : chance.whole(0, 20));
  }

  #publishSome(life: SimulatedLife): void {
    const chance = this.#chance;
    // One that was not acknowledged is published again, as somebody would who cannot know.
    const again = this.#roots.filter(({ id }) => !this.#witness.acknowledged.has(id) && chance.is(0.5));
    const room = MOST_ROOTS - this.#roots.length;
    const fresh = Array.from({ length: Math.min(room, chance.whole(0, 3)) }, (_, index) => ({
      id: `root${this.#roots.length + index}`,
      channel: chance.pick(['c0', 'c0', 'c1', 'c2']),
    }));
    this.#roots.push(...fresh);
    for (const { id, channel } of [...again, ...fresh]) void life.publish(id, channel);
  }

  async #close(life: SimulatedLife): Promise<void> {
    await life.drive(life.executor.close().catch(() => {}));
    // Whether it could write everything or not, it is over, and hears of nothing any more.
    life.dead = true;
  }

  #crash(life: SimulatedLife): void {
    if (life.dead) return;
    life.dead = true;
    this.#crashes++;
    this.#store.crash(this.#team.crash);
  }

  #fate(operation: StoreOperation, faults: number): Fate {
    const chance = this.#chance;
    const takes = chance.is(0.3) ? chance.whole(0, 30) : undefined;
    const slow = takes === undefined ? {} : { takes };
    const canFail = operation === 'append' || operation === 'writeSnapshot';
    if (!canFail || !chance.is(faults)) return slow;
    if (chance.is(0.5)) return { ...slow, fails: 'retryable' };
    return { ...slow, fails: 'fatally', storedAllTheSame: chance.is(0.5) };
  }

  /** Nothing goes wrong any more, everybody is there, every question is answered: everything comes to its end. */
  async #lastLife(): Promise<void> {
    const life = this.#newLife();
    this.#store.behave({});
    await life.begin(this.#store);
    this.#checkLive(life);
    for (const member of this.#team.members) life.register(member);
    for (const { id, channel } of this.#roots) {
      if (!this.#witness.acknowledged.has(id)) void life.publish(id, channel);
    }
    life.run({});
    const { state } = life.executor;
    for (let round = 0; state.unfinished.length > 0 || round === 0; round++) {
      claim(round < 500, () => `${state.unfinished.length} deliveries never come to an end`);
      life.answerSome(this.#chance, 1);
      await life.runtime.advance(2000);
    }
    await life.drive(life.executor.stop());
    this.#checkLive(life, true);
    claim(
      this.#roots.every(({ id }) => this.#witness.acknowledged.has(id)),
      () => 'a publish was never acknowledged',
    );
    this.#checkResults(life);
    await this.#close(life);
    // Once more from the store, shortened or not.
    const after = this.#newLife();
    await after.begin(this.#store);
    this.#checkLive(after, true);
    claim(
      after.executor.state.unfinished.length === 0,
      () => 'what was finished is unfinished after a restart',
    );
    await this.#close(after);
  }

  #stored(): RunEvent[] | undefined {
    const records = this.#store.history();
    return records && eventsOf(records);
  }

  /** When nothing is being written the live state is what the whole log folds to. */
  #checkLive(life: SimulatedLife, mustBeQuiet = false): void {
    if (life.dead) return;
    const { executor } = life;
    const events = this.#stored();
    if (!events) return;
    // What has been recorded just now is not in the log yet, but known.
    const known = events.at(-1)?.seq ?? 0;
    const tail = life.events.filter(({ seq }) => seq > known);
    if (known + tail.length !== executor.state.seq) {
      claim(!mustBeQuiet, () => `${executor.state.seq} events happened, and ${known} are stored`);
      return;
    }
    const folded = JSON.stringify(partsOf([...events, ...tail], this.#team));
    claim(folded === JSON.stringify(snapshotOf(executor.state)), () => 'fold(stored) is not the live state');
  }

  /** What a crash left: the acknowledged, in the order in which it was lived. */
  #checkSurvivors(life: SimulatedLife): void {
    const events = this.#stored();
    if (!events) return;
    const lived = new Map(life.events.map((event) => [event.seq, event]));
    const [first] = life.events;
    for (const event of events) {
      const same = lived.get(event.seq);
      if (!first || event.seq < first.seq || !same) continue;
      claim(
        JSON.stringify(event) === JSON.stringify(same),
        () => `event ${event.seq} was stored otherwise than lived`,
      );
    }
    this.#check(events);
  }

  #check(events: readonly RunEvent[]): History {
    const history = new History(events, this.#team, this.#unordered);
    const { durability, crash } = this.#team;
    const keepsAll = durability === 'sync' || crash === 'process';
    const outcomes = new Map([...history.deliveries.values()].map((delivery) => [delivery.nodeId, delivery]));
    if (keepsAll) {
      for (const id of this.#witness.acknowledged)
        claim(history.messages.has(id), () => `${id} was acknowledged and is lost`);
      for (const nodeId of this.#witness.finished)
        claim(
          outcomes.get(nodeId)?.outcome !== undefined,
          () => `the outcome of ${nodeId} was shown and is lost`,
        );
    } else {
      // It was promised less: what the device never had is published once more by whoever still has it.
      for (const id of this.#witness.acknowledged)
        if (!history.messages.has(id)) this.#witness.acknowledged.delete(id);
      for (const id of this.#witness.finished)
        if (outcomes.get(id)?.outcome === undefined) this.#witness.finished.delete(id);
    }
    for (const { life, nodeId } of this.#witness.executions) {
      const { outcome, finishedIn = '' } = outcomes.get(nodeId) ?? {};
      const finished = this.#witness.sessions.get(finishedIn) ?? 0;
      claim(
        outcome === undefined || life <= finished,
        () => `${nodeId} ran again in life ${life} though it had ${outcome} in life ${finished}`,
      );
    }
    return history;
  }

  /** What the agents were to leave behind is there, once each. */
  #checkResults(life: SimulatedLife): void {
    const { cache, tasks } = life.executor;
    const events = this.#stored();
    if (!events) return;
    const history = this.#check(events);
    history.checkOutcomes();
    const log = new Map<string, JsonValue[]>();
    for (const { agent, path, outcome } of history.deliveries.values()) {
      if (outcome !== 'succeeded') continue;
      const key = `${path}/${agent}`;
      claim(tasks.getTaskById(key)?.status === 'completed', () => `the task of ${key} is not completed`);
      if (this.#team.members.some(({ name, transactional }) => name === agent && transactional)) {
        log.set(agent, [...(log.get(agent) ?? []), path]);
      } else {
        claim(cache.getGlobalInput('seen', key) === 1, () => `${key} is not in the cache`);
      }
    }
    for (const [agent, paths] of log) {
      const logged = cache.getGlobalInput('log', agent);
      const found = Array.isArray(logged) ? [...logged].sort().join() : 'nothing';
      claim(found === paths.sort().join(), () => `the log of ${agent} is ${found} and should be ${paths}`);
    }
  }
}
