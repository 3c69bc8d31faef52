import type { Coverage } from './coverage.js';
import type { SubQuestion } from './plan.js';
import type { QueryTerm, SearchIndex } from './search-index.js';
import { termsOf } from './terms.js';

/** Weights of a follow-up query: what is missing leads, what is known keeps it on the subject. */
const KNOWN_WEIGHT = 0.5;
const FEEDBACK_WEIGHT = 0.35;
const FEEDBACK_SECTIONS = 5;

export interface FollowUp {
  /** For people: the words searched for. */
  readonly text: string;
  readonly terms: readonly QueryTerm[];
}

/**
 * What to search for next, so that the gaps of an answer close: the missing terms first, then the subject, then the terms
 * that go with them in the documents (pseudo-relevance feedback). Undefined when no document knows any missing term.
 */
export function proposeFollowUp(
  question: SubQuestion,
  coverage: Coverage,
  index: SearchIndex,
  feedbackCount = 3,
): FollowUp | undefined {
  const open = coverage.missing.filter((term) => index.documentFrequency(term.stem) > 0);
  if (open.length === 0) return undefined;
  const missing = new Set(open.map((term) => term.stem));
  const known = question.terms
    .filter((term) => !missing.has(term.stem))
    .map((term) => ({ ...term, weight: Math.min(term.weight, KNOWN_WEIGHT) }));
  const feedback = feedbackTerms([...open, ...known], index, feedbackCount);
  return {
    text: [...open, ...known.filter((term) => term.weight >= KNOWN_WEIGHT), ...feedback]
      .map((term) => term.word)
      .join(' '),
    terms: [...open, ...known, ...feedback],
  };
}

/** Terms that stand out in the sections a query finds best, beyond the query itself. */
function feedbackTerms(query: readonly QueryTerm[], index: SearchIndex, count: number): QueryTerm[] {
  const asked = new Set(query.map((term) => term.stem));
  const weights = new Map<string, { word: string; weight: number; sections: number }>();
  for (const { section } of index.searchSections(query).slice(0, FEEDBACK_SECTIONS)) {
    const counts = new Map<string, { word: string; count: number }>();
    for (const { stem, word } of termsOf(section.prose)) {
      if (asked.has(stem) || !/^\p{L}{3,20}$/u.test(word)) continue;
      const entry = counts.get(stem);
      if (entry) entry.count++;
      else counts.set(stem, { word, count: 1 });
    }
    for (const [stem, { word, count: occurrences }] of counts) {
      const entry = weights.get(stem) ?? { word, weight: 0, sections: 0 };
      entry.weight += (1 + Math.log(occurrences)) * index.inverseFrequency(stem);
      entry.sections++;
      weights.set(stem, entry);
    }
  }
  return [...weights]
    .filter(([, entry]) => entry.sections > 1) // one section's quirks are no pattern
    .sort(([first, a], [second, b]) => b.weight - a.weight || (first < second ? -1 : 1))
    .slice(0, count)
    .map(([stem, { word }]) => ({ stem, word, weight: FEEDBACK_WEIGHT }));
}
