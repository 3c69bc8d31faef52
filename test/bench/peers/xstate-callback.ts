import { type ActorRefFrom, createActor, fromCallback } from 'xstate';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';
import { channelsOf } from './routes.js';

interface Delivery {
  readonly type: 'delivery';
  readonly payload: Payload;
}

const checkIn = compileCheck();
const checkOut = compileCheck();

interface Input {
  readonly agent: AgentSpec;
  readonly deliver: (channel: string, payload: Payload) => void;
}

const agentLogic = fromCallback<Delivery, Input>(({ input, receive }) => {
  const { agent, deliver } = input;
  receive(async ({ payload }) => {
    const answer = await agent.work(checkIn(payload));
    if (answer !== undefined && agent.speaks !== undefined) deliver(agent.speaks, answer);
  });
});

export const contender: Contender = {
  name: 'xstate-callback',
  note: 'callback actors that send to each other, ajv in and out; no trace',
  async open(agents) {
    const listeners = new Map<string, ActorRefFrom<typeof agentLogic>[]>(
      channelsOf(agents).map((channel) => [channel, []]),
    );
    const deliver = (channel: string, payload: Payload): void => {
      const event: Delivery = { type: 'delivery', payload: checkOut(payload) };
      for (const actor of listeners.get(channel) ?? []) actor.send(event);
    };
    for (const agent of agents) {
      listeners.get(agent.listens)?.push(createActor(agentLogic, { input: { agent, deliver } }).start());
    }
    return {
      send: deliver,
      close: async () => {
        for (const actor of [...listeners.values()].flat()) actor.stop();
      },
    };
  },
};
