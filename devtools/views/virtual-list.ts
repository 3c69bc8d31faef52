import { type RefObject, useEffect, useRef, useState } from 'react';

/** Tallest element that browsers lay out exactly; longer lists scroll in proportion. */
const TALLEST = 8_000_000;

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

/** Renders only what is seen of a long list, below a head of one row's height. It stays at the end while it is there. */
export function useVirtualRows(length: number, rowHeight: number): VirtualRows {
  const body = useRef<HTMLDivElement>(null);
  const [scrollTop, setScrollTop] = useState(0);
  const [visible, setVisible] = useState(400);
  const follows = useRef(true);
  const full = length * rowHeight;
  const height = Math.min(full, TALLEST);
  // 1 unless the list is too tall; then a pixel of scrolling stands for more than one.
  const scale = height > visible && full > height ? (full - visible) / (height - visible) : 1;

  useEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    const onScroll = (): void => {
      const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - rowHeight;
      // While it follows what comes, where it is follows too: nothing to render again.
      if (atEnd && follows.current) return;
      follows.current = atEnd;
      setScrollTop(element.scrollTop);
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

  const rowsPerPage = Math.max(1, Math.floor(visible / rowHeight));
  const top = follows.current ? Math.max(0, height - visible) : scrollTop;
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
