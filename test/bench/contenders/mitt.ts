import mitt from 'mitt';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';

export const contender: Contender = {
  name: 'mitt',
  note: 'ajv in and out; no trace, no queue, no bounds',
  async open(agents) {
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const bus = mitt<Record<string, Payload>>();
    for (const { listens, speaks, work } of agents) {
      bus.on(listens, async (payload) => {
        const answer = await work(checkIn(payload));
        if (answer !== undefined && speaks !== undefined) bus.emit(speaks, checkOut(answer));
      });
    }
    return {
      send: (channel, payload) => bus.emit(channel, checkOut(payload)),
      close: async () => bus.all.clear(),
    };
  },
};
