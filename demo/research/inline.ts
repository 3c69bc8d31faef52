import type { PhrasingContent } from 'mdast';

/** Readable text of a paragraph that still knows the line each of its characters came from. */
export interface InlineText {
  readonly text: string;
  /** Share of the letters and digits in `[start, end)` that stood inside links: 0 to 1. */
  linkedShare(start: number, end: number): number;
  /** 1-based line of the source for the character at `offset`. */
  lineAt(offset: number): number;
}

interface Run {
  readonly start: number;
  readonly line: number;
  readonly inLink: boolean;
}

/**
 * Flattens phrasing content: emphasis and links become their text, code keeps its backticks, pictures, badges, HTML tags
 * and footnote marks vanish.
 */
export function inlineText(nodes: readonly PhrasingContent[], fallbackLine: number): InlineText {
  const runs: Run[] = [];
  let text = '';
  const add = (piece: string, line: number, inLink: boolean): void => {
    for (const [number, part] of piece.split('\n').entries()) {
      runs.push({ start: text.length, line: line + number, inLink });
      text += number === 0 ? part : ` ${part.trimStart()}`;
    }
  };
  const visit = (node: PhrasingContent, inLink: boolean): void => {
    const line = node.position?.start.line ?? fallbackLine;
    if (node.type === 'text') add(node.value, line, inLink);
    else if (node.type === 'inlineCode') add(`\`${node.value}\``, line, inLink);
    else if (node.type === 'break' || (node.type === 'html' && /^<br\b/iu.test(node.value)))
      add(' ', line, inLink);
    else if ('children' in node) {
      const isLink = node.type === 'link' || node.type === 'linkReference';
      for (const child of node.children) visit(child, inLink || isLink);
    } // else pictures, tags and footnote marks
  };
  for (const node of nodes) visit(node, false);
  return {
    text,
    lineAt: (offset) => runs.findLast((run) => run.start <= offset)?.line ?? fallbackLine,
    linkedShare: (start, end) => {
      let linked = 0;
      for (const [index, run] of runs.entries()) {
        const stop = Math.min(end, runs[index + 1]?.start ?? text.length);
        if (run.inLink && stop > start) linked += letters(text.slice(Math.max(start, run.start), stop));
      }
      return linked / Math.max(1, letters(text.slice(start, end)));
    },
  };
}

function letters(text: string): number {
  return text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
}
