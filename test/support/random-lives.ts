import fc from 'fast-check';
import { finish, type Played, play } from './random-run.js';
import { type Action, actions, type SystemPlan, systemPlan } from './random-system.js';
import { SimulatedStore } from './simulated-store.js';

/** How one executor made room for the next. */
export type Ending = 'closed' | 'killed' | 'power cut';

/** A random system that one executor after the other runs, each going on with what it finds in the store. */
export interface LivesPlan {
  readonly system: SystemPlan;
  readonly durability: 'sync' | 'batched' | 'exit';
  /** What the store keeps of what was not synced when the power fails: numbers in [0, 1). */
  readonly luck: readonly number[];
  readonly later: readonly {
    readonly after: Ending;
    /** How long nobody was there, in milliseconds. */
    readonly pause: number;
    readonly actions: readonly Action[];
  }[];
}

export const livesPlan: fc.Arbitrary<LivesPlan> = fc.record({
  system: systemPlan,
  durability: fc.constantFrom('sync', 'sync', 'batched', 'exit'),
  luck: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
    minLength: 1,
    maxLength: 7,
  }),
  later: fc.array(
    fc.record({
      after: fc.constantFrom('closed', 'killed', 'power cut'),
      pause: fc.constantFrom(0, 1, 5000, 4_000_000),
      actions,
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** Who looks on while executors come and go. */
export interface LivesWatcher {
  /** A new executor is there; the one before it ended so. The first one has none before it. */
  born(played: Played, before: Ending | undefined): void;
  /** After each action, when everything recorded has been heard. */
  acted(played: Played): void;
}

/** Plays all lives and brings the last to its end. Answers that one. */
export async function playLives(
  { system, durability, luck, later }: LivesPlan,
  watcher: LivesWatcher,
): Promise<Played> {
  let drawn = 0;
  const store = new SimulatedStore({ random: () => luck[drawn++ % luck.length] ?? 0 });
  const live = (actionsOfLife: readonly Action[], before: Ending | undefined, startAt?: number) => {
    let isBorn = false;
    const after = (played: Played): void => {
      if (isBorn) watcher.acted(played);
      else watcher.born(played, before);
      isBorn = true;
    };
    // Chance goes on, and does not begin again.
    const seed = startAt === undefined ? system.seed : system.seed + startAt;
    const stage = { storage: store, durability, ...(startAt !== undefined && { startAt }) };
    return play({ ...system, seed, actions: actionsOfLife }, after, stage);
  };
  let played = await live(system.actions, undefined);
  for (const { after, pause, actions: next } of later) {
    if (after === 'closed') await close(played);
    else store.crash(after === 'killed' ? 'process' : 'power');
    if (after === 'closed') watcher.acted(played);
    played = await live(next, after, played.runtime.now() + pause);
  }
  await finish(system, played);
  watcher.acted(played);
  return played;
}

async function close({ executor, runtime }: Played): Promise<void> {
  const closed = executor.close();
  await runtime.advance(2000);
  await closed;
}
