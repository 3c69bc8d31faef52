import { nextCapacity } from './column.js';

// Columns of one table are not made longer at once: each a little before it is full, at a time of its own. Moving all
// columns of 1,000,000 rows takes 35 to 45 ms, the largest alone 8 to 14.

/** The share of a column's room that lies between the times of two columns. */
const STEP = 1 / 64;

/** How many rows a column of this capacity takes before it becomes longer; `turn` is its own in the table, from 0. */
export function enough(capacity: number, turn: number): number {
  return Math.floor(capacity * (1 - (turn + 1) * STEP));
}

/** The column, or a longer one when it is not enough for so many rows. */
export function longEnough<Values extends { readonly length: number }>(
  column: Values,
  rows: number,
  turn: number,
  longer: (from: Values, capacity: number) => Values,
): Values {
  let capacity = column.length;
  while (enough(capacity, turn) < rows) capacity = nextCapacity(capacity);
  return capacity > column.length ? longer(column, capacity) : column;
}
