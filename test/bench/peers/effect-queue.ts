import { Effect, Fiber, Queue } from 'effect';
import { compileCheck } from '../check.js';
import type { Contender } from '../contender.js';
import type { Payload } from '../workloads.js';

export const contender: Contender = {
  name: 'effect-queue',
  note: 'a Queue and a fiber per agent, ajv in and out; no trace',
  async open(agents) {
    const checkIn = compileCheck();
    const checkOut = compileCheck();
    const inboxes = new Map<string, Queue.Queue<Payload>[]>();
    const readers: { agent: (typeof agents)[number]; inbox: Queue.Queue<Payload> }[] = [];
    for (const agent of agents) {
      const inbox = Effect.runSync(Queue.unbounded<Payload>());
      readers.push({ agent, inbox });
      inboxes.set(agent.listens, [...(inboxes.get(agent.listens) ?? []), inbox]);
    }
    const fibers = readers.map(({ agent, inbox }) =>
      Effect.runFork(
        Effect.forever(
          Effect.gen(function* () {
            const payload = checkIn(yield* Queue.take(inbox));
            const answer = yield* Effect.promise(() => agent.work(payload));
            if (answer === undefined || agent.speaks === undefined) return;
            const checked = checkOut(answer);
            for (const target of inboxes.get(agent.speaks) ?? []) yield* Queue.offer(target, checked);
          }),
        ),
      ),
    );
    return {
      send: (channel, payload) => {
        const checked = checkOut(payload);
        for (const inbox of inboxes.get(channel) ?? []) Queue.offerUnsafe(inbox, checked);
      },
      close: async () => void (await Effect.runPromise(Fiber.interruptAll(fibers))),
    };
  },
};
