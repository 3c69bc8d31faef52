import { OVER } from './acks.js';
import type { PanelStore } from './panel-store.js';

/** Why nothing can be asked of the executor, for who looks at a control that is disabled; undefined while it can. */
export function unreachable({ imported, acks }: PanelStore): string | undefined {
  if (imported) return 'This is a file: there is no executor to ask.';
  return acks.over && `${OVER[acks.over]}.`;
}
