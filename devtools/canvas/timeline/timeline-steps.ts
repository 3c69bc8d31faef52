import type { TimelineModel } from './timeline-model.js';

/**
 * The row that an arrow key leads to: left and right to the attempt before and after in the lane, up and down to the one of the
 * next lane that began nearest in time. Without a start, the one nearest to `time`. -1 when there is none.
 */
export function nextRow(model: TimelineModel, from: number, key: string, time: number): number {
  const { lanes } = model.index;
  const number =
    from < 0 ? lanes.findIndex((lane) => lane.forest.length > 0) : (model.columns.lane[from] ?? 0);
  const lane = lanes[number];
  if (!lane) return -1;
  if (from < 0) return nearest(model, number, time);
  const place = lane.placeOf(from);
  if (key === 'ArrowLeft') return lane.rowAt(Math.max(0, place - 1));
  if (key === 'ArrowRight') return lane.rowAt(Math.min(lane.forest.length - 1, place + 1));
  const other = number + (key === 'ArrowUp' ? -1 : 1);
  return lanes[other] ? nearest(model, other, model.columns.start[from] ?? 0) : from;
}

function nearest(model: TimelineModel, number: number, time: number): number {
  const lane = model.index.lanes[number];
  if (!lane || lane.forest.length === 0) return -1;
  const after = Math.min(lane.forest.length - 1, lane.forest.firstFrom(time));
  const before = Math.max(0, after - 1);
  const isBefore = time - lane.forest.startOf(before) < lane.forest.startOf(after) - time;
  return lane.rowAt(isBefore ? before : after);
}
