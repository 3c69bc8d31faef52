import type { ResearchReport } from '../../agents/channels.js';

/** A place that the answer quotes. */
export interface Source {
  /** As cited: 1, 2, 3 … in the order of the answer. */
  readonly number: number;
  readonly path: string;
  readonly line: number;
  /** The innermost heading that it stands under, or the document's title. */
  readonly heading: string;
}

/** Every place quoted, once. */
export function listSources(report: ResearchReport): Source[] {
  const sources: Source[] = [];
  const add = (path: string, line: number, heading: string): void => {
    if (!sources.some((source) => source.path === path && source.line === line))
      sources.push({ number: sources.length + 1, path, line, heading });
  };
  for (const { statements, example } of report.sections) {
    for (const { path, line, headings, title } of statements) add(path, line, headings.at(-1) ?? title);
    if (example) add(example.path, example.line, 'example');
  }
  return sources;
}
