import { type ReactElement, useEffect, useRef, useState } from 'react';
import type { Source } from './sources.js';

interface Props {
  readonly source: Source;
  readonly read: (path: string) => Promise<string>;
  readonly onClose: () => void;
}

/** How many lines are shown before and after the one that is quoted. */
const AROUND = 60;

/** The document around a quoted line, which is marked and scrolled to. */
export function PassageDialog({ source, read, onClose }: Props): ReactElement {
  const dialog = useRef<HTMLDialogElement>(null);
  const marked = useRef<HTMLLIElement>(null);
  const [text, setText] = useState<string>();
  useEffect(() => {
    dialog.current?.showModal();
    let current = true;
    read(source.path).then(
      (found) => current && setText(found),
      (thrown: unknown) => current && setText(`This document cannot be read: ${String(thrown)}`),
    );
    return () => {
      current = false;
    };
  }, [source, read]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text must be there before it can be scrolled
  useEffect(() => {
    marked.current?.scrollIntoView({ block: 'center' });
  }, [text]);

  const first = Math.max(1, source.line - AROUND);
  const lines = text?.split(/\r?\n/u).slice(first - 1, source.line + AROUND) ?? [];
  return (
    <dialog ref={dialog} className="passage" aria-labelledby="passage-title" onClose={onClose}>
      <header>
        <h2 id="passage-title">{source.heading}</h2>
        <p className="place">
          {source.path}, line {source.line}
        </p>
        <button
          type="button"
          className="close"
          aria-label="Close the passage"
          onClick={() => dialog.current?.close()}
        >
          ×
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be within reach of the keyboard */}
      <ol className="lines" start={first} tabIndex={0} aria-label="The document around the passage">
        {lines.map((line, index) => {
          const number = first + index;
          const isQuoted = number === source.line;
          return (
            <li key={number} value={number} ref={isQuoted ? marked : undefined}>
              {isQuoted ? <mark>{line}</mark> : line}
            </li>
          );
        })}
      </ol>
    </dialog>
  );
}
