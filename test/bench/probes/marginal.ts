import type { Contender } from '../contender.js';
import { nodeCpuClocks } from '../cpu.js';
import { type Measurement, measureAgents } from '../measure.js';
import { type AgentSpec, type Payload, payloadSchema, type Workload } from '../workloads.js';

export interface MarginalJob {
  readonly contender: string;
  readonly what: 'subscribers' | 'properties' | 'listeners';
  /** How many of them. */
  readonly amount: number;
  readonly count: number;
}

/** Messages after which a validator that is loaded on demand is there: what is measured is one more, not the first ones. */
const PAST_LOADING = 3000;

/** What one more subscriber, schema property or listener costs: one measurement at one amount. */
export async function probe(job: MarginalJob): Promise<Measurement> {
  const { contender }: { contender: Contender } = await import(job.contender);
  const properties = job.what === 'properties' ? job.amount : 3;
  const subscribers = job.what === 'subscribers' ? job.amount : 1;
  const listeners = job.what === 'listeners' ? job.amount : 0;
  const purpose = { schema: schemaOf(properties), listeners };
  const warmUp = Math.max(Math.ceil(job.count / 4), PAST_LOADING);
  const options = { count: job.count, warmUp, window: 64, purpose };
  const payload = payloadOf(properties);
  return await measureAgents(
    contender,
    (arrive) => channelOf(subscribers, payload, arrive),
    options,
    nodeCpuClocks,
  );
}

function schemaOf(properties: number): Record<string, unknown> {
  const more = Object.fromEntries(extraNames(properties).map((name) => [name, { type: 'string' }]));
  const all = { ...payloadSchema.properties, ...more };
  return { type: 'object', properties: all, required: Object.keys(all) };
}

function payloadOf(properties: number): Payload {
  const more = Object.fromEntries(extraNames(properties).map((name) => [name, 'some words']));
  return { id: 1, text: 'a line of text that an agent might pass on', weight: 1, ...more };
}

function extraNames(properties: number): string[] {
  return Array.from({ length: properties - 3 }, (_, index) => `field${index}`);
}

/** One channel with so many agents; a hop is counted per message, so that each agent's share can be told. */
function channelOf(
  subscribers: number,
  payload: Payload,
  arrive: (payload: Payload) => void,
): Omit<Workload, 'name'> {
  const compute = (arrived: Payload): undefined => arrive(arrived) as undefined;
  const agents = Array.from(
    { length: subscribers },
    (_, index): AgentSpec => ({
      name: `subscriber${index}`,
      speaks: undefined,
      listens: 'topic',
      compute,
      work: async (arrived) => compute(arrived),
    }),
  );
  return {
    agents,
    plan: (count) => ({
      sources: count,
      hops: count,
      arrivals: subscribers * count,
      checksum: subscribers * count,
      channel: () => 'topic',
      source: () => payload,
    }),
  };
}
