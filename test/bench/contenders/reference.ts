import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';

/** One hop, as somebody would want to read it later. */
interface TraceRecord {
  readonly id: number;
  readonly parent: number;
  readonly channel: string;
  readonly agent: string;
  readonly t0: number;
  readonly t1: number;
}

interface Job {
  readonly agent: AgentSpec;
  readonly channel: string;
  readonly payload: Payload;
  readonly parent: number;
}

/**
 * REF: what a careful engineer writes for one job, and the unit of all ratios. A queue drained in a microtask, ajv on
 * what comes in and on what goes out, and one record per hop. No bounds, retries, timeouts, tasks or cancelling.
 */
export const contender: Contender = {
  name: 'ref',
  note: 'hand-written microtask queue, ajv in and out, one record per hop; nothing else',
  async open(agents, { schema }) {
    const checkIn = compileCheck(schema);
    const checkOut = compileCheck(schema);
    const subscribers = new Map<string, AgentSpec[]>();
    for (const agent of agents) {
      const listeners = subscribers.get(agent.listens);
      if (listeners) listeners.push(agent);
      else subscribers.set(agent.listens, [agent]);
    }
    const trace: TraceRecord[] = [];
    let queue: Job[] = [];
    let draining = false;
    let nextId = 1;

    function publish(channel: string, value: Payload, parent: number): void {
      const payload = checkOut(value);
      for (const agent of subscribers.get(channel) ?? []) queue.push({ agent, channel, payload, parent });
      if (draining) return;
      draining = true;
      queueMicrotask(() => void drain());
    }

    async function drain(): Promise<void> {
      while (queue.length > 0) {
        const batch = queue;
        queue = [];
        for (const { agent, channel, payload, parent } of batch) {
          const t0 = performance.now();
          const id = nextId++;
          const answer = await agent.work(checkIn(payload));
          if (answer !== undefined && agent.speaks !== undefined) publish(agent.speaks, answer, id);
          trace.push({ id, parent, channel, agent: agent.name, t0, t1: performance.now() });
        }
      }
      draining = false;
    }

    return {
      send: (channel, payload) => publish(channel, payload, 0),
      close: async () => {
        trace.length = 0;
      },
    };
  },
};
