import { type ReactElement, useState } from 'react';
import { count } from '../panel/format.js';

/** Entries of a list that are shown at first, and how many more at a time. */
export const STEP = 200;

/** How many entries of a list are shown, and a way to show more of them. */
export function useShown(): readonly [shown: number, showMore: () => void] {
  const [shown, setShown] = useState(STEP);
  return [shown, () => setShown(shown + STEP)];
}

/** What a long list ends with: how much of it is not shown. */
export function More({ left, show }: { readonly left: number; show(): void }): ReactElement | null {
  if (left <= 0) return null;
  return (
    <p className="more dim">
      {count(left)} more are not shown.
      <button type="button" className="button" onClick={show}>
        Show {count(Math.min(left, STEP))} of them
      </button>
    </p>
  );
}
