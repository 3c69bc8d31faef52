import { type FocusEvent, type RefObject, useEffect, useRef } from 'react';

/** What an element is given to keep the focus. */
export interface FocusKeeper {
  readonly ref: RefObject<HTMLDivElement | null>;
  onFocus(event: FocusEvent): void;
  onBlur(): void;
}

/**
 * Takes the focus itself when that which had it inside is gone, as a button is that leads to another view: it would fall
 * to the page, and whoever uses the keyboard would begin anew from its top.
 */
export function useFocusKeeper(): FocusKeeper {
  const ref = useRef<HTMLDivElement>(null);
  const focused = useRef<Element | undefined>(undefined);
  useEffect(() => {
    if (!focused.current || focused.current.isConnected) return;
    focused.current = undefined;
    const root = ref.current?.getRootNode();
    if (root instanceof ShadowRoot && !root.activeElement) ref.current?.focus();
  });
  return {
    ref,
    onFocus({ target }) {
      focused.current = target;
    },
    // React tells nothing of what it takes away itself: who comes by here has gone elsewhere.
    onBlur() {
      focused.current = undefined;
    },
  };
}
