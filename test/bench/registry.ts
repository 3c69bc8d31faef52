import type { WorkloadName } from './workloads.js';

/** A contender as the runner knows it before loading it. */
export interface Entry {
  readonly name: string;
  /** Its module in this folder; it exports `contender`, or a factory under the name in `variant`. */
  readonly source: string;
  /** Share of the messages that it runs, so that slow ones take no longer than fast ones; 1 by default. */
  readonly scale?: number;
  /** It needs the packages of `peers/package.json`. */
  readonly peer?: true;
  /** It needs this server on PATH. */
  readonly server?: 'redis' | 'redis-aof' | 'nats';
  /** Keeps what it does on disk: runs in W4 only. */
  readonly durable?: true;
  /** Workloads that it cannot run, and why. */
  readonly cannot?: Partial<Record<WorkloadName, string>>;
  /** Takes part in every round; the others in three, the slow ones in two: their differences are far above the noise. */
  readonly everyRound?: true;
}

export const REFERENCE = 'ref';

/** In the order of the tables. */
export const ENTRIES: readonly Entry[] = [
  { name: REFERENCE, source: 'contenders/reference.ts', everyRound: true },
  { name: 'dagger', source: 'contenders/dagger.ts', everyRound: true },
  { name: 'mitt', source: 'contenders/mitt.ts', everyRound: true },
  { name: 'event-emitter', source: 'contenders/event-emitter.ts', everyRound: true },
  { name: 'rxjs', source: 'peers/rxjs.ts', peer: true },
  { name: 'xstate-callback', source: 'peers/xstate-callback.ts', peer: true },
  { name: 'xstate-send-to', source: 'peers/xstate-send-to.ts', peer: true },
  { name: 'effect-queue', source: 'peers/effect-queue.ts', peer: true },
  { name: 'effect-pubsub', source: 'peers/effect-pubsub.ts', peer: true },
  { name: 'workflow-core', source: 'peers/workflow-core.ts', peer: true, scale: 1 / 50 },
  { name: 'mastra', source: 'peers/mastra.ts', peer: true, scale: 1 / 200 },
  { name: 'langgraph', source: 'peers/langgraph.ts', peer: true, scale: 1 / 500 },
  { name: 'nats', source: 'peers/nats.ts', peer: true, server: 'nats', scale: 1 / 10 },
  { name: 'bullmq', source: 'peers/bullmq.ts', peer: true, server: 'redis', scale: 1 / 100 },

  { name: 'ref-durable', source: 'contenders/reference-durable.ts', durable: true, everyRound: true },
  { name: 'dagger-sync', source: 'contenders/dagger-sync.ts', durable: true, everyRound: true },
  { name: 'dagger-batched', source: 'contenders/dagger-batched.ts', durable: true, everyRound: true },
  {
    name: 'jetstream-file',
    source: 'peers/jetstream-file.ts',
    peer: true,
    server: 'nats',
    durable: true,
    scale: 1 / 40,
  },
  {
    name: 'bullmq-aof',
    source: 'peers/bullmq.ts',
    peer: true,
    server: 'redis-aof',
    durable: true,
    scale: 1 / 1000,
  },
  {
    name: 'langgraph-memory',
    source: 'peers/langgraph-memory.ts',
    peer: true,
    durable: true,
    scale: 1 / 500,
  },
  {
    name: 'langgraph-sqlite',
    source: 'peers/langgraph-sqlite.ts',
    peer: true,
    durable: true,
    scale: 1 / 500,
  },
];

/** What is sent in a full run. The quick one sends a fifth. */
export const COUNTS: Readonly<Record<WorkloadName, number>> = {
  pipeline: 100_000,
  fanOut: 12_500,
  pingPong: 100_000,
  crowd: 10_000,
  crowdOfTen: 10_000,
  crowdOfThree: 33_334,
};

/** Source messages in flight. */
export const WINDOW = 256;
