import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';

/** Tallest element that browsers lay out exactly; longer lists scroll in proportion. */
const TALLEST = 8_000_000;
/** While the end of a list that grows fast is followed, its height is brought up to date when it is off by this much. */
const HELD = 1.25;

export interface VirtualRows {
  readonly body: RefObject<HTMLDivElement | null>;
  /** First row to render, and how many. */
  readonly from: number;
  readonly count: number;
  /** Height of the scrolled content, and where a row goes in it. */
  readonly height: number;
  topOf(index: number): number;
  scrollTo(index: number): void;
  readonly rowsPerPage: number;
  /** At the bottom, and so following what comes. */
  readonly atEnd: boolean;
}

/**
 * Renders only what is seen of a long list, below a head of one row's height. It stays at the end while it is there.
 *
 * @param growsFast while the end is followed, rows stay where they are and only texts change: to move them all, and to
 * scroll after them, takes more time than everything else together.
 */
export function useVirtualRows(length: number, rowHeight: number, growsFast: boolean): VirtualRows {
  const body = useRef<HTMLDivElement>(null);
  // The first jump up from the end leads to 0, where no state would have changed: it is rendered all the same.
  const [, render] = useReducer((times: number) => times + 1, 0);
  const scrollTop = useRef(0);
  const [visible, setVisible] = useState(400);
  const follows = useRef(true);
  const full = length * rowHeight;
  const exact = Math.min(full, TALLEST);
  /** `stretch`: pixels of the exact height for one of that which is held; `leaving`: where to scroll to, in the exact one. */
  const held = useRef<{ height: number; stretch: number; leaving: number | undefined }>({
    height: 0,
    stretch: 1,
    leaving: undefined,
  });
  const isHeld = growsFast && follows.current && exact >= held.current.height;
  if (!isHeld || exact > held.current.height * HELD) held.current.height = exact;
  const { height } = held.current;
  // 1 unless the list is too tall; then a pixel of scrolling stands for more than one.
  const scaleOf = (tall: number): number =>
    tall > visible && full > tall ? (full - visible) / (tall - visible) : 1;
  const scale = scaleOf(height);
  held.current.stretch = scale / scaleOf(exact);

  useEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    const onScroll = (): void => {
      const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
      // While it follows what comes, where it is follows too: nothing to render again.
      if (atEnd && follows.current) return;
      const { stretch } = held.current;
      // Who leaves the end scrolls in the exact height from now on.
      if (follows.current && stretch !== 1) held.current.leaving = element.scrollTop * stretch;
      follows.current = atEnd;
      scrollTop.current = held.current.leaving ?? element.scrollTop;
      render();
    };
    const observer = new ResizeObserver(() =>
      setVisible(Math.max(rowHeight, element.clientHeight - rowHeight)),
    );
    element.addEventListener('scroll', onScroll, { passive: true });
    observer.observe(element);
    return () => {
      element.removeEventListener('scroll', onScroll);
      observer.disconnect();
    };
  }, [rowHeight]);

  useEffect(() => {
    const element = body.current;
    // Asking for scrollHeight would lay the page out once more; too much is cut to what there is.
    if (element && follows.current && height > 0) element.scrollTop = height + rowHeight;
  }, [height, rowHeight]);

  useLayoutEffect(() => {
    const element = body.current;
    const { leaving } = held.current;
    held.current.leaving = undefined;
    if (element && leaving !== undefined && !follows.current) element.scrollTop = leaving;
  });

  const rowsPerPage = Math.max(1, Math.floor(visible / rowHeight));
  const top = follows.current ? Math.max(0, height - visible) : scrollTop.current;
  const offset = top * scale;
  const from = Math.max(0, Math.min(length - 1, Math.floor(offset / rowHeight)) - 4);
  return {
    body,
    from,
    count: Math.max(0, Math.min(length - from, rowsPerPage + 10)),
    height,
    rowsPerPage,
    atEnd: follows.current,
    topOf: (index) => top + (index * rowHeight - offset),
    scrollTo(index) {
      const element = body.current;
      if (!element) return;
      const place = index * rowHeight;
      const before = element.scrollTop * scale;
      if (place < before) element.scrollTop = place / scale;
      else if (place + rowHeight > before + visible)
        element.scrollTop = (place + rowHeight - visible) / scale;
    },
  };
}
