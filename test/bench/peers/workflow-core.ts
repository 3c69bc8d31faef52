import { createWorkflow, workflowEvent } from '@llamaindex/workflow-core';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';
import { channelsOf } from './routes.js';

export const contender: Contender = {
  name: 'workflow-core',
  note: 'an event per channel, a handler per agent, one context, ajv in and out',
  async open(agents) {
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const events = new Map(
      channelsOf(agents).map((channel) => [channel, workflowEvent<Payload>({ debugLabel: channel })]),
    );
    const workflow = createWorkflow();
    for (const { listens, speaks, work } of agents) {
      const input = events.get(listens);
      const output = speaks === undefined ? undefined : events.get(speaks);
      if (input === undefined) continue;
      workflow.handle([input], async (_context, { data }) => {
        const answer = await work(checkIn(data));
        return answer === undefined ? undefined : output?.with(checkOut(answer));
      });
    }
    const { sendEvent } = workflow.createContext();
    return {
      send: (channel, payload) => {
        const event = events.get(channel);
        if (event !== undefined) sendEvent(event.with(checkOut(payload)));
      },
      close: async () => {},
    };
  },
};
