import {
  type ChannelStatus,
  type ExecutionTree,
  type JsonValue,
  type Message,
  type NodeExecutionOutcome,
  type PubSubConfig,
  type PubSubExecutionReport,
  PubSubExecutor,
  type PubSubFollower,
  serializeTreeToDot,
  type TreeNode,
} from 'dagger-agents';
import { expectTypeOf, test } from 'vitest';

/** The contract, as a program that uses it; it is compiled and never run. */
declare const executor: PubSubExecutor;

test('open', () => {
  expectTypeOf(PubSubExecutor.open).returns.resolves.toEqualTypeOf<PubSubExecutor>();
  void PubSubExecutor.open({ config: { timeoutSeconds: 60, humanTimeoutAction: 'autopilot' } });
  // @ts-expect-error Not one of the two.
  void PubSubExecutor.open({ config: { humanTimeoutAction: 'shrug' } });
});

test('await using', async () => {
  await using opened = await PubSubExecutor.open();
  expectTypeOf(opened[Symbol.asyncDispose]()).toEqualTypeOf<Promise<void>>();
});

test('a run: outcomes while it goes, a report at the end', () => {
  const run = executor.execute({ channel: 'pages', payload: { url: 'a.md' } });
  expectTypeOf(run.id).toEqualTypeOf<string>();
  expectTypeOf(run.report).resolves.toEqualTypeOf<PubSubExecutionReport>();
  expectTypeOf(run).toExtend<AsyncIterable<NodeExecutionOutcome>>();
  void executor.execute({});
  void executor.execute({ resume: true });
});

test('the report', () => {
  expectTypeOf<PubSubExecutionReport['status']>().toEqualTypeOf<
    'completed' | 'failed' | 'cancelled' | 'timed-out' | 'paused' | 'budget-exceeded'
  >();
  expectTypeOf<PubSubExecutionReport['overallSuccess']>().toEqualTypeOf<boolean>();
  expectTypeOf<keyof PubSubExecutionReport['counts']>().toEqualTypeOf<
    'published' | 'delivered' | 'succeeded' | 'failed' | 'retried' | 'dropped' | 'unheard'
  >();
});

test('publishing, channels, and what waits', () => {
  expectTypeOf(executor.publish('pages', { url: 'a.md' })).resolves.toEqualTypeOf<Message>();
  expectTypeOf(executor.listChannels()).items.toEqualTypeOf<ChannelStatus>();
  for (const wait of [executor.idle(), executor.stop(), executor.pause(), executor.close()]) {
    expectTypeOf(wait).toExtend<Promise<unknown>>();
  }
});

test('the cache holds JSON', () => {
  expectTypeOf(executor.cache.getInput('node', 'key')).toExtend<JsonValue | undefined>();
});

test('retry strategies are told apart by their type', () => {
  const config: PubSubConfig = { retryStrategy: { type: 'linear', delaySecs: 2 } };
  void config;
  // @ts-expect-error A linear one has no multiplier.
  const wrong: PubSubConfig = { retryStrategy: { type: 'linear', delaySecs: 2, multiplier: 2 } };
  void wrong;
});

test('the tree is to be read', () => {
  expectTypeOf<keyof ExecutionTree>().toEqualTypeOf<
    'size' | 'first' | 'next' | 'nodes' | 'edges' | 'find' | 'has' | 'get' | 'deadLetters'
  >();
  expectTypeOf(executor.tree).toEqualTypeOf<ExecutionTree>();
  expectTypeOf<PubSubFollower['tree']>().toEqualTypeOf<ExecutionTree>();
  expectTypeOf(executor.tree.get(1)).toEqualTypeOf<TreeNode | undefined>();
  expectTypeOf(serializeTreeToDot(executor.tree, 'run')).toEqualTypeOf<string>();
  // @ts-expect-error It changes only by events.
  executor.tree.forgetDeadLetter(1);
});
