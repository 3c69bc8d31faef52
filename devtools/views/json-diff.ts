import type { JsonValue } from '../../core/json.js';

export interface DiffLine {
  readonly kind: 'same' | 'added' | 'removed';
  readonly depth: number;
  readonly text: string;
}

/** Lines of a difference, at most: what is longer is cut, and says so. */
const MOST_LINES = 2000;

/** What changes from one value to another, as lines: objects member by member, lists place by place. */
export function diffJson(before: JsonValue, after: JsonValue): readonly DiffLine[] {
  const lines: DiffLine[] = [];
  compare('', before, after, 0, lines);
  if (lines.length < MOST_LINES) return lines;
  return [...lines.slice(0, MOST_LINES), { kind: 'same', depth: 0, text: '… (the rest is not shown)' }];
}

function compare(name: string, before: JsonValue, after: JsonValue, depth: number, lines: DiffLine[]): void {
  if (lines.length >= MOST_LINES) return;
  const [left, right] = [membersOf(before), membersOf(after)];
  if (!left || !right || Array.isArray(before) !== Array.isArray(after)) {
    const [old, young] = [JSON.stringify(before), JSON.stringify(after)];
    if (old === young) lines.push({ kind: 'same', depth, text: name + old });
    else
      lines.push({ kind: 'removed', depth, text: name + old }, { kind: 'added', depth, text: name + young });
    return;
  }
  const [open, close] = Array.isArray(before) ? ['[', ']'] : ['{', '}'];
  lines.push({ kind: 'same', depth, text: `${name}${open}` });
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const [old, young] = [left.get(key), right.get(key)];
    const label = Array.isArray(before) ? '' : `${key}: `;
    if (old !== undefined && young !== undefined) compare(label, old, young, depth + 1, lines);
    else if (old !== undefined) whole('removed', label, old, depth + 1, lines);
    else if (young !== undefined) whole('added', label, young, depth + 1, lines);
  }
  lines.push({ kind: 'same', depth, text: close });
}

function whole(
  kind: 'added' | 'removed',
  label: string,
  value: JsonValue,
  depth: number,
  lines: DiffLine[],
): void {
  const [first = '', ...rest] = JSON.stringify(value, null, 1).split('\n');
  lines.push({ kind, depth, text: label + first });
  for (const line of rest.slice(0, MOST_LINES)) {
    const text = line.trimStart();
    lines.push({ kind, depth: depth + line.length - text.length, text });
  }
}

function membersOf(value: JsonValue): Map<string, JsonValue> | undefined {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
}
