/** A stretch of a text: `[start, end)` in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Ends with an abbreviation whose full stop does not end the sentence. */
const ABBREVIATION =
  /(?:^|[\s([])(?:e\.g|i\.e|etc|vs|cf|ca|approx|incl|resp|no|fig|dr|mr|mrs|ms|prof|st|jr|sr)\.\s*$/iu;

/**
 * Splits prose into sentences by the platform's segmenter, then joins what it split too eagerly: after abbreviations and
 * where the next piece goes on in lower case. Inline code (between backticks) is never split.
 */
export function splitSentences(text: string): Span[] {
  const masked = text.replace(/`[^`]*`/gu, (code) => 'X'.repeat(code.length)).replace(/\n/gu, ' ');
  const spans: { start: number; end: number }[] = [];
  for (const { segment, index } of segmenter.segment(masked)) {
    const last = spans.at(-1);
    if (last && belongsTogether(masked.slice(last.start, last.end), segment))
      last.end = index + segment.length;
    else spans.push({ start: index, end: index + segment.length });
  }
  return spans.map((span) => trimmed(text, span)).filter((span) => span.end > span.start);
}

function belongsTogether(before: string, after: string): boolean {
  if (ABBREVIATION.test(before)) return true;
  return /^\s*[\p{Ll})\],;]/u.test(after) && !/[!?…]["')\]]*\s*$/u.test(before);
}

function trimmed(text: string, { start, end }: Span): Span {
  const piece = text.slice(start, end);
  const from = start + (piece.length - piece.trimStart().length);
  return { start: from, end: from + piece.trim().length };
}
