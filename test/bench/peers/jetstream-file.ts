import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';

export const contender: Contender = {
  name: 'jetstream-file',
  note: 'one stream on files, a durable consumer per agent, explicit acks, ajv in and out',
  async open(agents, { ports }) {
    const connection = await connect({ servers: `127.0.0.1:${ports?.nats}` });
    const manager = await jetstreamManager(connection);
    const stream = `bench${process.pid}`;
    await manager.streams.add({ name: stream, subjects: [`${stream}.*`], storage: StorageType.File });
    const client = jetstream(connection);
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const publish = (channel: string, payload: Payload): Promise<unknown> =>
      client.publish(`${stream}.${channel}`, JSON.stringify(checkOut(payload)));
    for (const { name, listens, speaks, work } of agents) {
      await manager.consumers.add(stream, {
        durable_name: name,
        ack_policy: AckPolicy.Explicit,
        filter_subject: `${stream}.${listens}`,
      });
      const consumer = await client.consumers.get(stream, name);
      const messages = await consumer.consume();
      void (async () => {
        for await (const message of messages) {
          const answer = await work(checkIn(message.json()));
          if (answer !== undefined && speaks !== undefined) await publish(speaks, answer);
          message.ack();
        }
      })();
    }
    return {
      send: publish,
      close: async () => {
        await manager.streams.delete(stream);
        await connection.close();
      },
    };
  },
};
