import type { PatternAutomaton } from './pattern-automaton.js';

/** Steps one search may take, some milliseconds; a pattern that needs more counts as ambiguous. */
const MAX_STEPS = 300_000;

/**
 * True where some state can be left and reached again over the same text in two ways, which makes a backtracking
 * engine try exponentially many.
 */
export function isAmbiguous(automaton: PatternAutomaton, pattern: string): boolean {
  const overlap = overlapOf(automaton.sets, pattern);
  return loopsOf(automaton).some((loop) => {
    const inside = new Set(loop);
    if (loop.some((state) => hasDoubleEdge(automaton, state, inside))) return true;
    // One state will do: what can happen on the way round from another can happen on the way round from this one.
    return loop.slice(0, 1).some((origin) => returnsTwoWays(automaton, origin, inside, overlap));
  });
}

function hasDoubleEdge({ follow }: PatternAutomaton, state: number, inside: ReadonlySet<number>): boolean {
  for (const [target, ways] of follow[state] ?? []) if (ways > 1 && inside.has(target)) return true;
  return false;
}

type Overlap = (left: number, right: number) => boolean;

/**
 * Walks pairs of states that read the same characters, from (origin, origin); a pair of two different states from which
 * the walk can come back is a text read in two ways. Pairs are numbers: `left * size + right`.
 */
function returnsTwoWays(
  { follow, sets }: PatternAutomaton,
  origin: number,
  inside: ReadonlySet<number>,
  overlap: Overlap,
): boolean {
  let stepsLeft = MAX_STEPS;
  const size = sets.length;
  const start = origin * size + origin;
  const cameFrom = new Map<number, number[]>();
  const queue = [start];
  for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
    const rights = [...(follow[pair % size]?.keys() ?? [])].filter((state) => inside.has(state));
    for (const left of follow[Math.floor(pair / size)]?.keys() ?? []) {
      if (!inside.has(left)) continue;
      for (const right of rights) {
        if (stepsLeft-- <= 0) return true;
        if (!overlap(left, right)) continue;
        const next = left * size + right;
        const known = cameFrom.get(next);
        if (known) {
          known.push(pair);
          continue;
        }
        cameFrom.set(next, [pair]);
        if (next !== start) queue.push(next);
      }
    }
  }

  const back = [start];
  const seen = new Set<number>();
  for (let pair = back.pop(); pair !== undefined; pair = back.pop()) {
    if (seen.has(pair)) continue;
    seen.add(pair);
    if (Math.floor(pair / size) !== pair % size) return true;
    back.push(...(cameFrom.get(pair) ?? []));
  }
  return false;
}

/** The groups of states that lie on common loops. */
function loopsOf({ follow }: PatternAutomaton): number[][] {
  const reach = follow.map((_, state) => reachable(follow, state));
  const done = new Set<number>();
  const loops: number[][] = [];
  for (const [state, reached] of reach.entries()) {
    if (done.has(state) || !reached.has(state)) continue;
    const loop = [...reached].filter((other) => reach[other]?.has(state));
    for (const member of loop) done.add(member);
    loops.push(loop);
  }
  return loops;
}

function reachable(follow: PatternAutomaton['follow'], from: number): Set<number> {
  const seen = new Set<number>();
  const queue = [from];
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    for (const next of follow[state]?.keys() ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push(next);
    }
  }
  return seen;
}

/** Stands for all characters: ASCII, and some of each kind beyond it. The pattern's own are added. */
const SAMPLE: string =
  Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join('') +
  '\u00a0\u00aa\u00b2\u00bd\u00c5\u00e9\u00df\u0130\u0301\u03b1\u0416\u05d0\u0627\u0966\u0e01\u200b\u200d\u2028' +
  '\u20ac\u2160\u3042\u4e2d\uac00\ue000\ufeff\uff11\u{1f600}\u{1f1e6}\u{1d49c}';

/** Tells whether two states can read the same character, by asking the engine about each character of the sample. */
function overlapOf(sets: readonly string[], pattern: string): Overlap {
  const escaped = pattern.matchAll(/\\u\{?([\da-fA-F]{4,6})/g);
  const codePoints = [...escaped].map(([, digits]) => String.fromCodePoint(Number(`0x${digits}`)));
  const characters = [...new Set([...SAMPLE, ...pattern, ...codePoints])];

  const readableBy = (source: string): bigint => {
    const set = new RegExp(`^(?:${source})$`, 'u');
    const bit = (character: string, index: number): bigint =>
      set.test(character) ? 1n << BigInt(index) : 0n;
    return characters.reduce((bits, character, index) => bits | bit(character, index), 0n);
  };
  const perSource = new Map([...new Set(sets)].map((source) => [source, readableBy(source)]));
  const perState = sets.map((source) => perSource.get(source) ?? 0n);
  return (left, right) => ((perState[left] ?? 0n) & (perState[right] ?? 0n)) !== 0n;
}
