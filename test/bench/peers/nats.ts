import { connect } from '@nats-io/transport-node';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';

export const contender: Contender = {
  name: 'nats',
  note: 'a subject per channel on a NATS server on loopback, ajv in and out; nothing is kept',
  async open(agents, { ports }) {
    const connection = await connect({ servers: `127.0.0.1:${ports?.nats}` });
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const publish = (channel: string, payload: Payload): void => {
      connection.publish(channel, JSON.stringify(checkOut(payload)));
    };
    for (const { listens, speaks, work } of agents) {
      const subscription = connection.subscribe(listens);
      void (async () => {
        for await (const message of subscription) {
          const answer = await work(checkIn(message.json()));
          if (answer !== undefined && speaks !== undefined) publish(speaks, answer);
        }
      })();
    }
    await connection.flush();
    return { send: publish, close: () => connection.close() };
  },
};
