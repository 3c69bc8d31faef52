import { Effect, Fiber, PubSub } from 'effect';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';
import { channelsOf } from './routes.js';

export const contender: Contender = {
  name: 'effect-pubsub',
  note: 'a PubSub per channel and a fiber per agent, ajv in and out; no trace',
  async open(agents) {
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const channels = new Map<string, PubSub.PubSub<Payload>>();
    for (const name of channelsOf(agents)) channels.set(name, Effect.runSync(PubSub.unbounded<Payload>()));
    let ready = 0;
    const allReady = new Promise<void>((resolve) => {
      if (agents.length === 0) resolve();
      else setupFibers(resolve);
    });
    let fibers: Fiber.Fiber<unknown, unknown>[] = [];
    function setupFibers(resolve: () => void): void {
      fibers = agents.map((agent) =>
        Effect.runFork(
          Effect.scoped(
            Effect.gen(function* () {
              const source = channels.get(agent.listens);
              if (source === undefined) return;
              const subscription = yield* PubSub.subscribe(source);
              if (++ready === agents.length) resolve();
              const target = agent.speaks === undefined ? undefined : channels.get(agent.speaks);
              yield* Effect.forever(
                Effect.gen(function* () {
                  const payload = checkIn(yield* PubSub.take(subscription));
                  const answer = yield* Effect.promise(() => agent.work(payload));
                  if (answer !== undefined && target !== undefined)
                    yield* PubSub.publish(target, checkOut(answer));
                }),
              );
            }),
          ),
        ),
      );
    }
    await allReady;
    return {
      send: (channel, payload) => {
        const target = channels.get(channel);
        if (target !== undefined) PubSub.publishUnsafe(target, checkOut(payload));
      },
      close: async () => void (await Effect.runPromise(Fiber.interruptAll(fibers))),
    };
  },
};
