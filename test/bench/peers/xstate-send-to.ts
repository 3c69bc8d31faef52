import { type ActorRef, type AnyMachineSnapshot, createActor, enqueueActions, setup } from 'xstate';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';
import { listenersOf } from './routes.js';

interface Delivery {
  readonly type: 'delivery';
  readonly payload: Payload;
}

type AgentRef = ActorRef<AnyMachineSnapshot, Delivery>;

const checkIn = compileCheck();
const checkOut = compileCheck();

/** A machine whose one transition computes the answer and sends it on; synchronous, as actions are. */
function agentMachine(agent: AgentSpec, listeners: readonly string[]) {
  return setup({ types: { events: {} as Delivery } }).createMachine({
    initial: 'listening',
    states: {
      listening: {
        on: {
          delivery: {
            actions: enqueueActions(({ enqueue, event, system }) => {
              const answer = agent.compute(checkIn(event.payload));
              if (answer === undefined) return;
              const payload = checkOut(answer);
              for (const name of listeners) {
                const listener: AgentRef = system.get(name);
                enqueue.sendTo(listener, { type: 'delivery', payload });
              }
            }),
          },
        },
      },
    },
  });
}

export const contender: Contender = {
  name: 'xstate-send-to',
  note: 'state machines that sendTo each other, ajv in and out; handlers without promises; no trace',
  async open(agents) {
    const machines = agents.map((agent) => ({
      agent,
      machine: agentMachine(
        agent,
        listenersOf(agents, agent.speaks).map(({ name }) => name),
      ),
    }));
    const team = setup({}).createMachine({
      // The team is a list made at run time, so its members' names are not in the machine's type.
      entry: enqueueActions(({ enqueue }) => {
        for (const { agent, machine } of machines) {
          enqueue.spawnChild(machine, { id: agent.name as never, systemId: agent.name });
        }
      }),
    });
    const root = createActor(team).start();
    const entry = new Map<string, { send(event: Delivery): void }[]>();
    for (const { listens, name } of agents) {
      const actors = entry.get(listens) ?? [];
      entry.set(listens, [...actors, root.system.get(name)]);
    }
    return {
      send: (channel, payload: Payload) => {
        const event: Delivery = { type: 'delivery', payload: checkOut(payload) };
        for (const actor of entry.get(channel) ?? []) actor.send(event);
      },
      close: async () => void root.stop(),
    };
  },
};
