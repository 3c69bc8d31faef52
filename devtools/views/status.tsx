import type { ReactElement } from 'react';

const RINGS = new Set(['waiting', 'parked', 'unheard', 'cancelled']);
const SQUARES = new Set(['failed', 'invalid', 'dropped', 'refused']);

type Painter = (element: HTMLElement | null) => void;
const painters = new Map<string, Painter>();

/** The same function each time, so that a row that is rendered again is not painted again. */
function painter(name: string): Painter {
  let known = painters.get(name);
  if (!known) {
    known = (element) => element?.style.setProperty('--dot', `var(--status-${name}, var(--muted))`);
    painters.set(name, known);
  }
  return known;
}

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
    <span className="status" data-shape={shape} ref={painter(name)}>
      {children ?? name}
    </span>
  );
}
