import { isMarkdown } from './markdown.js';

/** A section as the search index sees it: skimmed line by line, which is some fifty times faster than parsing. */
export interface Section {
  readonly path: string;
  /** 1-based line at which it starts. */
  readonly line: number;
  /** Headings from the document's title down to its own. */
  readonly headings: readonly string[];
  readonly prose: string;
  readonly code: string;
}

interface OpenSection {
  readonly line: number;
  readonly headings: readonly string[];
  readonly prose: string[];
  readonly code: string[];
}

/** Sections longer than this are cut at the next blank line, so that none is found for its length alone. */
const LONGEST_SECTION = 2_500;

/** Splits a document at its headings, tells code from prose and drops markup. The reader parses what was found. */
export function skimSections(path: string, text: string): Section[] {
  const sections: Section[] = [];
  const trail: { readonly depth: number; readonly text: string }[] = [];
  let open: OpenSection = { line: 1, headings: [], prose: [], code: [] };
  let size = 0;
  let fence: string | undefined;
  const begin = (line: number): void => {
    if (open.prose.length + open.code.length > 0) {
      sections.push({ ...open, path, prose: plainProse(open.prose.join('\n')), code: open.code.join('\n') });
    }
    open = { line, headings: trail.map((entry) => entry.text), prose: [], code: [] };
    size = 0;
  };
  for (const [index, line] of text.split(/\r?\n/u).entries()) {
    const mark = /^\s{0,3}(?:>\s?)*(`{3,}|~{3,})/u.exec(line)?.[1];
    if (mark !== undefined && (fence === undefined || line.trim().startsWith(fence))) {
      fence = fence === undefined ? mark : undefined;
      continue;
    }
    const heading = fence === undefined && isMarkdown(path) ? /^(#{1,6})\s+(.*?)\s*#*$/u.exec(line) : null;
    if (heading) {
      const depth = heading[1]?.length ?? 1;
      while ((trail.at(-1)?.depth ?? 0) >= depth) trail.pop();
      trail.push({ depth, text: plainProse(heading[2] ?? '').trim() });
      begin(index + 1);
    } else {
      if (size > LONGEST_SECTION && fence === undefined && line.trim() === '') begin(index + 1);
      if (line.trim() !== '') (fence === undefined ? open.prose : open.code).push(line);
      size += line.length;
    }
  }
  begin(0);
  return sections;
}

/** Words only: no pictures, tags, comments, addresses. */
function plainProse(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/gu, ' ')
    .replace(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])/gu, ' ')
    .replace(/^\s*\[[^\]]+\]:\s.*$/gmu, ' ')
    .replace(/\]\([^)]*\)/gu, '] ')
    .replace(/<\/?[a-z][^>]*>/giu, ' ')
    .replace(/\bhttps?:\/\/\S+/gu, ' ');
}
