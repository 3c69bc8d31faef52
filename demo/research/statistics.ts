/** How telling terms are in the documents at hand; the search index is one. */
export interface TermStatistics {
  /** High for rare terms, low for those that are everywhere. */
  inverseFrequency(stem: string): number;
}

/** Six decimals: the same on every platform, and short in messages. */
export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
