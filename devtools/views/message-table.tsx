// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, and names the active row
// biome-ignore-all lint/a11y/useKeyWithClickEvents: keys are the grid's, which has the focus
// biome-ignore-all lint/a11y/useSemanticElements: virtual rows cannot be a <table>
import {
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useRef,
  useState,
} from 'react';
import { NODE_STATUSES } from '../../core/state/tree-node.js';
import { duration } from '../canvas/numbers.js';
import { clock, count } from '../panel/format.js';
import { useActivity, usePanel, useStore } from '../panel/panel-context.js';
import type { MessageList } from '../store/message-list.js';
import type { MessageRow } from '../store/message-row.js';
import { Status } from './status.js';
import { useVirtualRows } from './virtual-list.js';

const ROW = 26;
const COLUMNS = ['#', 'Time', 'Channel', 'From', 'To', 'Status', 'Took'] as const;
const WIDE = '72px 104px minmax(90px, 1fr) minmax(80px, 1fr) minmax(90px, 1.2fr) 104px 84px';
const NARROW = 'minmax(80px, 1fr) minmax(80px, 1fr) 100px 80px';
/** Left out where there is little room: `#`, time and sender. */
const WIDE_ONLY: ReadonlySet<string> = new Set(COLUMNS.filter((_, index) => [0, 1, 3].includes(index)));

interface Props {
  readonly list: MessageList;
  /** Whether all messages have been looked at. */
  readonly complete: boolean;
  readonly selected: number | undefined;
  readonly compared: number | undefined;
  readonly selectedNode: number | undefined;
  onSelect(row: MessageRow, compare: boolean): void;
  /** Nothing shall be selected any more. */
  onClose(): void;
}

/** Rows of messages, only those in sight; arrow keys walk them, Shift+Enter or Shift+click compares. */
export function MessageTable({
  list,
  complete,
  selected,
  compared,
  selectedNode,
  onSelect,
  onClose,
}: Props): ReactElement {
  const { length } = list;
  const { kept } = usePanel();
  const rows = useVirtualRows(length, ROW, useStore().isFlooded, kept.place);
  useActivity(!rows.atEnd || !list.showsEnd);
  const [active, setActive] = useState<number | undefined>();
  const narrow = (rows.body.current?.clientWidth ?? 800) < 560;
  const place = selected === undefined ? -1 : list.indexOfSeq(selected);
  const at = active ?? place;
  /** The message that was in sight when it was selected, as it was selected here, or has been brought there since. */
  const seen = useRef(selected);
  const { scrollTo } = rows;
  useEffect(() => {
    if (selected === seen.current || (selected !== undefined && place < 0)) return;
    seen.current = selected;
    if (place < 0) return;
    setActive(place);
    scrollTo(place);
  });
  const choose = (row: MessageRow, compare: boolean): void => {
    if (!compare && row.seq > 0) seen.current = row.seq;
    onSelect(row, compare);
  };

  const walk = (event: KeyboardEvent): void => {
    const page = rows.rowsPerPage;
    // Where nothing is selected, the keys begin at what is seen.
    const start = at >= 0 ? at : rows.atEnd ? length - 1 : rows.first;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at < 0 ? start : at + 1,
      ArrowUp: at < 0 ? start : at - 1,
      PageDown: start + page,
      PageUp: start - page,
      Home: 0,
      End: length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined && length > 0) {
      event.preventDefault();
      const index = Math.min(length - 1, Math.max(0, next));
      setActive(index);
      // The last row too is left behind by what comes, and stays in sight: only who wants to go beyond it follows.
      rows.scrollTo(index, event.key === 'End' || next >= length);
      const row = list.row(index);
      if (row && !event.shiftKey) choose(row, false);
    } else if (event.key === 'Enter') {
      const row = list.row(at);
      if (row) choose(row, event.shiftKey);
    } else if (event.key === 'Escape') onClose();
  };

  const visible: { readonly index: number; readonly row: MessageRow }[] = [];
  for (let index = rows.from; index < rows.from + rows.count; index++) {
    const row = list.row(index);
    if (row) visible.push({ index, row });
  }
  const style = { '--columns': narrow ? NARROW : WIDE } as CSSProperties;
  return (
    <div
      ref={rows.body}
      className="table"
      data-narrow={narrow}
      style={style}
      role="grid"
      tabIndex={0}
      aria-label="Messages, oldest first"
      aria-rowcount={length + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={visible.some(({ index }) => index === at) ? `message-${at}` : undefined}
      onKeyDown={walk}
    >
      <div className="table-head" role="row" aria-rowindex={1}>
        {COLUMNS.map((name, index) => (
          <span
            key={name}
            role="columnheader"
            className={`${index === 0 || index === 6 ? 'end' : ''} ${WIDE_ONLY.has(name) ? 'wide' : ''}`}
          >
            {name}
          </span>
        ))}
      </div>
      {length > 0 && (
        <div style={{ height: rows.height, position: 'relative' }} role="rowgroup">
          {visible.map(({ index, row }) => (
            <div
              // The elements of rows that have gone out of sight are used again: only texts change. At the end, each
              // stays where it is.
              key={rows.atEnd ? index - rows.from : index % rows.count}
              id={`message-${index}`}
              className="table-row"
              role="row"
              aria-rowindex={index + 2}
              aria-selected={row.seq === 0 ? row.node === selectedNode : row.seq === selected}
              data-compared={row.seq === compared}
              style={{ top: rows.topOf(index) }}
              onMouseDown={(event) => {
                // Shift+click compares; the browser would mark all the text up to here besides.
                if (event.shiftKey) event.preventDefault();
              }}
              onClick={(event) => {
                setActive(index);
                choose(row, event.shiftKey);
              }}
            >
              <Cells row={row} />
            </div>
          ))}
        </div>
      )}
      {length === 0 && <Nothing list={list} complete={complete} />}
    </div>
  );
}

/** Why there are no rows. */
function Nothing({ list, complete }: Pick<Props, 'list' | 'complete'>): ReactElement {
  const { isFiltered, total } = list;
  if (isFiltered && total > 0) {
    return (
      <div className="empty">
        <strong>{complete ? 'No match' : 'No match so far'}</strong>
        None of the {count(total)} messages match the filter.
      </div>
    );
  }
  return (
    <div className="empty">
      <strong>No messages</strong>
      They appear here as soon as agents publish. Payloads are fetched when you select one.
    </div>
  );
}

function Cells({ row }: { readonly row: MessageRow }): ReactElement {
  const status = NODE_STATUSES[row.status] ?? 'waiting';
  return (
    <>
      <span role="gridcell" className="end dim mono wide">
        {row.seq > 0 ? count(row.seq) : '·'}
      </span>
      <span role="gridcell" className="dim mono wide">
        {clock(row.at)}
      </span>
      <span role="gridcell">
        <span className="chip channel">{row.channel}</span>
      </span>
      <span role="gridcell" className="wide">
        {row.from}
      </span>
      <span role="gridcell" className={row.to.length === 0 ? 'dim' : ''}>
        {row.to.length === 0 ? 'nobody' : row.to.join(', ')}
      </span>
      <span role="gridcell">
        <Status name={status} />
      </span>
      <span role="gridcell" className="end mono">
        {row.durationMs === undefined ? '' : duration(row.durationMs)}
      </span>
    </>
  );
}
