/**
 * What is measured. Every contender runs exactly these agents over these channels and must end with the same checksum;
 * a row whose checksum differs is an error, not a figure.
 */

/** What every message carries: small, as messages between agents usually are. */
export interface Payload {
  /** Which source message this came from; in the ping-pong, how many passes are left. */
  readonly id: number;
  readonly text: string;
  /** Grows by a known amount at every agent, so that a skipped or doubled hop shows in the checksum. */
  readonly weight: number;
}

/** Checked when a message is published and again when it is delivered. */
export const payloadSchema = {
  type: 'object',
  properties: { id: { type: 'integer' }, text: { type: 'string' }, weight: { type: 'number' } },
  required: ['id', 'text', 'weight'],
} as const;

/** One agent: what `work` answers goes to `speaks`; `undefined` publishes nothing. Those that end a path answer nothing. */
export type AgentSpec = Spec<string, Payload | undefined> | Spec<undefined, undefined>;

interface Spec<Speaks, Answer> {
  readonly name: string;
  readonly listens: string;
  readonly speaks: Speaks;
  /** Asynchronous, as calls to a model or a page would be; every contender awaits it. */
  readonly work: (payload: Payload) => Promise<Answer>;
  /** The same without a promise, for libraries whose agents are pure functions. */
  readonly compute: (payload: Payload) => Answer;
}

/** How many messages go in, and what must come out. */
export interface Plan {
  readonly sources: number;
  /** Agent invocations that the sources cause: what "per hop" divides by. */
  readonly hops: number;
  /** How often an agent that ends a path is reached. */
  readonly arrivals: number;
  /** The sum of the `weight` of everything that arrived. */
  readonly checksum: number;
  channel(index: number): string;
  source(index: number): Payload;
}

export interface Workload {
  readonly name: WorkloadName;
  readonly agents: readonly AgentSpec[];
  /** @param count source messages; in the ping-pong, passes. */
  plan(count: number): Plan;
}

export const WORKLOADS = {
  pipeline: 'three agents in a row, each publishing what it made; a source message makes three hops',
  fanOut: 'one message to eight agents, each of which publishes to one collector; sixteen hops',
  pingPong: 'two agents pass one ball; a pass is a hop',
  crowd: '10,000 agents on 1,000 channels, a message to every channel in turn; ten hops',
  crowdOfTen: 'the ten agents of one such channel alone; ten hops',
  crowdOfThree: 'three agents on one channel; three hops',
} as const;

export type WorkloadName = keyof typeof WORKLOADS;

/** The agents of a workload. The ones that end a path call `arrive`. */
export function createWorkload(name: WorkloadName, arrive: (payload: Payload) => void): Workload {
  switch (name) {
    case 'pipeline':
      return pipeline(arrive);
    case 'fanOut':
      return fanOut(arrive);
    case 'pingPong':
      return pingPong(arrive);
    case 'crowd':
      return crowd(name, 1000, 10, arrive);
    case 'crowdOfTen':
      return crowd(name, 1, 10, arrive);
    case 'crowdOfThree':
      return crowd(name, 1, 3, arrive);
  }
}

function agent(
  name: string,
  listens: string,
  speaks: string,
  compute: (payload: Payload) => Payload | undefined,
): AgentSpec {
  return { name, listens, speaks, compute, work: async (payload) => compute(payload) };
}

/** An agent at the end of a path. */
function end(name: string, listens: string, arrive: (payload: Payload) => void): AgentSpec {
  const compute = (payload: Payload): undefined => void arrive(payload);
  return { name, listens, speaks: undefined, compute, work: async (payload) => compute(payload) };
}

function source(id: number): Payload {
  return { id, text: 'a line of text that an agent might pass on', weight: id % 100 };
}

const heavier = (payload: Payload, by: number): Payload => ({
  id: payload.id,
  text: payload.text,
  weight: payload.weight + by,
});

/** The sum of the weights of the first `count` sources. */
function sumOfSources(count: number): number {
  const rest = count % 100;
  return Math.floor(count / 100) * 4950 + (rest * (rest - 1)) / 2;
}

function pipeline(arrive: (payload: Payload) => void): Workload {
  return {
    name: 'pipeline',
    agents: [
      agent('first', 'raw', 'read', (payload) => heavier(payload, 1)),
      agent('second', 'read', 'checked', (payload) => heavier(payload, 2)),
      agent('third', 'checked', 'answers', (payload) => {
        arrive(payload);
        return heavier(payload, 3);
      }),
    ],
    plan: (count) => ({
      sources: count,
      hops: 3 * count,
      arrivals: count,
      checksum: sumOfSources(count) + 3 * count,
      channel: () => 'raw',
      source,
    }),
  };
}

function fanOut(arrive: (payload: Payload) => void): Workload {
  const workers = Array.from({ length: 8 }, (_, index) =>
    agent(`worker${index}`, 'topic', 'results', (payload) => heavier(payload, index)),
  );
  return {
    name: 'fanOut',
    agents: [...workers, end('collector', 'results', arrive)],
    plan: (count) => ({
      sources: count,
      hops: 16 * count,
      arrivals: 8 * count,
      checksum: 8 * sumOfSources(count) + 28 * count,
      channel: () => 'topic',
      source,
    }),
  };
}

function pingPong(arrive: (payload: Payload) => void): Workload {
  const pass = (payload: Payload): Payload | undefined => {
    if (payload.id > 1) return { id: payload.id - 1, text: payload.text, weight: payload.weight + 1 };
    arrive(heavier(payload, 1));
    return undefined;
  };
  return {
    name: 'pingPong',
    agents: [agent('ping', 'left', 'right', pass), agent('pong', 'right', 'left', pass)],
    plan: (count) => ({
      sources: 1,
      hops: count,
      arrivals: 1,
      checksum: count,
      channel: () => 'left',
      source: () => ({ id: count, text: 'a line of text that an agent might pass on', weight: 0 }),
    }),
  };
}

function crowd(
  name: WorkloadName,
  channels: number,
  listeners: number,
  arrive: (payload: Payload) => void,
): Workload {
  const agents = Array.from({ length: channels * listeners }, (_, index) =>
    end(`member${index}`, `channel${index % channels}`, (payload) => arrive(heavier(payload, 1))),
  );
  return {
    name,
    agents,
    plan: (count) => ({
      sources: count,
      hops: listeners * count,
      arrivals: listeners * count,
      checksum: listeners * (sumOfSources(count) + count),
      channel: (index) => `channel${index % channels}`,
      source,
    }),
  };
}
