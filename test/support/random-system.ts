import fc from 'fast-check';

/** What a made-up agent does with a message, step by step. */
export type Step =
  | { readonly do: 'publish'; readonly channel: number; readonly count: number; readonly wait: boolean }
  | { readonly do: 'publish own id'; readonly channel: number; readonly id: number }
  | { readonly do: 'publish wrongly'; readonly caught: boolean }
  | { readonly do: 'fail'; readonly times: number; readonly with: 'error' | 'string' | 'undefined' }
  | { readonly do: 'cache'; readonly append: boolean; readonly key: number }
  | { readonly do: 'add task' }
  | { readonly do: 'work on task'; readonly succeeds: boolean }
  | { readonly do: 'ask'; readonly wait: boolean }
  | { readonly do: 'tokens'; readonly reserve: number; readonly use: number }
  | { readonly do: 'wait'; readonly milliseconds: number }
  /** A message that creates or updates a task. */
  | { readonly do: 'publish task'; readonly channel: number; readonly task: number }
  /** Publishes when the invocation is long over. */
  | { readonly do: 'publish late'; readonly channel: number }
  /** Does something to the executor from the inside, in the middle of a run. */
  | { readonly do: 'meddle'; readonly deed: Action }
  | { readonly do: 'never settle' };

export interface AgentPlan {
  readonly subscribe: readonly number[];
  readonly publish: readonly number[];
  /** Registered by an action only, not from the beginning. */
  readonly late: boolean;
  readonly concurrency: number;
  readonly transactional: boolean;
  readonly timeoutSeconds: number | undefined;
  /** How it finds out that payloads with an odd `number` above 1 do not fit. */
  readonly checks: 'nothing' | 'at once' | 'later';
  readonly steps: readonly Step[];
  readonly ends: 'with nothing' | 'with a value' | 'as a generator';
}

/** What is done to the executor from outside. */
export type Action =
  | { readonly do: 'start run'; readonly channel: number; readonly depth: number }
  | { readonly do: 'start reactive run' }
  | { readonly do: 'start resume run' }
  | { readonly do: 'publish'; readonly channel: number; readonly depth: number; readonly count: number }
  | { readonly do: 'publish own id'; readonly channel: number; readonly id: number }
  | { readonly do: 'advance'; readonly milliseconds: number }
  | { readonly do: 'pause' | 'resume' | 'step' | 'stop' }
  /** `come or go`: it is registered when it is not there, and unregistered when it is. */
  | { readonly do: 'register' | 'unregister' | 'come or go'; readonly agent: number }
  /** An agent comes (back) under its name, listening elsewhere. */
  | { readonly do: 'listen elsewhere'; readonly agent: number; readonly subscribe: readonly number[] }
  | {
      readonly do: 'open channel';
      readonly channel: number;
      readonly capacity: number;
      readonly overflow: 'drop-oldest' | 'backpressure' | 'reject';
      readonly retain: number;
    }
  | { readonly do: 'shut channel down'; readonly channel: number; readonly force: boolean }
  | { readonly do: 'cancel run' | 'delete run'; readonly run: number }
  | { readonly do: 'answer' | 'cancel question' | 'retry dead letter'; readonly which: number }
  | { readonly do: 'cache'; readonly key: number }
  | { readonly do: 'plan tasks'; readonly count: number };

export interface SystemPlan {
  readonly seed: number;
  /** Nodes of the tree, and ended runs, that are remembered. */
  readonly nodes: number;
  readonly maxRuns: number;
  readonly config: {
    readonly maxMessages: number;
    readonly maxAttempts: number;
    readonly timeoutSeconds: number;
    readonly retryStrategy:
      | { readonly type: 'immediate' }
      | { readonly type: 'linear'; readonly delaySecs: number }
      | {
          readonly type: 'exponential';
          readonly initialDelaySecs: number;
          readonly maxDelaySecs: number;
          readonly multiplier: number;
        };
    readonly humanTimeoutAction: 'autopilot' | 'pause';
    readonly humanWaitMinutes?: number;
    readonly maxTokens?: number;
  };
  readonly agents: readonly AgentPlan[];
  readonly actions: readonly Action[];
}

export const CHANNELS = 4;

const channel = fc.nat({ max: CHANNELS - 1 });
const ownId = fc.nat({ max: 3 });
const which = fc.nat({ max: 3 });
const just = fc.constant;

