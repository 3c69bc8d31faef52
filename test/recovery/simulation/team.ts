import type { PubSubConfig } from 'dagger-agents';
import { Chance } from './chance.js';

/** One agent of a random team. */
export interface Member {
  readonly name: string;
  readonly channels: readonly string[];
  readonly publications: readonly string[];
  readonly concurrency: number;
  readonly transactional: boolean;
  readonly asks: boolean;
}

/** What a member does with one message: follows from the seed, its name and the message's path alone. */
export interface Behaviour {
  /** Where it publishes, in order; the k-th message has the path of the one it works on, its name and k. */
  readonly children: readonly string[];
  /** How often it throws before it succeeds; Infinity: always. */
  readonly failures: number;
  /** After how many publishes it throws. */
  readonly failsAfter: number;
  /** Milliseconds it sleeps before each publish; -1: not at all. */
  readonly naps: readonly number[];
}

/** A random team and how it is run: everything that a seed decides before anything happens. */
export interface Team {
  readonly seed: number;
  readonly members: readonly Member[];
  readonly channels: readonly { readonly name: string; readonly capacity?: number }[];
  readonly config: PubSubConfig;
  readonly durability: 'sync' | 'batched';
  readonly crash: 'process' | 'power';
  readonly retention: { readonly nodes: number };
  /** Probability that a store operation fails. */
  readonly faults: number;
}

export const MAX_ATTEMPTS = 3;
/** Messages that the application publishes at most. */
export const MOST_ROOTS = 20;

/** Messages go from a channel to those with a higher number only, so that every run comes to an end. */
const CHANNELS = ['c0', 'c1', 'c2'] as const;
/** Nobody listens to this one. */
const UNHEARD = 'void';

export function teamOf(seed: number): Team {
  const chance = new Chance(seed);
  const bounded = chance.is(0.3);
  const members = Array.from({ length: chance.whole(2, 4) }, (_, index): Member => {
    // With bounded channels one subscription each: publishers that wait for each other in a circle would be a
    // deadlock of the team's own making.
    const first = index === 0 ? 0 : chance.whole(0, CHANNELS.length - 1);
    const second = chance.whole(0, CHANNELS.length - 1);
    const channels = bounded || second === first || chance.is(0.6) ? [first] : [first, second];
    const above = [...CHANNELS.slice(Math.max(...channels) + 1), UNHEARD];
    return {
      name: `agent${index}`,
      channels: channels.map((channel) => CHANNELS[channel] ?? 'c0'),
      publications: above.filter((_, place) => place === 0 || chance.is(0.6)),
      concurrency: chance.is(0.6) ? 1 : chance.whole(2, 3),
      transactional: chance.is(0.25),
      asks: chance.is(0.15),
    };
  });
  return {
    seed,
    members,
    channels: CHANNELS.map((name) => (bounded ? { name, capacity: chance.whole(1, 4) } : { name })),
    config: {
      maxAttempts: MAX_ATTEMPTS,
      retryStrategy: chance.is(0.5) ? { type: 'linear', delaySecs: 1 } : { type: 'immediate' },
      ...(chance.is(0.6) && { humanWaitMinutes: 0.05 }),
      humanTimeoutAction: chance.is(0.5) ? 'autopilot' : 'pause',
    },
    durability: chance.is(0.7) ? 'sync' : 'batched',
    crash: chance.is(0.5) ? 'process' : 'power',
    // Never less than there are root messages: this many ids are remembered, too.
    retention: { nodes: chance.is(0.3) ? chance.whole(MOST_ROOTS, 2 * MOST_ROOTS) : 1000 },
    faults: chance.is(0.4) ? 0.08 : 0,
  };
}

export function behaviourOf({ seed }: Team, member: Member, path: string): Behaviour {
  const chance = new Chance(`${seed}/${member.name}/${path}`);
  const { publications } = member;
  const count = publications.length === 0 ? 0 : chance.whole(0, 2);
  const children = Array.from(
    { length: count },
    () => publications[chance.whole(0, publications.length - 1)] ?? UNHEARD,
  );
  const kind = chance.next();
  return {
    children,
    failures: kind < 0.12 ? Number.POSITIVE_INFINITY : kind < 0.3 ? chance.whole(1, MAX_ATTEMPTS - 1) : 0,
    failsAfter: chance.whole(0, count),
    naps: Array.from({ length: count + 1 }, () => (chance.is(0.3) ? chance.whole(0, 400) : -1)),
  };
}

/** Path of the k-th message that a member publishes while it works on the message at `path`. */
export function childPath(path: string, member: string, index: number): string {
  return `${path}>${member}.${index}`;
}
