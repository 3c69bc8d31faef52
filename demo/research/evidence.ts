import type { CodeBlock, ParsedDocument, Passage, Sentence } from './markdown.js';
import type { SubQuestion } from './plan.js';
import { answersIntent, isAside, readability } from './quality.js';
import { round, type TermStatistics } from './statistics.js';
import { stemsOf } from './terms.js';

/** A sentence a reader thinks worth quoting. */
export interface Finding {
  readonly text: string;
  readonly path: string;
  readonly line: number;
  readonly headings: readonly string[];
  /** 0 to about 1.5: how much of the question it speaks of, and how well it reads. */
  readonly relevance: number;
  /** Share of the question's own terms that it, its headings and the document's title hold, by weight: 0 to 1. */
  readonly focus: number;
}

/** A code block a reader thinks worth showing. */
export interface Example {
  readonly code: string;
  readonly language: string;
  readonly path: string;
  readonly line: number;
  readonly relevance: number;
}

/** What one document has to say to one question. */
export interface Evidence {
  readonly path: string;
  readonly title: string;
  readonly findings: readonly Finding[];
  readonly examples: readonly Example[];
}

/** What being under a fitting heading is worth against saying the word. */
const HEADING_SHARE = 0.35;
/** "from Markdown to a tree" is not "from a tree to Markdown": words in the question's order are worth more. */
const ORDER_PRIZE = 0.2;
const LONGEST_EXAMPLE = 24;
const NO_PROGRAM = /^(?:diff|text|txt|console|log|output|mermaid|plain|plaintext|[ae]?bnf|markdown|md)$/u;
/** What a block without a language must have somewhere to be taken for a program, not for its output. */
const LOOKS_LIKE_CODE = /[;{,(]\s*$|^\s*(?:\$ |npm |npx |import |const |let |var |<\w)/mu;

/** Reads one document with a question in mind: its best sentences, at most `limit`, and best code blocks, best first. */
export function findEvidence(
  document: ParsedDocument,
  question: SubQuestion,
  statistics: TermStatistics,
  limit = 12,
): Evidence {
  const reading = new Reading(document, question, statistics);
  const findings: Finding[] = [];
  const examples: Example[] = [];
  for (const passage of document.passages) {
    const found = passage.sentences.map((sentence, index) => reading.sentence(sentence, passage, index));
    findings.push(...found.filter((finding) => finding.relevance > 0));
    for (const block of passage.code) {
      const example = reading.example(block, passage, found[block.after]?.relevance ?? 0);
      if (example.relevance > 0) examples.push(example);
    }
  }
  return {
    path: document.path,
    title: document.title,
    findings: best(findings, limit),
    examples: best(examples, 3),
  };
}

/** One question put to one document. */
class Reading {
  readonly #document: ParsedDocument;
  readonly #question: SubQuestion;
  readonly #weights: ReadonlyMap<string, number>;
  readonly #own: ReadonlySet<string>;
  readonly #title: ReadonlySet<string>;

  constructor(document: ParsedDocument, question: SubQuestion, statistics: TermStatistics) {
    this.#document = document;
    this.#question = question;
    this.#weights = new Map(
      question.terms.map(({ stem, weight }) => [stem, weight * statistics.inverseFrequency(stem)]),
    );
    this.#own = new Set(question.terms.filter((term) => term.weight >= 1).map((term) => term.stem));
    this.#title = new Set(
      stemsOf(`${document.title} ${document.path.replace(/readme|\.\w+$|node_modules/giu, ' ')}`),
    );
  }

  sentence({ text, line, kind, linked }: Sentence, passage: Passage, index: number): Finding {
    const stems = stemsOf(text);
    const said = new Set(stems);
    const around = new Set([...stemsOf(passage.headings.join(' ')), ...this.#title]);
    const place = { text, path: this.#document.path, line, headings: passage.headings };
    const focus = round(this.#share(this.#own, (stem) => (said.has(stem) || around.has(stem) ? 1 : 0)));
    // The first words under a heading (or a title) that names the subject speak of it without naming it again.
    const opens = index === 0 && (passage.headings.length > 0 || passage === this.#document.passages[0]);
    if (!stems.some((stem) => this.#own.has(stem)) && !(opens && focus >= 0.5))
      return { ...place, relevance: 0, focus };
    let score = this.#share(this.#weights.keys(), (stem) =>
      said.has(stem) ? 1 : around.has(stem) ? HEADING_SHARE : 0,
    );
    if (this.#saysPhrase(stems)) score *= 1.15;
    score *= 1 + ORDER_PRIZE * this.#inOrder(stems);
    if (answersIntent(text, this.#question.intent)) score *= 1.2;
    if (this.#question.intent === 'what' && this.#defines(text)) score *= 1.4;
    if (kind === 'item') score *= 0.9;
    if (isAside(passage.headings)) score *= 0.2;
    return { ...place, relevance: round(score * readability(text) * (1 - 0.6 * linked)), focus };
  }

  example({ code, language, line }: CodeBlock, passage: Passage, before: number): Example {
    const place = { code, language, path: this.#document.path, line };
    const lines = code.split('\n').length;
    const program = language === '' ? LOOKS_LIKE_CODE.test(code) : !NO_PROGRAM.test(language);
    if (lines > LONGEST_EXAMPLE || !program || isAside(passage.headings)) return { ...place, relevance: 0 };
    const said = new Set(stemsOf(code));
    // Code that names little of what is asked shows something else, unless a fitting sentence leads to it.
    if (before < 0.5 && this.#share(this.#own, (stem) => (said.has(stem) ? 1 : 0)) < 0.5)
      return { ...place, relevance: 0 };
    const around = new Set([...stemsOf(passage.headings.join(' ')), ...this.#title]);
    const share = this.#share(this.#weights.keys(), (stem) =>
      said.has(stem) ? 1 : around.has(stem) ? HEADING_SHARE : 0,
    );
    const whole =
      (lines < 3 ? 0.5 : 1) * (/(?<![\w([{,\s])\.\.\.|\.\.\.(?=\s*[})\];])/u.test(code) ? 0.5 : 1); // `{ ... }` leaves out what matters
    return { ...place, relevance: round((share + before) * whole) };
  }

  #share(stems: Iterable<string>, grade: (stem: string) => number): number {
    let reached = 0;
    let total = 0;
    for (const stem of stems) {
      const weight = this.#weights.get(stem) ?? 0;
      total += weight;
      reached += weight * grade(stem);
    }
    return total === 0 ? 0 : reached / total;
  }

  /** `<the subject> is a …`, with nothing but the subject before the verb. */
  #defines(text: string): boolean {
    const subject = /^(.{1,60}?)\s(?:is|are)\s(?:an?|the)\s/iu.exec(text)?.[1];
    return subject !== undefined && stemsOf(subject).some((stem) => this.#own.has(stem));
  }

  /** Share of the question's own words that come here in the question's order (longest common subsequence): 0 to 1. */
  #inOrder(stems: readonly string[]): number {
    const own = [...this.#own];
    let row = new Array<number>(own.length + 1).fill(0);
    for (const said of stems.filter((stem) => this.#own.has(stem))) {
      const next = [0];
      for (const [index, stem] of own.entries()) {
        const longer = said === stem ? (row[index] ?? 0) + 1 : 0;
        next.push(Math.max(longer, row[index + 1] ?? 0, next[index] ?? 0));
      }
      row = next;
    }
    return (row.at(-1) ?? 0) / Math.max(1, own.length);
  }

  /** Do two words that stand side by side in the question stand side by side here? */
  #saysPhrase(stems: readonly string[]): boolean {
    const own = [...this.#own];
    return own.some((stem, index) =>
      stems.some((said, at) => said === stem && stems[at + 1] === own[index + 1]),
    );
  }
}

function best<T extends { readonly relevance: number; readonly line: number }>(
  found: readonly T[],
  limit: number,
): T[] {
  return [...found].sort((a, b) => b.relevance - a.relevance || a.line - b.line).slice(0, limit);
}