/** What can be done to an executor, from outside or by an agent. */
const deed: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: just('start run' as const), channel, depth: fc.nat({ max: 2 }) }) },
  { weight: 2, arbitrary: fc.record({ do: just('start reactive run' as const) }) },
  fc.record({ do: just('start resume run' as const) }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: just('publish' as const),
      channel,
      depth: fc.nat({ max: 2 }),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  fc.record({ do: just('publish own id' as const), channel, id: ownId }),
  fc.record({ do: fc.constantFrom('pause', 'resume', 'step', 'stop') }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('register', 'unregister', 'come or go', 'come or go'),
      agent: fc.nat({ max: 4 }),
    }),
  },
  fc.record({
    do: just('listen elsewhere' as const),
    agent: fc.nat({ max: 4 }),
    subscribe: fc.uniqueArray(channel, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    do: just('open channel' as const),
    channel,
    capacity: fc.integer({ min: 1, max: 4 }),
    overflow: fc.constantFrom('drop-oldest', 'backpressure', 'reject'),
    retain: fc.nat({ max: 3 }),
  }),
  fc.record({ do: just('shut channel down' as const), channel, force: fc.boolean() }),
  fc.record({ do: fc.constantFrom('cancel run', 'cancel run', 'delete run'), run: which }),
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('answer', 'cancel question', 'retry dead letter'), which }),
  },
  fc.record({ do: just('cache' as const), key: which }),
  fc.record({ do: just('plan tasks' as const), count: which }),
);

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: deed },
  {
    weight: 1,
    arbitrary: fc.record({
      do: just('advance' as const),
      milliseconds: fc.constantFrom(0, 0, 5, 1000, 2000, 60_000, 60_000, 400_000),
    }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: just('publish' as const),
      channel,
      count: fc.integer({ min: 1, max: 3 }),
      wait: fc.boolean(),
    }),
  },
  fc.record({ do: just('publish own id' as const), channel, id: ownId }),
  fc.record({ do: just('publish wrongly' as const), caught: fc.boolean() }),
  {
    weight: 2,
    arbitrary: fc.record({
      do: just('fail' as const),
      times: fc.integer({ min: 1, max: 4 }),
      with: fc.constantFrom('error', 'string', 'undefined'),
    }),
  },
  fc.record({ do: just('cache' as const), append: fc.boolean(), key: which }),
  fc.record({ do: just('add task' as const) }),
  fc.record({ do: just('work on task' as const), succeeds: fc.boolean() }),
  { weight: 4, arbitrary: fc.record({ do: just('ask' as const), wait: fc.constantFrom(true, true, false) }) },
  fc.record({ do: just('tokens' as const), reserve: fc.nat({ max: 20 }), use: fc.nat({ max: 20 }) }),
  {
    weight: 2,
    arbitrary: fc.record({ do: just('wait' as const), milliseconds: fc.constantFrom(0, 10, 1500, 30_000) }),
  },
  fc.record({ do: just('publish task' as const), channel, task: which }),
  fc.record({ do: just('publish late' as const), channel }),
  { weight: 2, arbitrary: fc.record({ do: just('meddle' as const), deed }) },
  fc.record({ do: just('never settle' as const) }),
);

const agent: fc.Arbitrary<AgentPlan> = fc.record({
  subscribe: fc.uniqueArray(channel, { minLength: 1, maxLength: 3 }),
  publish: fc.uniqueArray(channel, { maxLength: 3 }),
  late: fc.constantFrom(false, false, false, true),
  concurrency: fc.constantFrom(1, 1, 2, Number.POSITIVE_INFINITY),
  transactional: fc.boolean(),
  timeoutSeconds: fc.constantFrom(undefined, undefined, 20),
  checks: fc.constantFrom('nothing', 'nothing', 'at once', 'later'),
  steps: fc.array(step, { maxLength: 5 }),
  ends: fc.constantFrom('with nothing', 'with nothing', 'with a value', 'as a generator'),
});

export const actions: fc.Arbitrary<Action[]> = fc.array(action, { minLength: 1, maxLength: 25, size: 'max' });

/** Random systems: a few agents on a few channels, and what is done to them. */
export const systemPlan: fc.Arbitrary<SystemPlan> = fc.record({
  seed: fc.nat({ max: 1_000_000 }),
  nodes: fc.constantFrom(1, 12, 1000),
  maxRuns: fc.constantFrom(1, 1000),
  config: fc.record(
    {
      maxMessages: fc.constantFrom(1, 2, 5, 1000),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      timeoutSeconds: fc.constantFrom(10, 100, 3600, 3600),
      retryStrategy: fc.constantFrom(
        { type: 'immediate' } as const,
        { type: 'linear', delaySecs: 1 } as const,
        { type: 'exponential', initialDelaySecs: 1, maxDelaySecs: 4, multiplier: 2 } as const,
      ),
      humanTimeoutAction: fc.constantFrom('autopilot', 'pause', 'pause'),
      humanWaitMinutes: fc.constantFrom(1, 1, 10),
      maxTokens: fc.constantFrom(15, 200),
    },
    {
      requiredKeys: ['maxMessages', 'maxAttempts', 'timeoutSeconds', 'retryStrategy', 'humanTimeoutAction'],
    },
  ),
  agents: fc.array(agent, { minLength: 1, maxLength: 5, size: 'max' }),
  actions,
});
