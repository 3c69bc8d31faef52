import type { Summary } from './statistics.js';

/** What a section hands back: a table for people and the same as data. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  readonly data: unknown;
}

export function toMarkdown(section: Section): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const ruler = section.columns.map((_, index) => (index === 0 ? '---' : '---:'));
  const table = [line(section.columns), line(ruler), ...section.rows.map(line)].join('\n');
  const notes = section.notes.map((note) => `\n${note}\n`).join('');
  return `### ${section.id}: ${section.title}\n\n${table}\n${notes}`;
}

/** Three significant digits, without an exponent. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en-US', {
    minimumFractionDigits: Math.min(digits, 4),
    maximumFractionDigits: Math.min(digits, 4),
  });
}

/** `1.23 (1.10 to 1.40)`: the median and the range of the rounds. */
export function range(summary: Summary | null): string {
  if (summary === null) return '–';
  if (summary.least === summary.most) return number(summary.median);
  return `${number(summary.median)} (${number(summary.least)} to ${number(summary.most)})`;
}
