import type { ReactElement } from 'react';
import type { AccessibleItem, CanvasSelection } from '../canvas-contract.js';

interface Props {
  readonly label: string;
  readonly items: readonly AccessibleItem[];
  readonly selection: CanvasSelection | undefined;
  onSelect(selection: CanvasSelection): void;
}

/** What a drawn view shows, as nested lists of buttons: for screen readers, and for whoever prefers words. */
export function Outline({ label, items, selection, onSelect }: Props): ReactElement {
  return (
    <nav className="outline" aria-label={`${label}, in words`}>
      {items.length === 0 ? (
        <p className="dim">Nothing to show yet.</p>
      ) : (
        <Items {...{ items, selection, onSelect }} />
      )}
    </nav>
  );
}

function Items({ items, selection, onSelect }: Omit<Props, 'label'>): ReactElement {
  return (
    <ul>
      {items.map((item) => {
        const { selection: own } = item;
        return (
          <li key={item.id}>
            {own ? (
              <button type="button" aria-pressed={same(own, selection)} onClick={() => onSelect(own)}>
                {item.label}
              </button>
            ) : (
              <span>{item.label}</span>
            )}
            {item.children && item.children.length > 0 && (
              <Items {...{ items: item.children, selection, onSelect }} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function same(left: CanvasSelection, right: CanvasSelection | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
