import { type ReactElement, useState } from 'react';
import type { Loss } from '../../core/inspection/safe-value.js';
import type { JsonValue } from '../../core/json.js';

/** Members shown of a list or an object before a button for more. */
const PAGE = 100;
/** Characters shown of a text before a button for more. */
const LONG = 2000;

/** JSON as a tree that folds. Everything is text: nothing of it is ever taken as markup. */
export function JsonView({
  value,
  lost = [],
  label,
  openDepth = 2,
}: {
  readonly value: JsonValue;
  readonly lost?: readonly Loss[];
  /** What it is called where it stands among other things. */
  readonly label?: string;
  readonly openDepth?: number;
}): ReactElement {
  const holes = new Set(lost.map(({ path }) => path.join('\n')));
  return (
    <div className="json">
      <Branch name={label} value={value} path="" holes={holes} openDepth={openDepth} />
    </div>
  );
}

interface BranchProps {
  readonly name: string | undefined;
  readonly value: JsonValue;
  readonly path: string;
  readonly holes: ReadonlySet<string>;
  readonly openDepth: number;
}

function Branch({ name, value, path, holes, openDepth }: BranchProps): ReactElement {
  const [open, setOpen] = useState(openDepth > 0);
  const [shown, setShown] = useState(PAGE);
  const key = name !== undefined && <span className="key">{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <span className="line leaf">
        {key}
        <Leaf value={value} lost={holes.has(path)} />
      </span>
    );
  }
  const entries = Object.entries(value);
  const isList = Array.isArray(value);
  const summary = isList ? `[${entries.length}]` : `{${entries.length}}`;
  if (entries.length === 0) {
    return (
      <span className="line leaf">
        {key}
        {isList ? '[]' : '{}'}
      </span>
    );
  }
  return (
    <div>
      <button type="button" className="toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {key}
        <span className="dim">{open ? (isList ? '[' : '{') : `${summary} ${preview(value)}`}</span>
      </button>
      {open && (
        <ul>
          {entries.slice(0, shown).map(([child, member]) => (
            <li key={child}>
              <Branch
                name={child}
                value={member}
                path={path === '' ? child : `${path}\n${child}`}
                holes={holes}
                openDepth={openDepth - 1}
              />
            </li>
          ))}
          {entries.length > shown && (
            <li>
              <button type="button" className="button" onClick={() => setShown(shown + PAGE * 10)}>
                {entries.length - shown} more
              </button>
            </li>
          )}
        </ul>
      )}
    </div>
  );
}

function Leaf({
  value,
  lost,
}: {
  readonly value: string | number | boolean | null;
  readonly lost: boolean;
}): ReactElement {
  const [whole, setWhole] = useState(false);
  if (typeof value === 'number') return <span className="number">{String(value)}</span>;
  if (typeof value !== 'string') return <span className="literal">{String(value)}</span>;
  if (lost) return <span className="lost">{value}</span>;
  const cut = value.length > LONG && !whole;
  return (
    <>
      <span className="string">{JSON.stringify(cut ? value.slice(0, LONG) : value)}</span>
      {cut && (
        <button type="button" className="button" onClick={() => setWhole(true)}>
          {value.length - LONG} characters more
        </button>
      )}
    </>
  );
}

/** A few words of what is inside, so that a closed branch says something. */
export function preview(value: JsonValue, length = 80): string {
  const text = typeof value === 'string' ? value : JSON.stringify(shortened(value, 3));
  // No half of a character.
  return text.length > length ? `${text.slice(0, length).replace(/[\ud800-\udbff]$/, '')}…` : text;
}

/** Enough of a value for a preview: stringifying megabytes to show eighty characters would be felt. */
function shortened(value: JsonValue, depth: number): JsonValue {
  if (typeof value === 'string') return value.slice(0, 100);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, 8).map((item: JsonValue) => shortened(item, depth - 1));
  const entries = Object.entries(value).slice(0, 8);
  return Object.fromEntries(entries.map(([key, member]) => [key, shortened(member, depth - 1)]));
}
