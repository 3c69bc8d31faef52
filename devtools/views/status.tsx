import type { ReactElement } from 'react';

const RINGS = new Set(['waiting', 'parked', 'unheard', 'cancelled']);
const SQUARES = new Set(['failed', 'invalid', 'dropped', 'refused']);

/** A status by colour, shape and name: colour alone tells nothing to many. */
export function Status({
  name,
  children,
}: {
  readonly name: string;
  readonly children?: string;
}): ReactElement {
  const shape = RINGS.has(name) ? 'ring' : SQUARES.has(name) ? 'square' : 'dot';
  return (
    <span
      className="status"
      data-shape={shape}
      ref={(element) => element?.style.setProperty('--dot', `var(--status-${name}, var(--muted))`)}
    >
      {children ?? name}
    </span>
  );
}
