import { expect, test } from 'vitest';
import { DeliveryIndex } from '../../../devtools/store/delivery-index.js';
import { InvocationTable } from '../../../devtools/store/invocation-table.js';
import { Lanes } from '../../../devtools/store/lanes.js';

const BATCH = 5000;
const BATCHES = 300;
/** More than this is moved by no batch: the largest column of 1,000,000 rows. */
const MOST_BYTES = 8 * 2 ** 20;

interface Column {
  readonly byteLength: number;
}

/** Bytes of the columns that others have taken the place of. */
function moved(before: object, after: object): number {
  const now = new Set<unknown>(Object.values(after));
  return Object.values(before).reduce(
    (sum: number, column: Column) => sum + (now.has(column) ? 0 : column.byteLength),
    0,
  );
}

test('a table of a million rows moves one column at a time when it grows, and keeps what is in it', () => {
  const table = new InvocationTable(new Lanes());
  const lane = table.laneOf('agent');
  let most = 0;
  let all = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = table.rows;
    table.reserve(BATCH);
    for (let n = 0; n < BATCH; n++) {
      const row = table.start(lane, table.length, table.length, table.length + 1, table.length, 1);
      if (row % 2 === 0) table.end(row, row + 1, row + 2, 3);
    }
    const bytes = moved(before, table.rows);
    if (table.length > 2 ** 18) most = Math.max(most, bytes);
    all += bytes;
  }
  expect(most).toBeLessThanOrEqual(MOST_BYTES);
  expect(all).toBeGreaterThan(30 * 2 ** 20);
  const { length, start, end, node, attempt } = table.columns();
  expect(length).toBe(BATCH * BATCHES);
  for (const row of [0, 1, 65_536, 1_000_001, length - 1]) {
    expect([start[row], node[row], attempt[row]]).toEqual([row, row, 1]);
    expect(end[row]).toBe(row % 2 === 0 ? row + 1 : Number.NaN);
  }
});

test('so does the index of deliveries', () => {
  const deliveries = new DeliveryIndex(1);
  let most = 0;
  for (let batch = 0; batch < BATCHES; batch++) {
    const before = deliveries.columns;
    deliveries.reserve(BATCH);
    for (let n = 0; n < BATCH; n++) deliveries.setRow(deliveries.add(n % 7, n, deliveries.next), n);
    if (deliveries.next > 2 ** 18) most = Math.max(most, moved(before, deliveries.columns));
  }
  expect(most).toBeLessThanOrEqual(MOST_BYTES);
  for (const number of [1, 65_536, 1_000_001, BATCH * BATCHES]) {
    expect(deliveries.node(number)).toBe(number);
    expect(deliveries.row(number)).toBe((number - 1) % BATCH);
  }
});
