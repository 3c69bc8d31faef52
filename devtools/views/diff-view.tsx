import { type ReactElement, useEffect, useMemo, useRef } from 'react';
import { diffJson } from './json-diff.js';
import { usePayload } from './use-payload.js';

const SIGNS = { same: ' ', added: '+', removed: '−' } as const;

/** What differs between the payloads of two messages. */
export function DiffView({
  before,
  after,
}: {
  readonly before: number;
  readonly after: number;
}): ReactElement {
  const left = usePayload(before);
  const right = usePayload(after);
  const lines = useMemo(
    () => (left.value && right.value ? diffJson(left.value.json, right.value.json) : []),
    [left.value, right.value],
  );
  const figure = useRef<HTMLElement>(null);
  // It is asked for in the list of messages, and shown below all that is known of one.
  useEffect(() => {
    if (lines.length > 0) figure.current?.scrollIntoView({ block: 'nearest' });
  }, [lines]);
  if (!left.value || !right.value) return <p className="dim">{left.value ? right.note : left.note}</p>;
  const changed = lines.some(({ kind }) => kind !== 'same');
  return (
    <figure
      ref={figure}
      className="block json diff"
      aria-label={`Difference between message ${before} and message ${after}`}
    >
      {!changed && <p className="dim">The payloads are the same.</p>}
      {lines.map(({ kind, depth, text }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are made anew as a whole
        <span key={index} className={`line ${kind}`}>
          <span className="dim" aria-hidden={kind === 'same'}>
            {SIGNS[kind]}{' '}
          </span>
          {'  '.repeat(depth)}
          {text}
        </span>
      ))}
    </figure>
  );
}
