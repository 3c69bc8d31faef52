import { defineAgent, PubSubExecutor, serializeTreeToDot } from '../../../core/index.js';
import { payloadSchema } from '../workloads.js';

export interface Operation {
  readonly name: string;
  /** What there is more and more of. */
  readonly grows: string;
  readonly sizes: readonly number[];
  /** How often the operation is done in one sample, at least. */
  readonly times: number;
  /** `constant`: must not grow. `linear`: its answer is as long as what grows. */
  readonly expected: 'constant' | 'linear';
  prepare(size: number): Promise<Ready>;
}

/** An operation on a prepared executor. */
export interface Ready {
  run(times: number): Promise<void>;
  close(): Promise<void>;
}

const SIZES = [10, 100, 1_000, 10_000];
const payload = { id: 1, text: 'a line of text', weight: 1 };
const schemas = { inputSchema: payloadSchema, outputSchema: payloadSchema };

/** An executor with two agents that pass a ball, in a run; the cost of a pass is the cost of a publish and its delivery. */
async function court(
  setUp: (executor: PubSubExecutor, size: number) => unknown,
  size: number,
): Promise<Ready> {
  const executor = await PubSubExecutor.open({ retention: { nodes: 1_000_000 } });
  let left = 0;
  let finished = (): void => {};
  const player = (name: string, subscribe: string, publish: string) =>
    defineAgent({
      name,
      subscribe,
      publish,
      ...schemas,
      async process(context) {
        if (--left > 0) await context.publish(publish, payload);
        else finished();
      },
    });
  executor.registerAgents([player('ping', 'left', 'right'), player('pong', 'right', 'left')]);
  const run = executor.execute({}, { timeoutSeconds: 600 });
  const play = async (times: number): Promise<void> => {
    left = times;
    const done = new Promise<void>((resolve) => {
      finished = resolve;
    });
    await executor.publish('left', payload);
    await done;
  };
  await setUp(executor, size);
  if (setUp === recordedNodes) await play(size);
  return {
    run: play,
    close: async () => {
      run.cancel('measured');
      await run.report;
      await executor.close();
    },
  };
}

/** Marks the court that plays as many passes before the measured ones. */
function recordedNodes(): void {}

function idleAgents(executor: PubSubExecutor, count: number, channel: (index: number) => string): void {
  for (let index = 0; index < count; index++) {
    executor.registerAgent(
      defineAgent({ name: `idle${index}`, subscribe: channel(index), ...schemas, process: () => undefined }),
    );
  }
}

function comeAndGo(executor: PubSubExecutor, turn: number): void {
  executor.registerAgent(
    defineAgent({ name: `new${turn}`, subscribe: 'somewhere', ...schemas, process: () => undefined }),
  );
  executor.unregisterAgent(`new${turn}`);
}

/** An agent that never ends its first message, with more and more waiting behind it. */
async function blockedMailbox(executor: PubSubExecutor, size: number, channel: string): Promise<void> {
  executor.openChannel(channel, { capacity: size + 10 });
  executor.registerAgent(
    defineAgent({
      name: 'blocked',
      subscribe: channel,
      ...schemas,
      process: ({ signal }) =>
        new Promise<undefined>((resolve) => signal.addEventListener('abort', () => resolve(undefined))),
    }),
  );
  for (let index = 0; index < size; index++) await executor.publish(channel, payload);
}

function hop(
  grows: string,
  setUp: (executor: PubSubExecutor, size: number) => unknown,
  sizes = SIZES,
): Operation {
  return {
    name: `publish and deliver, more ${grows}`,
    grows,
    sizes,
    times: 5_000,
    expected: 'constant',
    prepare: (size) => court(setUp, size),
  };
}

function call(
  name: string,
  grows: string,
  expected: Operation['expected'],
  times: number,
  setUp: (executor: PubSubExecutor, size: number) => unknown,
  act: (executor: PubSubExecutor, turn: number) => unknown,
): Operation {
  return {
    name: `${name}, more ${grows}`,
    grows,
    sizes: SIZES,
    times,
    expected,
    prepare: async (size) => {
      const executor = await PubSubExecutor.open();
      await setUp(executor, size);
      let turn = 0;
      return {
        run: async (repetitions) => {
          for (let index = 0; index < repetitions; index++) {
            const acting = act(executor, turn++);
            if (acting instanceof Promise) await acting;
          }
        },
        close: () => executor.close(),
      };
    },
  };
}

const manyAgents = (executor: PubSubExecutor, size: number): void =>
  idleAgents(executor, size, (index) => `own${index}`);
const manyChannels = (executor: PubSubExecutor, size: number): void => {
  for (let index = 0; index < size; index++) executor.openChannel(`channel${index}`);
};
const manyTasks = (executor: PubSubExecutor, size: number): void => {
  for (let index = 0; index < size; index++) executor.tasks.addTask('other', { index }, 1);
};
const manyEntries = (executor: PubSubExecutor, size: number): void => {
  for (let index = 0; index < size; index++) executor.cache.insertValue(`node${index}`, 'output', index);
};

/** Every line of the complexity table in docs/performance.md. */
export const OPERATIONS: readonly Operation[] = [
  hop('agents on other channels', manyAgents),
  hop('channels', manyChannels),
  hop('subscribers of one other channel', (executor, size) => idleAgents(executor, size, () => 'elsewhere')),
  hop('messages queued for another agent', (executor, size) => blockedMailbox(executor, size, 'elsewhere')),
  hop('nodes recorded', recordedNodes, [1_000, 10_000, 100_000]),
  hop('tasks', manyTasks),
  hop('cache entries', manyEntries),
  call('registerAgent and unregisterAgent', 'agents', 'constant', 300, manyAgents, comeAndGo),
  call(
    'registerAgent and unregisterAgent',
    'messages queued for others',
    'constant',
    300,
    (executor, size) => blockedMailbox(executor, size, 'elsewhere'),
    comeAndGo,
  ),
  call('openChannel and shutdownChannel', 'channels', 'constant', 300, manyChannels, (executor, turn) => {
    executor.openChannel(`new${turn}`);
    return executor.shutdownChannel(`new${turn}`);
  }),
  call('listChannels', 'channels', 'linear', 20, manyChannels, (executor) => executor.listChannels()),
  call('listAgents', 'agents', 'linear', 20, manyAgents, (executor) => executor.listAgents()),
  call('cache.insertValue and getInput', 'entries', 'constant', 1_000, manyEntries, (executor, turn) => {
    executor.cache.insertValue('node0', `key${turn % 100}`, turn);
    executor.cache.getInput('node0', `key${turn % 100}`);
  }),
  call(
    'addTask, claimTask, completeTask',
    'pending tasks of another type',
    'constant',
    300,
    manyTasks,
    (executor) => {
      executor.tasks.addTask('own', {}, 1);
      const task = executor.tasks.claimTask('own', 'worker');
      if (task) executor.tasks.completeTask(task.taskId, true);
    },
  ),
  call('getPendingTasks', 'tasks', 'linear', 20, manyTasks, (executor) => executor.tasks.getPendingTasks()),
  {
    name: 'serializeTreeToDot, more nodes',
    grows: 'nodes',
    sizes: [100, 1_000, 10_000],
    times: 3,
    expected: 'linear',
    prepare: async (size) => {
      const executor = await PubSubExecutor.open();
      for (let index = 0; index < size; index++) await executor.publish('unheard', payload);
      return {
        run: async (times) => {
          for (let index = 0; index < times; index++) serializeTreeToDot(executor.tree, 'measured');
        },
        close: () => executor.close(),
      };
    },
  },
];
