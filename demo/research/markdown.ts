import type { Code, Heading, Paragraph, Root, RootContent } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import { type InlineText, inlineText } from './inline.js';
import { splitSentences } from './sentences.js';

/** One sentence that may be quoted in an answer. */
export interface Sentence {
  readonly text: string;
  /** 1-based line of the document. */
  readonly line: number;
  readonly kind: 'prose' | 'item';
  /** Share of it that is links: 0 to 1. */
  readonly linked: number;
}

/** A code block: it may be quoted whole, it is never ranked as a sentence. */
export interface CodeBlock {
  readonly code: string;
  readonly language: string;
  /** Line of the first line of code. */
  readonly line: number;
  /** Index in `Passage.sentences` of the sentence before it, -1 at the start. */
  readonly after: number;
}

/** What stands under one heading, up to the next. */
export interface Passage {
  /** Headings above, outermost first, without the document's title. */
  readonly headings: readonly string[];
  readonly line: number;
  readonly sentences: readonly Sentence[];
  readonly code: readonly CodeBlock[];
}

export interface ParsedDocument {
  readonly path: string;
  /** Its first top-level heading, else its file name. */
  readonly title: string;
  readonly passages: readonly Passage[];
}

interface OpenPassage {
  readonly headings: readonly string[];
  readonly line: number;
  readonly sentences: Sentence[];
  readonly code: CodeBlock[];
}

const OPTIONS = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] };

/** Parses a document: Markdown by its grammar, anything else as plain paragraphs. */
export function parseDocument(path: string, text: string): ParsedDocument {
  return isMarkdown(path) ? parseMarkdown(path, text) : parsePlainText(path, text);
}

export function isMarkdown(path: string): boolean {
  return /\.(md|markdown|mdx)$/iu.test(path);
}

function parseMarkdown(path: string, text: string): ParsedDocument {
  const root: Root = fromMarkdown(withoutFrontMatter(text), OPTIONS);
  const passages: OpenPassage[] = [];
  const trail: { readonly depth: number; readonly text: string }[] = [];
  let title: string | undefined;
  let passage: OpenPassage = { headings: [], line: 1, sentences: [], code: [] };
  const close = (): void => {
    if (passage.sentences.length + passage.code.length > 0) passages.push(passage);
  };
  for (const node of root.children) {
    if (node.type === 'heading') {
      close();
      const heading = readHeading(node);
      while ((trail.at(-1)?.depth ?? 0) >= node.depth) trail.pop();
      if (node.depth === 1 && title === undefined) title = heading;
      else if (heading !== '') trail.push({ depth: node.depth, text: heading });
      passage = { headings: trail.map((entry) => entry.text), line: lineOf(node), sentences: [], code: [] };
    } else collect(node, passage, 'prose');
  }
  close();
  return { path, title: title || fileName(path), passages };
}

function collect(node: RootContent, passage: OpenPassage, kind: Sentence['kind']): void {
  switch (node.type) {
    case 'paragraph':
      collectParagraph(node, passage, kind);
      break;
    case 'code':
      collectCode(node, passage);
      break;
    case 'list':
      for (const item of node.children) for (const child of item.children) collect(child, passage, 'item');
      break;
    case 'blockquote':
      for (const child of node.children) collect(child, passage, kind);
      break;
    default: // HTML, tables, rules, definitions: markup and data, not sentences
  }
}

function collectParagraph(node: Paragraph, passage: OpenPassage, kind: Sentence['kind']): void {
  const inline = inlineText(node.children, lineOf(node));
  if (isNavigation(inline)) return;
  passage.sentences.push(...sentencesIn(inline, kind));
}

function collectCode(node: Code, passage: OpenPassage): void {
  if (node.value.trim() === '') return;
  const fenced = (node.position?.end.line ?? 0) - lineOf(node) + 1 > node.value.split('\n').length;
  passage.code.push({
    code: node.value,
    language: node.lang?.toLowerCase() ?? '',
    line: lineOf(node) + (fenced ? 1 : 0),
    after: passage.sentences.length - 1,
  });
}

/** A row of badges or links, or an entry of a table of contents: nothing is left once the links are taken out. */
function isNavigation(inline: InlineText): boolean {
  return !/[\p{L}\p{N}]/u.test(inline.text) || inline.linkedShare(0, inline.text.length) > 0.85;
}

function sentencesIn(inline: InlineText, kind: Sentence['kind']): Sentence[] {
  const marker = /^\s*\[![A-Z]+\]/u.exec(inline.text)?.[0].length ?? 0; // [!NOTE] and the like
  return splitSentences(inline.text.slice(marker)).flatMap((span) => {
    const [start, end] = [span.start + marker, span.end + marker];
    const text = inline.text
      .slice(start, end)
      .replace(/\s*\[[^\]]+\]\[[^\]]*\]|\s\[[\w ]{1,20}\](?=[\s.,;]|$)/gu, '') // links to definitions that are not there
      .replace(/\p{Extended_Pictographic}\uFE0F?\s*/gu, '')
      .replace(/\s+/gu, ' ')
      .trim();
    if (!/\p{L}/u.test(text)) return [];
    return [{ text, line: inline.lineAt(start), kind, linked: inline.linkedShare(start, end) }];
  });
}

function readHeading(node: Heading): string {
  return inlineText(node.children, lineOf(node)).text.replace(/\s+/gu, ' ').trim();
}

/** Paragraphs between blank lines; a short line alone is taken for a heading. */
function parsePlainText(path: string, text: string): ParsedDocument {
  const passages: OpenPassage[] = [];
  let passage: OpenPassage = { headings: [], line: 1, sentences: [], code: [] };
  const lines = text.split(/\r?\n/u);
  for (let start = 0; start < lines.length; start++) {
    if (lines[start]?.trim() === '') continue;
    let end = start;
    while (end < lines.length && lines[end]?.trim() !== '') end++;
    const paragraph = lines.slice(start, end);
    const first = paragraph[0]?.trim() ?? '';
    if (paragraph.length === 1 && first.length < 60 && !/[.!?:;,]$/u.test(first)) {
      if (passage.sentences.length > 0) passages.push(passage);
      passage = { headings: [first], line: start + 1, sentences: [], code: [] };
    } else passage.sentences.push(...sentencesIn(plainText(paragraph, start + 1), 'prose'));
    start = end;
  }
  if (passage.sentences.length > 0) passages.push(passage);
  return { path, title: fileName(path), passages };
}

function plainText(lines: readonly string[], firstLine: number): InlineText {
  const starts: number[] = [];
  let text = '';
  for (const line of lines) {
    starts.push(text.length);
    text += `${line.trim()} `;
  }
  return {
    text,
    linkedShare: () => 0,
    lineAt: (offset) => firstLine + starts.findLastIndex((start) => start <= offset),
  };
}

/** Blanks a leading `---` block line by line, so that line numbers stay true. */
function withoutFrontMatter(text: string): string {
  const block = /^---\r?\n[\s\S]*?\n---[ \t]*(?:\r?\n|$)/u.exec(text)?.[0];
  return block === undefined ? text : block.replace(/[^\n]+/gu, '') + text.slice(block.length);
}

function lineOf(node: RootContent): number {
  return node.position?.start.line ?? 1;
}

function fileName(path: string): string {
  return path.split('/').at(-1) ?? path;
}
