import type { Lane } from '../../layout/lane-index.js';

export const AXIS = 30;
const LANE_MARGIN = 7;

/** Where the lanes are on the screen. */
export interface LaneRow {
  readonly top: number;
  readonly height: number;
  /** Height of a bar, and from bar to bar. */
  readonly bar: number;
  readonly step: number;
}

/** Names stand left of the lanes, on narrow screens above the marks. */
export function gutterOf(width: number): number {
  return width < 520 ? 88 : 132;
}

/** Where there is room left, lanes grow up to this much. */
const MOST_STRETCH = 1.7;

/** Lanes below each other, from the axis down; those whose attempts overlap are higher. */
export function laneRows(lanes: readonly Lane[], scroll: number, height: number): LaneRow[] {
  const stepOf = (subRows: number): number => (subRows === 1 ? 20 : Math.max(7, 15 - subRows));
  const all = lanes.reduce((sum, { subRows }) => sum + stepOf(subRows) * subRows + 2 * LANE_MARGIN, 0);
  const stretch = Math.min(MOST_STRETCH, Math.max(1, (height - AXIS) / Math.max(1, all)));
  const rows: LaneRow[] = [];
  let top = AXIS - scroll;
  for (const { subRows } of lanes) {
    const step = stepOf(subRows) * stretch;
    const tall = step * subRows + 2 * LANE_MARGIN;
    rows.push({ top, height: tall, bar: Math.max(4, Math.min(22, step - 2)), step });
    top += tall;
  }
  return rows;
}

/** Top of a bar on the screen. */
export function barTop(row: LaneRow, subRow: number): number {
  return row.top + LANE_MARGIN + subRow * row.step + (row.step - row.bar) / 2;
}
