import { measureCoverage } from './coverage.js';
import type { Evidence, Example, Finding } from './evidence.js';
import type { SubQuestion } from './plan.js';
import { biasedLexRank, likeness, type TermVector, termVector } from './rank.js';
import { round, type TermStatistics } from './statistics.js';

/** A quoted sentence with where it stands. */
export interface Statement {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly headings: string[];
  /** Title of the document. */
  readonly title: string;
}

export interface Answer {
  readonly question: string;
  /** False when no sentence speaks of enough of the question: then the statements are only the closest that there is. */
  readonly direct: boolean;
  /** Whole sentences from the documents, in an order that reads well: by document, best document first. */
  readonly statements: Statement[];
  readonly example?: Example;
}

export interface AnswerOptions {
  /** Most sentences quoted; 4 by default. */
  readonly sentences?: number;
  /** Texts and code already given in other answers, not to be given again. */
  readonly said?: readonly string[];
}

interface Candidate extends Finding {
  readonly title: string;
  readonly vector: TermVector;
  readonly score: number;
}

/** How much suiting the question counts against being central among what was found. */
const RELEVANCE_SHARE = 0.7;
/** Price of repeating what was said, and prize for speaking of a term nobody spoke of yet. */
const REDUNDANCY_PRICE = 0.6;
const COVERAGE_PRIZE = 0.5;
/** Sentences more alike than this say the same thing. */
const SAME = 0.6;
/** Findings below this share of the best are not worth a reader's time. */
const WORTH_SAYING = 0.5;
/** A sentence that holds less of the question than this speaks of something else. */
const FOCUS = 0.6;
/** How many sentences an answer has that is not direct. */
const CLOSEST = 2;
/** The same as {@link WORTH_SAYING} for those. */
const CLOSE_ENOUGH = 0.75;
const MOST_CANDIDATES = 80;

/**
 * Composes an extractive answer: candidates ranked by suitability and by LexRank, then picked one by one (maximal marginal
 * relevance) so that each adds something. The order in which evidence arrives does not matter.
 */
export function composeAnswer(
  question: SubQuestion,
  evidence: readonly Evidence[],
  statistics: TermStatistics,
  options: AnswerOptions = {},
): Answer {
  const all = rankCandidates(evidence, statistics);
  const focused = all.filter((candidate) => candidate.focus >= FOCUS);
  const direct = focused.length > 0;
  const picked = direct
    ? pick(question, focused, statistics, options)
    : pick(question, byFocus(all), statistics, { ...options, sentences: CLOSEST }, CLOSE_ENOUGH);
  const answer = { question: question.text, direct, statements: inReadingOrder(picked).map(toStatement) };
  const example =
    direct && question.intent === 'how' ? bestExample(evidence, picked, options.said ?? []) : undefined;
  return example ? { ...answer, example } : answer;
}

function rankCandidates(evidence: readonly Evidence[], statistics: TermStatistics): Candidate[] {
  const findings = distinct(evidence)
    .sort((a, b) => b.relevance - a.relevance || byPlace(a, b))
    .slice(0, MOST_CANDIDATES);
  const vectors = findings.map((finding) => termVector(finding.text, statistics));
  const relevances = findings.map((finding) => finding.relevance);
  const central = biasedLexRank(vectors, relevances);
  const top = Math.max(...relevances, Number.MIN_VALUE);
  return findings
    .map((finding, index) => ({
      ...finding,
      vector: vectors[index] ?? new Map(),
      score: round(
        (RELEVANCE_SHARE * finding.relevance) / top + (1 - RELEVANCE_SHARE) * (central[index] ?? 0),
      ),
    }))
    .sort((a, b) => b.score - a.score || byPlace(a, b));
}

function pick(
  question: SubQuestion,
  candidates: readonly Candidate[],
  statistics: TermStatistics,
  { sentences = 4, said = [] }: AnswerOptions,
  worth = WORTH_SAYING,
): Candidate[] {
  const saidVectors = said.map((text) => termVector(text, statistics));
  const floor = worth * Math.max(0, ...candidates.map((candidate) => candidate.relevance));
  const picked: Candidate[] = [];
  let left = candidates.filter(
    ({ relevance, vector }) =>
      relevance >= floor && !saidVectors.some((other) => likeness(vector, other) > SAME),
  );
  while (picked.length < sentences && left.length > 0) {
    const before = measureCoverage(question.terms, picked, statistics).score;
    let best: Candidate | undefined;
    let bestGain = -Infinity;
    for (const candidate of left) {
      const alike = Math.max(0, ...picked.map((other) => likeness(candidate.vector, other.vector)));
      const adds = measureCoverage(question.terms, [...picked, candidate], statistics).score - before;
      const gain = round(candidate.score - REDUNDANCY_PRICE * alike + COVERAGE_PRIZE * adds);
      if (gain > bestGain) [best, bestGain] = [candidate, gain];
    }
    if (!best) break;
    const chosen = best;
    picked.push(chosen);
    left = left.filter((other) => other !== chosen && likeness(other.vector, chosen.vector) <= SAME);
  }
  return picked;
}

/** By document, the one with the best sentence first; inside a document from top to bottom. */
function inReadingOrder(picked: readonly Candidate[]): Candidate[] {
  const order = [...new Set(picked.map((candidate) => candidate.path))];
  return [...picked].sort((a, b) => order.indexOf(a.path) - order.indexOf(b.path) || a.line - b.line);
}

/** The best code block, taken from a document that is quoted, so that text and code belong together. */
function bestExample(
  evidence: readonly Evidence[],
  picked: readonly Candidate[],
  said: readonly string[],
): Example | undefined {
  const paths = new Set(picked.map((candidate) => candidate.path));
  const lead = picked[0]?.path;
  const preference = (example: Example): number => example.relevance * (example.path === lead ? 1.5 : 1);
  return evidence
    .flatMap((piece) => piece.examples)
    .filter((example) => paths.has(example.path) && !said.includes(example.code))
    .sort((a, b) => preference(b) - preference(a) || byPlace(a, b))[0];
}

/** Where none is about the question, those come first that are about most of it. */
function byFocus(candidates: readonly Candidate[]): Candidate[] {
  return candidates
    .map((candidate) => ({
      ...candidate,
      score: round(candidate.score * candidate.focus),
      relevance: round(candidate.relevance * candidate.focus),
    }))
    .sort((a, b) => b.score - a.score || byPlace(a, b));
}

/** All findings with their document's title; of those with the same words only the first by place. */
function distinct(evidence: readonly Evidence[]): (Finding & { readonly title: string })[] {
  const findings = evidence.flatMap(({ findings, title }) =>
    findings.map((finding) => ({ ...finding, title })),
  );
  const seen = new Map<string, Finding & { readonly title: string }>();
  for (const finding of findings.sort(byPlace)) {
    const key = finding.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ');
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}

function toStatement({ text, path, line, headings, title }: Candidate): Statement {
  return { text, path, line, headings: [...headings], title };
}

function byPlace(
  a: { readonly path: string; readonly line: number; readonly text?: string },
  b: { readonly path: string; readonly line: number; readonly text?: string },
): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.line - b.line || (a.text ?? '').localeCompare(b.text ?? '');
}
