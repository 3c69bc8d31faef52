import type { QueryTerm } from './search-index.js';
import { round, type TermStatistics } from './statistics.js';
import { stemsOf } from './terms.js';

/** Something said, with the headings it stands under. */
export interface Said {
  readonly text: string;
  readonly headings: readonly string[];
  /** Title of its document. */
  readonly title?: string;
}

export interface Coverage {
  /** Share of the question's own terms that the answer speaks of, each weighed by how telling it is: 0 to 1. */
  readonly score: number;
  readonly covered: readonly QueryTerm[];
  /** Terms the answer leaves open, most telling first. */
  readonly missing: readonly QueryTerm[];
}

/**
 * Which of the question's own terms (weight 1 or more) does an answer speak of? A term counts only where it is said
 * together with at least `focus` of the question: "unknown" here and "formats" there say nothing of unknown formats.
 */
export function measureCoverage(
  terms: readonly QueryTerm[],
  said: readonly Said[],
  statistics: TermStatistics,
  focus = 0.6,
): Coverage {
  const own = terms.filter((term) => term.weight >= 1);
  const weigh = (term: QueryTerm): number => term.weight * statistics.inverseFrequency(term.stem);
  const weightOf = (list: readonly QueryTerm[]): number => list.reduce((sum, term) => sum + weigh(term), 0);
  const total = weightOf(own);
  const reached = new Set<string>();
  for (const { text, headings, title = '' } of said) {
    const stems = new Set(stemsOf(`${title} ${headings.join(' ')} ${text}`));
    const met = own.filter((term) => stems.has(term.stem));
    if (weightOf(met) >= focus * total) for (const term of met) reached.add(term.stem);
  }
  const covered = own.filter((term) => reached.has(term.stem));
  const missing = own.filter((term) => !reached.has(term.stem)).sort((a, b) => weigh(b) - weigh(a));
  return { score: total === 0 ? 1 : round(weightOf(covered) / total), covered, missing };
}
