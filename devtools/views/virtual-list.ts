import { type RefObject, useEffect, useLayoutEffect, useReducer, useRef, useState } from 'react';

/** Tallest element that browsers lay out exactly; of longer lists, the bar shows where one is in proportion. */
const TALLEST = 8_000_000;
/** While the end of a list that grows fast is followed, its height is brought up to date when it is off by this much. */
const HELD = 1.25;
/** Pages that are scrolled pixel by pixel also where the bar goes in proportion. Who scrolls further has pulled the bar. */
const NEAR = 4;

/** Where one is in a list. Whoever holds it can come back to there. */
export interface ListPlace {
  /** At the end, and so following what comes. */
  follows: boolean;
  /** Exact pixels of rows above what is in sight; it says where one is unless the end is followed. */
  offset: number;
}

export interface VirtualRows {
  readonly body: RefObject<HTMLDivElement | null>;
  /** First row to render, and how many. */
  readonly from: number;
  readonly count: number;
  /** The first that is seen as a whole. */
  readonly first: number;
  /** Height of the scrolled content, and where a row goes in it. */
  readonly height: number;
  topOf(index: number): number;
  /** Brings a row into sight, and stays with it; with `follows`, stays with the end. */
  scrollTo(index: number, follows?: boolean): void;
  readonly rowsPerPage: number;
  readonly atEnd: boolean;
}

/**
 * Renders only what is seen of a long list, below a head of one row's height. It stays at the end while it is there;
 * who has left it stays where they are, to the pixel, however much comes.
 *
 * @param growsFast while the end is followed, rows stay where they are and only texts change: to move them all, and to
 * scroll after them, takes more time than everything else together.
 */
export function useVirtualRows(
  length: number,
  rowHeight: number,
  growsFast: boolean,
  place: ListPlace,
): VirtualRows {
  const body = useRef<HTMLDivElement>(null);
  const [, render] = useReducer((times: number) => times + 1, 0);
  const [visible, setVisible] = useState(400);
  const held = useRef(0);
  const full = length * rowHeight;
  const exact = Math.min(full, TALLEST);
  const { follows } = place;
  const isHeld = growsFast && follows && exact >= held.current;
  if (!isHeld || exact > held.current * HELD) held.current = exact;
  const height = held.current;
  // 1 unless the list is too tall; then a pixel of the bar stands for more than one.
  const scale = height > visible && full > height ? (full - visible) / (height - visible) : 1;
  const most = Math.max(0, full - visible);
  const offset = follows ? most : Math.min(place.offset, most);
  // Whole pixels, as browsers round where one scrolls to: what is in sight would move by the rest of one.
  const top = scale === 1 ? offset : Math.round(offset / scale);
  /** As the page shows it: what scrolling starts from. */
  const shown = useRef({ follows: false, top: 0, offset: 0, scale: 1, most: 0, near: 0 });

  useEffect(() => {
    const element = body.current;
    if (!element) return undefined;
    const onScroll = (): void => {
      const { scrollTop, clientHeight, scrollHeight } = element;
      const { follows } = place;
      // While it follows what comes, where it is follows too: nothing to render again.
      if (follows && scrollTop + clientHeight >= scrollHeight - rowHeight) return;
      const { top, offset, scale, most, near } = shown.current;
      const moved = scrollTop - top;
      if (!follows && Math.abs(moved) < 1) return;
      const next = Math.abs(moved) <= near ? offset + moved : scrollTop * scale;
      place.follows = next > most - rowHeight;
      place.offset = Math.max(0, next);
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
  }, [rowHeight, place]);

  // The bar comes after: what is in sight stays, and its share of the list is another when more has come.
  useLayoutEffect(() => {
    const element = body.current;
    if (!element) return;
    const before = shown.current;
    shown.current = { follows, top, offset, scale, most, near: NEAR * visible };
    if (!follows) {
      if (Math.abs(element.scrollTop - top) < 1) return;
      element.scrollTop = top;
      // Browsers round it, and cut it where there is less to scroll than was thought.
      shown.current.top = element.scrollTop;
    } else if (!before.follows || before.top !== top) {
      // Asking for scrollHeight would lay the page out once more; too much is cut to what there is.
      element.scrollTop = height + rowHeight;
    }
  });

  const rowsPerPage = Math.max(1, Math.floor(visible / rowHeight));
  const from = Math.max(0, Math.min(length - 1, Math.floor(offset / rowHeight)) - 4);
  return {
    body,
    from,
    count: Math.max(0, Math.min(length - from, rowsPerPage + 10)),
    first: Math.min(length - 1, Math.ceil(offset / rowHeight)),
    height,
    rowsPerPage,
    atEnd: follows,
    topOf: (index) => top + (index * rowHeight - offset),
    scrollTo(index, follows = false) {
      const begin = index * rowHeight;
      place.follows = follows;
      place.offset = Math.min(begin, Math.max(offset, begin + rowHeight - visible));
      render();
    },
  };
}
