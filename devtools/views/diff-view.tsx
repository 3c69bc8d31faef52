import { type ReactElement, useMemo } from 'react';
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
  if (!left.value || !right.value) return <p className="dim">{left.value ? right.note : left.note}</p>;
  const changed = lines.some(({ kind }) => kind !== 'same');
  return (
    <figure
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
