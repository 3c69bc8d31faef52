import { stemmer } from 'stemmer';
import { QUESTION_WORDS, STOP_WORDS } from './stop-words.js';

/** A word of a text with the stem under which it is counted: `validating` → `valid`. */
export interface Term {
  readonly stem: string;
  /** As it was written, in lower case: stems are not for reading. */
  readonly word: string;
  /** It is only a part of an identifier: `from` of `fromMarkdown`. */
  readonly part?: true;
}

const WORD = /[\p{L}\p{N}]+/gu;
const CAPITAL_INSIDE = /.\p{Lu}/u;
const HUMP = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/u;
const stems = new Map<string, string>();

/**
 * Content terms of a text in reading order, repeats included. Identifiers are taken apart as well as whole, so that
 * `fromMarkdown` is found by "from Markdown" and by its own name.
 */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (const [written] of text.normalize('NFKC').matchAll(WORD)) {
    const parts = CAPITAL_INSIDE.test(written) ? written.split(HUMP) : [];
    if (parts.length > 1) for (const part of parts) pushTerm(terms, part, true);
    pushTerm(terms, written);
  }
  return terms;
}

/** The stems alone. */
export function stemsOf(text: string): string[] {
  return termsOf(text).map((term) => term.stem);
}

/** What a question asks about: its terms without question words, each once. Never empty unless the text has no word. */
export function questionTerms(question: string): Term[] {
  const all = distinct(termsOf(question));
  const content = all.filter((term) => !QUESTION_WORDS.has(term.word));
  if (content.length > 0) return content;
  return all.length > 0 ? all : distinct(wordsOf(question).map((word) => ({ stem: stemOf(word), word })));
}

/** All words, stop words included, in lower case. */
export function wordsOf(text: string): string[] {
  return (text.normalize('NFKC').match(WORD) ?? []).map((word) => word.toLowerCase());
}

/** Share of English function words among the words: about 0.3 to 0.5 in English prose, near 0 in other languages. */
export function englishShare(text: string): number {
  const all = wordsOf(text);
  if (all.length === 0) return 0;
  return all.filter((word) => STOP_WORDS.has(word)).length / all.length;
}

/** The Porter stem of an English word; other words are only put in lower case. */
export function stemOf(word: string): string {
  const lower = word.toLowerCase();
  let stem = stems.get(lower);
  if (stem === undefined) {
    stem = /^[a-z]{3,}$/.test(lower) ? stemmer(lower) : lower;
    stems.set(lower, stem);
  }
  return stem;
}

function pushTerm(terms: Term[], written: string, part = false): void {
  const word = written.toLowerCase();
  if (word.length < 2 || word.length > 40 || STOP_WORDS.has(word)) return;
  terms.push(part ? { stem: stemOf(word), word, part } : { stem: stemOf(word), word });
}

function distinct(terms: readonly Term[]): Term[] {
  const seen = new Set<string>();
  return terms.filter(({ stem }) => !seen.has(stem) && seen.add(stem));
}
