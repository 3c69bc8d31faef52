import { Queue, Worker } from 'bullmq';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';

export const contender: Contender = {
  name: 'bullmq',
  note: 'a queue and a worker per agent on a Redis server on loopback, ajv in and out',
  async open(agents, { ports, workload }) {
    const connection = {
      host: '127.0.0.1',
      port: Object.values(ports ?? {})[0] ?? 6379,
      maxRetriesPerRequest: null,
    };
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const run = `${workload}-${process.pid}`;
    const queues = agents.map((agent) => ({
      agent,
      queue: new Queue<Payload>(`${run}-${agent.name}`, { connection }),
    }));
    const publish = async (channel: string, value: Payload): Promise<void> => {
      const payload = checkOut(value);
      const listening = queues.filter(({ agent }) => agent.listens === channel);
      await Promise.all(listening.map(({ queue }) => queue.add('message', payload)));
    };
    const workers = queues.map(
      ({ agent, queue }) =>
        new Worker<Payload>(
          queue.name,
          async (job) => {
            const answer = await agent.work(checkIn(job.data));
            if (answer !== undefined && agent.speaks !== undefined) await publish(agent.speaks, answer);
          },
          { connection },
        ),
    );
    await Promise.all(workers.map((worker) => worker.waitUntilReady()));
    return {
      send: publish,
      close: async () => {
        await Promise.all(workers.map((worker) => worker.close(true)));
        await Promise.all(queues.map(({ queue }) => queue.close()));
      },
    };
  },
};
