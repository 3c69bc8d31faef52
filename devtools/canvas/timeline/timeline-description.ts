import { NODE_STATUSES } from '../../../core/state/tree-node.js';
import type { AccessibleItem } from '../../canvas-contract.js';
import type { SegmentSummary } from '../../layout/segment-forest.js';
import { clockTime } from '../../layout/time-ticks.js';
import { STATUS_BY_SEVERITY } from '../colours.js';
import { counted, duration } from '../numbers.js';
import type { TimelineModel } from './timeline-model.js';

/** Attempts listed in each lane: the newest. */
const NEWEST = 12;
const MOST_LANES = 25;

/** Lanes in words: how many attempts, how long, how they fared; with the newest of each. */
export function describeTimeline(model: TimelineModel): readonly AccessibleItem[] {
  const summary: SegmentSummary = { count: 0, longest: 0, latestEnd: 0, worst: 0 };
  return model.index.lanes.slice(0, MOST_LANES).map((lane, at) => {
    const name = model.names[at] ?? `lane ${at + 1}`;
    const { length } = lane.forest;
    lane.forest.summarize(0, length, summary);
    const parts = [`Agent ${name}`, counted(length, 'attempt'), `longest ${duration(summary.longest)}`];
    if (lane.open.size > 0) parts.push(`${lane.open.size} running`);
    parts.push(`worst ${NODE_STATUSES[STATUS_BY_SEVERITY[summary.worst] ?? 0] ?? ''}`);
    const children: AccessibleItem[] = [];
    for (let place = length - 1; place >= Math.max(0, length - NEWEST); place--) {
      const row = lane.rowAt(place);
      const node = model.columns.node[row] ?? 0;
      const label = attemptLines(model, row).join(', ');
      children.push({ id: `row:${row}`, label, selection: { kind: 'node', node } });
    }
    return { id: `lane:${at}`, label: parts.join('; '), selection: { kind: 'agent', name }, children };
  });
}

/** What there is to say of one attempt. */
export function attemptLines(model: TimelineModel, row: number): string[] {
  const { columns, names } = model;
  const [start = 0, queued = 0, attempt = 1] = [
    columns.start[row],
    columns.queued[row],
    columns.attempt[row],
  ];
  const running = Number.isNaN(columns.end[row] ?? Number.NaN);
  const took = duration(model.endOf(row) - start);
  const lines = [
    `${names[columns.lane[row] ?? 0] ?? ''} · ${NODE_STATUSES[columns.status[row] ?? 0] ?? ''}`,
    `${running ? 'running for' : 'ran'} ${took}${attempt > 1 ? `, attempt ${attempt}` : ''}`,
    `began at ${clockTime(start - model.origin, 6)}`,
  ];
  if (start - queued >= 0.0005) lines.push(`waited ${duration(start - queued)}`);
  const before = model.index.previousAttempt(row);
  if (before !== undefined) lines.push(`${duration(queued - model.endOf(before))} until tried again`);
  return lines;
}
