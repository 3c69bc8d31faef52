import { defineAgent, type OpenOptions, PubSubExecutor } from '../../../core/index.js';
import type { Purpose, Session } from '../contender.js';
import { type AgentSpec, payloadSchema } from '../workloads.js';

/** Large enough that a burst of every source at once drops nothing; bounded all the same. */
const CAPACITY = 200_000;

/**
 * The workload's agents as the README would write them, in a reactive run whose outcomes are read as they come. All
 * features are on: validation in and out, the tree, bounded mailboxes, retries, tasks, a timeout, cancellation.
 */
export async function openTeam(
  agents: readonly AgentSpec[],
  { schema = payloadSchema, listeners = 0, recordedHops }: Purpose,
  options: OpenOptions = {},
): Promise<Session> {
  const retention = recordedHops === undefined ? {} : { retention: { nodes: 4 * recordedHops } };
  const executor = await PubSubExecutor.open({ ...retention, ...options });
  for (const channel of new Set(agents.map(({ listens }) => listens))) {
    executor.openChannel(channel, { capacity: CAPACITY });
  }
  for (const agent of agents) executor.registerAgent(toAgent(agent, schema));
  for (let listener = 0; listener < listeners; listener++) executor.subscribe(() => {});
  const stopped = new AbortController();
  const run = executor.execute({}, { signal: stopped.signal, timeoutSeconds: 600 });
  let failures = 0;
  const reading = (async () => {
    for await (const outcome of run) if (!outcome.success) failures++;
  })();
  return {
    send: (channel, payload) => executor.publish(channel, payload),
    settle: async () => {
      await executor.idle();
      if (failures > 0) throw new Error(`${failures} deliveries failed`);
    },
    close: async () => {
      await executor.stop();
      await reading;
      const { counts } = await run.report;
      await executor.close();
      if (counts.dropped > 0) throw new Error(`${counts.dropped} messages were dropped`);
    },
  };
}

function toAgent({ name, listens, speaks, work }: AgentSpec, schema: object) {
  if (speaks === undefined) {
    return defineAgent({
      name,
      subscribe: listens,
      inputSchema: schema as typeof payloadSchema,
      process: ({ payload }) => work(payload),
    });
  }
  return defineAgent({
    name,
    subscribe: listens,
    publish: speaks,
    inputSchema: schema as typeof payloadSchema,
    outputSchema: schema as typeof payloadSchema,
    process: ({ payload }) => work(payload),
  });
}
