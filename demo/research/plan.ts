import type { QueryTerm } from './search-index.js';
import { questionTerms } from './terms.js';

/** What the answer should look like: steps and an example, a definition, reasons, consequences, or just facts. */
export type Intent = 'how' | 'what' | 'why' | 'effect' | 'fact';

export interface SubQuestion {
  /** `q1`, `q2` … in the order asked. */
  readonly id: string;
  readonly text: string;
  readonly intent: Intent;
  /** Its own terms at weight 1, then, at a lower weight, parts of identifiers and the terms of the other parts. */
  readonly terms: readonly QueryTerm[];
}

/** "unknown formats" alone could be anything: the rest of the question says formats of what. */
const CONTEXT_WEIGHT = 0.3;
const OPENING = `how|what|when|where|which|who|why|whether|can|could|do|does|did|is|are|should|will|must|may`;
const NEXT_PART = new RegExp(
  `(?:[,;]\\s*(?:and|or|but|then)?|\\s+(?:and|or|but))\\s+(?:also\\s+)?(?=(?:${OPENING})\\b)`,
  'iu',
);
const COMPARISON =
  /\b(?:differences?\s+between|compare|comparison\s+(?:of|between)|choose\s+between)\s+(.{2,60}?)\s+(?:and|with|to|versus|vs\.?|or)\s+(.{2,60}?)[?.!]*$/iu;

interface Part {
  readonly text: string;
  /** Does it need the rest of the question to be understood? */
  readonly context: boolean;
}

/** Takes a question apart into parts that can be researched side by side. Any text with a word in it gives at least one. */
export function planQuestion(question: string): SubQuestion[] {
  const parts = question
    .split(/(?<=[?!.])\s+|\n+/u)
    .flatMap((sentence) => sentence.split(NEXT_PART))
    .flatMap(splitComparison)
    .map(({ text, context }) => ({ text: tidy(text), context }))
    .filter(({ text }) => questionTerms(text).length > 0);
  const distinct = parts.filter((part, index) => parts.findIndex(({ text }) => text === part.text) === index);
  return distinct.map((part, index) => {
    const others = part.context ? distinct.filter((other) => other !== part) : [];
    return {
      id: `q${index + 1}`,
      text: part.text,
      intent: intentOf(part.text),
      terms: termsFor(part.text, others.map((other) => other.text).join(' ')),
    };
  });
}

function termsFor(text: string, context: string): QueryTerm[] {
  const terms = new Map<string, QueryTerm>();
  const add = (source: string, weigh: (part: boolean) => number): void => {
    for (const { stem, word, part } of questionTerms(source)) {
      if (!terms.has(stem)) terms.set(stem, { stem, word, weight: weigh(part === true) });
    }
  };
  add(text, (part) => (part ? CONTEXT_WEIGHT : 1));
  add(context, () => CONTEXT_WEIGHT);
  return [...terms.values()].sort((a, b) => b.weight - a.weight);
}

/** "the difference between X and Y" is answered from what X is, what Y is, and what speaks of both. */
function splitComparison(text: string): Part[] {
  const [, left, right] = COMPARISON.exec(text) ?? [];
  if (!left || !right) return [{ text, context: true }];
  return [`What is ${left}?`, `What is ${right}?`, text].map((part) => ({ text: part, context: false }));
}

export function intentOf(question: string): Intent {
  if (/^\s*(?:how\s+(?:do\s+(?:i|you|we)|can|could|should|to|would|must)|ways?\s+to)\b/iu.test(question))
    return 'how';
  if (/\bwhy\b|\breasons?\b/iu.test(question)) return 'why';
  if (/\bwhat\s+(?:happens|if)\b|\beffects?\b|\bconsequences?\b/iu.test(question)) return 'effect';
  if (/^\s*what\s+(?:is|are)\b|\bdefin|\bmeaning\b/iu.test(question)) return 'what';
  return 'fact';
}

function tidy(part: string): string {
  const text = part
    .trim()
    .replace(/^(?:and|or|but|then)\s+/iu, '')
    .replace(/[\s,;:.]+$/u, '');
  if (text === '') return text;
  const asks = new RegExp(`^(?:${OPENING})\\b`, 'iu').test(text);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${asks && !text.endsWith('?') ? '?' : ''}`;
}
