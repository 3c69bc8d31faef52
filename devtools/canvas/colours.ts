import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { CanvasTheme } from '../canvas-contract.js';

/** Place of a status in `NODE_STATUSES`. */
export const STATUS: Readonly<Record<(typeof NODE_STATUSES)[number], number>> = {
  published: NODE_STATUSES.indexOf('published'),
  unheard: NODE_STATUSES.indexOf('unheard'),
  refused: NODE_STATUSES.indexOf('refused'),
  waiting: NODE_STATUSES.indexOf('waiting'),
  running: NODE_STATUSES.indexOf('running'),
  retrying: NODE_STATUSES.indexOf('retrying'),
  parked: NODE_STATUSES.indexOf('parked'),
  succeeded: NODE_STATUSES.indexOf('succeeded'),
  failed: NODE_STATUSES.indexOf('failed'),
  invalid: NODE_STATUSES.indexOf('invalid'),
  dropped: NODE_STATUSES.indexOf('dropped'),
  cancelled: NODE_STATUSES.indexOf('cancelled'),
};

/** How much each status deserves a look, by its place: the worst of many gives a mark its colour. */
export const SEVERITY: Uint8Array = severities();

function severities(): Uint8Array {
  const rising = [
    'succeeded',
    'published',
    'waiting',
    'running',
    'parked',
    'cancelled',
    'unheard',
    'retrying',
  ];
  rising.push('refused', 'dropped', 'invalid', 'failed');
  return Uint8Array.from(NODE_STATUSES, (status) => rising.indexOf(status));
}

/** The status of a severity. */
export const STATUS_BY_SEVERITY: Uint8Array = Uint8Array.from(NODE_STATUSES, (_, severity) =>
  SEVERITY.indexOf(severity),
);

/** Colours by the place of the status. */
export function statusColours(theme: CanvasTheme): string[] {
  return NODE_STATUSES.map((status) => theme.status[status] ?? theme.mutedText);
}
