// biome-ignore-all lint/a11y/useSemanticElements: a live region is no <output>
import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react';
import { count, reasonOf } from '../panel/format.js';
import { Icon } from '../panel/icons.js';
import { useKept, usePanel, useStore } from '../panel/panel-context.js';
import { parseFilter } from '../store/filter-language.js';
import { MessageList } from '../store/message-list.js';
import { MessageDetail } from './message-detail.js';
import { MessageTable } from './message-table.js';
import { NodeDetail } from './node-detail.js';
import { Side } from './side.js';

/** Every message, filtered, with what is in it and what became of it. */
export function MessagesView(): ReactElement {
  const store = useStore();
  const { notify, kept } = usePanel();
  const [text, setText] = useKept('filter');
  const [selected, setSelected] = useKept('selected');
  const [compared, setCompared] = useKept('compared');
  const [, rescan] = useState(0);
  const list = useMemo(() => new MessageList(store), [store]);
  const filter = useMemo(() => parseFilter(text), [text]);

  useEffect(() => {
    list.setFilter(filter);
    rescan((times) => times + 1);
    let current = true;
    for (const value of list.texts) {
      store.findText(value).then(
        (found) => {
          if (!current) return;
          list.setFound(value, found);
          rescan((times) => times + 1);
        },
        (thrown: unknown) => notify(reasonOf(thrown), true),
      );
    }
    return () => {
      current = false;
    };
  }, [filter, list, store, notify]);

  // A selection made elsewhere (in the tree, say) is shown here too.
  const node = store.selection?.kind === 'node' ? store.selection.node : undefined;
  const seqOfNode = node === undefined ? undefined : store.messageOfNode(node);
  /** The node of the row that was chosen last: what it shows is known before its event is gathered. */
  const chosen = useRef<number | undefined>(undefined);
  useEffect(() => {
    if (node !== undefined && (seqOfNode !== undefined || node !== chosen.current)) setSelected(seqOfNode);
  }, [node, seqOfNode, setSelected]);

  const main = useRef<HTMLDivElement>(null);
  const close = (): void => {
    setSelected(undefined);
    setCompared(undefined);
    store.select(undefined);
    // The button that was pressed goes with what it closes.
    main.current?.querySelector<HTMLElement>('[role=grid]')?.focus();
  };

  const complete = list.update();
  useEffect(() => {
    if (complete) return undefined;
    const handle = requestAnimationFrame(() => rescan((times) => times + 1));
    return () => cancelAnimationFrame(handle);
  });

  return (
    <>
      <div className="viewbar">
        <div className="search">
          <Icon name="search" size={14} />
          <input
            className="field"
            type="search"
            aria-label="Filter messages"
            aria-describedby="filter-hint"
            aria-invalid={filter.problems.length > 0}
            placeholder={'agent:reader status:failed channel:facts text:"timeout" -channel:log dur:>200ms'}
            spellCheck={false}
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              // It is another list, of which the end is looked at first.
              kept.place.follows = true;
            }}
          />
        </div>
        <span id="filter-hint" className={filter.problems.length > 0 ? 'hint bad' : 'hint'} role="status">
          {filter.problems[0] ??
            (filter.terms.length > 0
              ? `${count(list.length)} of ${count(list.total)}`
              : `${count(list.total)} ${list.total === 1 ? 'message' : 'messages'}`)}
          {complete ? '' : ' …'}
          {searchedOf(list)}
        </span>
      </div>
      <div className="split">
        <div ref={main} className="main">
          <MessageTable
            list={list}
            complete={complete}
            selected={selected}
            selectedNode={node}
            compared={compared}
            onClose={close}
            onSelect={(row, compare) => {
              const { seq } = row;
              if (!compare) chosen.current = row.node;
              // One from before anybody watched has no event here; its node tells what is left of it.
              if (!compare) store.select({ kind: 'node', node: row.node });
              if (seq === 0) {
                setSelected(undefined);
                setCompared(undefined);
              } else if (compare && selected !== undefined && selected !== seq) setCompared(seq);
              else {
                setSelected(seq);
                setCompared(undefined);
              }
            }}
          />
        </div>
        {selected === undefined && store.selection?.kind === 'node' && (
          <Side label="Selected message" close={close}>
            <NodeDetail selection={store.selection} close={close} />
          </Side>
        )}
        {selected !== undefined && (
          <Side label="Selected message" close={close}>
            <MessageDetail seq={selected} compared={compared} onCompare={setCompared} close={close} />
          </Side>
        )}
      </div>
    </>
  );
}

/** How far a search in payloads went, where it did not reach all of them. */
function searchedOf({ searched }: MessageList): string {
  if (searched === undefined) return '';
  return searched === 0 ? ' · no payloads are kept' : ` · payloads of the newest ${count(searched)} searched`;
}
