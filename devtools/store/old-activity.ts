import { NODE_STATUSES } from '../../core/state/tree-node.js';
import type { InvocationTable } from './invocation-table.js';
import type { MessageTable } from './message-table.js';
import type { OldRows } from './old-rows.js';

const FIRST_INVOCATION = NODE_STATUSES.indexOf('waiting');
const REFUSED = NODE_STATUSES.indexOf('refused');

/** Where it goes. */
interface Tables {
  readonly messages: MessageTable;
  readonly invocations: InvocationTable;
}

/**
 * What the tree remembers of the time before event `seq`: messages, and invocations that are over.
 * A run may have hundreds of thousands of them, and the panel is opening: it reads columns, and looks each name up once.
 */
export function takeOld(old: OldRows, seq: number, { messages, invocations }: Tables): void {
  const lanes: number[] = [];
  // About as many messages as deliveries.
  invocations.reserve((old.next - old.first) / 2);

  for (const { chunk, base, from, to } of old.chunks()) {
    for (let index = from; index < to; index++) {
      const row = chunk.rowAt(index);
      const status = chunk.status(row);
      const parent = chunk.parent(row);
      const label = chunk.label(row);
      if (status < FIRST_INVOCATION) {
        if (status !== REFUSED) messages.addOld(base + index);
        continue;
      }
      const took = chunk.duration(row);
      if (Number.isNaN(took)) continue;
      const start = chunk.time(row);
      const queued = old.has(parent) ? old.time(parent) : start;
      const lane = lanes[label] ?? invocations.laneOf(old.name(label).agent);
      lanes[label] = lane;
      const attempt = chunk.count(row);
      invocations.addOld(lane, queued, start, start + took, status, base + index, attempt, seq);
    }
  }
}
