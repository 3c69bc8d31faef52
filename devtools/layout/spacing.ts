/**
 * Places for things in a row that must keep their order and their distances, as near as can be (least squares) to
 * where each would like to be. `desired[i]` is the wish, `extent[i]` the length that it takes, `gap` the room between two.
 *
 * Pool adjacent violators: whoever would overlap moves as one block to the mean of the block's wishes.
 */
export function spaced(desired: readonly number[], extent: readonly number[], gap: number): number[] {
  const offsets: number[] = [];
  let offset = 0;
  for (let index = 0; index < desired.length; index++) {
    if (index > 0) offset += ((extent[index - 1] ?? 0) + (extent[index] ?? 0)) / 2 + gap;
    offsets.push(offset);
  }
  const blocks: { sum: number; count: number }[] = [];
  for (let index = 0; index < desired.length; index++) {
    let block = { sum: (desired[index] ?? 0) - (offsets[index] ?? 0), count: 1 };
    for (
      let last = blocks.at(-1);
      last && last.sum / last.count > block.sum / block.count;
      last = blocks.at(-1)
    ) {
      block = { sum: last.sum + block.sum, count: last.count + block.count };
      blocks.pop();
    }
    blocks.push(block);
  }
  const places: number[] = [];
  for (const { sum, count } of blocks) {
    for (let each = 0; each < count; each++) places.push(sum / count + (offsets[places.length] ?? 0));
  }
  return places;
}

/** A stretch of a layer that is taken. */
export interface Taken {
  readonly centre: number;
  readonly extent: number;
}

/** The free place nearest to `desired` for something of length `extent`, `gap` away from all that is there. */
export function nearestFree(taken: readonly Taken[], desired: number, extent: number, gap: number): number {
  const room = (other: Taken): number => (other.extent + extent) / 2 + gap;
  const isFree = (centre: number): boolean =>
    taken.every((other) => Math.abs(other.centre - centre) >= room(other) - 1e-6);
  if (isFree(desired)) return desired;
  let best = Number.POSITIVE_INFINITY;
  for (const other of taken) {
    for (const centre of [other.centre + room(other), other.centre - room(other)]) {
      if (Math.abs(centre - desired) < Math.abs(best - desired) && isFree(centre)) best = centre;
    }
  }
  return best;
}
