import fc from 'fast-check';
import { createMessage, defineAgent, PubSubExecutor } from '../../core/index.js';
import type { RunEvent } from '../../core/state/run-event.js';
import { createTestRuntime } from '../../core/testing/index.js';

/** A small world of agents that publish to each other, fail, ask, and remember. */
export interface World {
  readonly agents: readonly {
    readonly subscribe: number;
    readonly publish: number;
    readonly fanOut: number;
    readonly failsEvery: number;
    readonly concurrency: number;
    readonly transactional: boolean;
    readonly remembers: boolean;
    /** Its messages belong to tasks. */
    readonly plans: boolean;
  }[];
  readonly messages: readonly { readonly channel: number; readonly fromOutside: boolean }[];
  readonly capacity: number;
  readonly nodes: number;
  readonly seed: number;
  readonly cancel: boolean;
}

export const worlds: fc.Arbitrary<World> = fc.record({
  agents: fc.array(
    fc.record({
      subscribe: fc.nat(3),
      publish: fc.nat(3),
      fanOut: fc.nat(2),
      failsEvery: fc.constantFrom(0, 2, 3, 5),
      concurrency: fc.integer({ min: 1, max: 3 }),
      transactional: fc.boolean(),
      remembers: fc.boolean(),
      plans: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  messages: fc.array(fc.record({ channel: fc.nat(3), fromOutside: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  }),
  capacity: fc.constantFrom(2, 5, 1000),
  nodes: fc.constantFrom(16, 100, 100_000),
  seed: fc.nat(1000),
  cancel: fc.boolean(),
});

export interface OpenWorld {
  readonly executor: PubSubExecutor;
  readonly events: RunEvent[];
  /** Plays the whole story; the executor stays open. `between` is called now and then, when nothing runs. */
  play(between?: () => void): Promise<void>;
}

/** At most this many messages in all: worlds may go in circles. */
const MOST_MESSAGES = 150;

export async function openWorld(world: World): Promise<OpenWorld> {
  const runtime = createTestRuntime({ seed: world.seed });
  const executor = await PubSubExecutor.open({
    runtime,
    retention: { nodes: world.nodes },
    config: { maxMessages: world.capacity, maxAttempts: 2, retryStrategy: { type: 'linear', delaySecs: 1 } },
  });
  const events: RunEvent[] = [];
  let published = 0;
  world.agents.forEach((agent, index) => {
    let invocations = 0;
    executor.registerAgent(
      defineAgent({
        name: `agent${index}`,
        subscribe: `channel${agent.subscribe}`,
        publish: [`channel${agent.publish}`],
        concurrency: agent.concurrency,
        transactional: agent.transactional,
        async process({ publish, cache }) {
          invocations++;
          if (agent.remembers) cache.appendGlobalValue('seen', `agent${index}`, invocations);
          for (let n = 0; n < agent.fanOut && published < MOST_MESSAGES; n++) {
            published++;
            const task = agent.plans ? { task: { type: 'follow up', data: n } } : {};
            await publish(`channel${agent.publish}`, { from: index, n }, task);
          }
          await runtime.random;
          if (agent.failsEvery > 0 && invocations % agent.failsEvery === 0)
            throw new Error(`number ${invocations}`);
        },
      }),
    );
  });
  return {
    executor,
    events,
    async play(between = () => undefined) {
      executor.subscribe((event) => events.push(event));
      executor.openChannel('channel0', { retain: 2 });
      const run = executor.execute();
      for (const [place, { channel, fromOutside }] of world.messages.entries()) {
        const payload = { place };
        await executor.publish(
          `channel${channel}`,
          fromOutside ? createMessage('outside', payload) : payload,
        );
        between();
        if (place === 3) executor.tasks.addTask('dig', payload, 2);
      }
      await runtime.advance(500);
      if (world.cancel) run.cancel('enough');
      for (let second = 0; second < 5; second++) {
        between();
        await runtime.advance(1_000);
      }
      await executor.stop();
      await run.report;
      await runtime.runUntilIdle();
    },
  };
}
