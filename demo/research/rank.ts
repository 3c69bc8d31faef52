import type { TermStatistics } from './statistics.js';
import { stemsOf } from './terms.js';

/** A sentence as a vector of its terms, of length 1. */
export type TermVector = ReadonlyMap<string, number>;

/** Share of the walk that follows likeness; the rest jumps to what the question asks for. */
const DAMPING = 0.8;
const ROUNDS = 30;
/** Sentences less alike than this are no neighbours: common words alone link nothing. */
const LEAST_LIKENESS = 0.08;

export function termVector(text: string, statistics: TermStatistics): TermVector {
  const counts = new Map<string, number>();
  for (const stem of stemsOf(text)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  for (const [stem, count] of counts)
    counts.set(stem, (1 + Math.log(count)) * statistics.inverseFrequency(stem));
  const length = Math.hypot(...counts.values()) || 1;
  return new Map([...counts].map(([stem, weight]) => [stem, weight / length]));
}

/** Cosine of two unit vectors: 0 nothing in common, 1 the same words. */
export function likeness(a: TermVector, b: TermVector): number {
  const [small, large] = a.size <= b.size ? [a, b] : [b, a];
  let sum = 0;
  for (const [stem, weight] of small) sum += weight * (large.get(stem) ?? 0);
  return sum;
}

/**
 * LexRank with a bias: the chance that a reader who wanders from sentence to like sentence, and now and then starts anew at
 * one that suits the question, is at each of them. Scaled so that the best has 1.
 */
export function biasedLexRank(vectors: readonly TermVector[], bias: readonly number[]): number[] {
  const count = vectors.length;
  const totalBias = bias.reduce((sum, value) => sum + value, 0) || 1;
  const jump = bias.map((value) => value / totalBias);
  const links = vectors.map((from, index) => {
    const row = vectors.map((to, other) => (index === other ? 0 : likeness(from, to)));
    const kept = row.map((value) => (value < LEAST_LIKENESS ? 0 : value));
    const sum = kept.reduce((total, value) => total + value, 0);
    return sum === 0 ? undefined : kept.map((value) => value / sum);
  });
  let rank = jump;
  for (let round = 0; round < ROUNDS; round++) {
    const next = jump.map((value) => (1 - DAMPING) * value);
    for (let from = 0; from < count; from++) {
      const row = links[from] ?? jump; // a sentence like no other starts anew
      const flow = DAMPING * (rank[from] ?? 0);
      for (let to = 0; to < count; to++) next[to] = (next[to] ?? 0) + flow * (row[to] ?? 0);
    }
    rank = next;
  }
  const top = Math.max(...rank, Number.MIN_VALUE);
  return rank.map((value) => value / top);
}
