import { defineAgent, type PubSubAgent, type PubSubConfig, type PubSubExecutor } from 'dagger-agents';
import { memoryStorage } from 'dagger-agents/storage/memory';
import { describe, expect, test, vi } from 'vitest';
import { openBus, outcomesOf, refusal } from '../../support/bus.js';

/** An agent that fails its first `times` attempts. */
function failing(times: number, starts: number[] = [], now: () => number = () => 0) {
  return defineAgent({
    name: 'agent',
    subscribe: 'in',
    process({ attempt }) {
      starts.push(now());
      if (attempt <= times) throw new Error(`failure ${attempt}`);
    },
  });
}

describe('when a retry is due', () => {
  const strategies: readonly [NonNullable<PubSubConfig['retryStrategy']> | undefined, number[]][] = [
    [undefined, [0, 2, 6, 14, 30, 62, 122, 182]],
    [
      { type: 'exponential', initialDelaySecs: 1, maxDelaySecs: 5, multiplier: 3 },
      [0, 1, 4, 9, 14, 19, 24, 29],
    ],
    [{ type: 'linear', delaySecs: 1.5 }, [0, 1.5, 3, 4.5, 6, 7.5, 9, 10.5]],
    [{ type: 'immediate' }, [0, 0, 0, 0, 0, 0, 0, 0]],
  ];
  test.each(strategies)('%o', async (retryStrategy, seconds) => {
    const config = { maxAttempts: 8, ...(retryStrategy && { retryStrategy }) };
    const { executor, runtime } = await openBus({ config });
    const starts: number[] = [];
    const openedAt = runtime.now();
    executor.registerAgent(failing(7, starts, () => (runtime.now() - openedAt) / 1000));
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(200_000);
    expect(starts).toEqual(seconds);
    expect(await run.report).toMatchObject({ status: 'completed', counts: { retried: 7, succeeded: 1 } });
  });
});

describe('maxAttempts', () => {
  test('3 by default; then the outcome is a failure with every attempt’s error', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(failing(9));
    const run = executor.execute({ channel: 'in', payload: 'please' });
    const outcomes = outcomesOf(run);
    await runtime.advance(60_000);
    expect(await outcomes).toMatchObject([
      {
        agent: 'agent',
        channel: 'in',
        success: false,
        attempts: 3,
        retryMessages: ['failure 1', 'failure 2'],
        finalError: { code: 'EXECUTION_ERROR', message: 'failure 3' },
      },
    ]);
    const report = await run.report;
    expect(report).toMatchObject({
      status: 'failed',
      overallSuccess: false,
      error: { message: 'failure 3' },
    });
    expect(report.counts).toMatchObject({ failed: 1, retried: 2, succeeded: 0 });
  });

  test('1 means one attempt and no wait', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(failing(9));
    expect(await executor.execute({ channel: 'in', payload: 1 }).report).toMatchObject({
      status: 'failed',
      counts: { retried: 0, failed: 1 },
    });
  });

  test('a success on the way keeps the earlier errors in the outcome', async () => {
    const { executor, runtime } = await openBus();
    executor.registerAgent(failing(1));
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(2000);
    const [outcome] = await outcomesOf(run);
    expect(outcome).toMatchObject({ success: true, attempts: 2, retryMessages: ['failure 1'] });
    expect(outcome?.finalError).toBeUndefined();
  });
});

describe('a dead letter', () => {
  test('stays in the tree with its message and every error, and other agents carry on', async () => {
    const { executor, runtime } = await openBus();
    const heard: unknown[] = [];
    executor.registerAgents([
      failing(9),
      defineAgent({ name: 'other', subscribe: 'in', process: ({ payload }) => void heard.push(payload) }),
    ]);
    const run = executor.execute({ channel: 'in', payload: { letter: 1 } });
    await runtime.advance(60_000);
    await run.report;
    expect(heard).toEqual([{ letter: 1 }]);
    const dead = [...executor.tree.nodes()].find(({ status }) => status === 'failed');
    if (dead?.kind !== 'invocation') throw new Error('no dead letter');
    expect(dead.errors.map(({ message }) => message)).toEqual(['failure 1', 'failure 2', 'failure 3']);
    expect(dead.deadLetter).toMatchObject({ channel: 'in', payload: { letter: 1 } });
  });

  test('can be delivered once more, with a new set of attempts', async () => {
    const { executor, runtime } = await openBus({ config: { maxAttempts: 1 } });
    let broken = true;
    const heard: unknown[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'agent',
        subscribe: 'in',
        process({ payload, attempt }) {
          if (broken) throw new Error('broken');
          heard.push([payload, attempt]);
        },
      }),
    );
    const { agentOutcomes } = await executor.execute({ channel: 'in', payload: 1 }).report;
    const nodeId = agentOutcomes[0]?.nodeId ?? '';
    broken = false;
    executor.retryDeadLetter(nodeId);
    await runtime.runUntilIdle();
    expect(heard).toEqual([]);
    expect(await executor.execute({ resume: true }).report).toMatchObject({ status: 'completed' });
    expect(heard).toEqual([[1, 1]]);
    expect((await refusal(() => executor.retryDeadLetter(nodeId))).code).toBe('EXECUTION_ERROR');
  });

  test('is delivered again at once when a run is going on', async () => {
    const { executor, runtime } = await openBus({ config: { maxAttempts: 1 } });
    let calls = 0;
    executor.registerAgent(
      defineAgent({
        name: 'agent',
        subscribe: 'in',
        process() {
          if (++calls === 1) throw new Error('first time');
        },
      }),
    );
    executor.execute();
    await executor.publish('in', 1);
    await runtime.runUntilIdle();
    const dead = [...executor.tree.nodes()].find(({ status }) => status === 'failed');
    executor.retryDeadLetter(dead?.id ?? '');
    await runtime.runUntilIdle();
    expect(calls).toBe(2);
  });

  test('of a channel or an agent that is gone, or of no node at all, is refused', async () => {
    const { executor } = await openBus({ config: { maxAttempts: 1 } });
    executor.registerAgent(failing(9));
    const { agentOutcomes } = await executor.execute({ channel: 'in', payload: 1 }).report;
    await executor.shutdownChannel('in', { force: true });
    const closed = await refusal(() => executor.retryDeadLetter(agentOutcomes[0]?.nodeId ?? ''));
    expect(closed.code).toBe('CHANNEL_NOT_FOUND');
    executor.unregisterAgent('agent');
    const gone = await refusal(() => executor.retryDeadLetter(agentOutcomes[0]?.nodeId ?? ''));
    const never = await refusal(() => executor.retryDeadLetter('never_1_1'));
    expect([gone.code, never.code]).toEqual(['AGENT_NOT_FOUND', 'EXECUTION_ERROR']);
  });
});

describe('the context of an attempt', () => {
  test('says which attempt it is; the node id stays the same', async () => {
    const { executor, runtime } = await openBus();
    const seen: [string, number][] = [];
    executor.registerAgent(
      defineAgent({
        name: 'agent',
        subscribe: 'in',
        process({ nodeId, attempt }) {
          seen.push([nodeId, attempt]);
          if (attempt < 3) throw new Error('again');
        },
      }),
    );
    executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(10_000);
    expect(seen.map(([, attempt]) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(seen.map(([nodeId]) => nodeId)).size).toBe(1);
    expect(seen[0]?.[0]).toMatch(/^agent_\d+_\d+$/);
  });

  test('an attempt that takes longer than the agent’s timeoutSeconds fails, is tried again, and its signal aborts', async () => {
    const { executor, runtime } = await openBus({
      config: { maxAttempts: 2, retryStrategy: { type: 'immediate' } },
    });
    const aborted: number[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'slow',
        subscribe: 'in',
        timeoutSeconds: 5,
        process: ({ signal, attempt }) =>
          new Promise<void>(() => signal.addEventListener('abort', () => aborted.push(attempt))),
      }),
    );
    const run = executor.execute({ channel: 'in', payload: 1 });
    await runtime.advance(4999);
    expect(aborted).toEqual([]);
    await runtime.advance(5001);
    expect(aborted).toEqual([1, 2]);
    expect(await run.report).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT_EXCEEDED' } });
  });
});

test.each([
  // Its slot is free at once for what came instead.
  ['by another message', (executor: PubSubExecutor) => executor.publish('in', 'third'), ['third 1'], 1],
  ['with its channel', (executor: PubSubExecutor) => executor.shutdownChannel('in', { force: true }), [], 0],
])(
  'a retry pushed out of its mailbox %s is over, also when its agent leaves before it was due',
  async (_, pushOut, started, left) => {
    const storage = memoryStorage();
    const config = { retryStrategy: { type: 'linear', delaySecs: 10 } } as const;
    const { executor, runtime } = await openBus({ storage, config });
    const seen: string[] = [];
    const agent = (concurrency: number): PubSubAgent =>
      defineAgent({
        name: 'agent',
        subscribe: 'in',
        concurrency,
        process({ payload, attempt }) {
          seen.push(`${payload} ${attempt}`);
          if (attempt === 1) throw new Error('not yet');
        },
      });
    executor.openChannel('in', { capacity: 1, overflow: 'drop-oldest' });
    executor.registerAgent(agent(2));
    executor.execute();
    await executor.publish('in', 'first');
    await runtime.advance(5000);
    await executor.publish('in', 'second');
    await runtime.advance(0);
    // Two wait for their retry, and who takes them up again has one hand: it waits for the second, which lies in its mailbox.
    await executor.stop();
    executor.unregisterAgent('agent');
    executor.registerAgent(agent(1));
    executor.execute();
    await runtime.advance(6000);
    expect(seen).toEqual(['first 1', 'second 1', 'first 2']);

    const pushedOut = pushOut(executor);
    await runtime.advance(0);
    expect(seen.slice(3)).toEqual(started);
    executor.unregisterAgent('agent');
    await runtime.advance(60_000);
    await pushedOut;
    expect(seen.slice(3)).toEqual(started);
    await executor.close();
    const { executor: next } = await openBus({ storage });
    expect(next.state.unfinished.length).toBe(left);
  },
);

test('a retry starts without going through all that waits behind it', async () => {
  const { executor, runtime } = await openBus({
    config: { retryStrategy: { type: 'linear', delaySecs: 1 } },
  });
  executor.openChannel('in', { capacity: 2000 });
  executor.registerAgent(failing(1));
  executor.execute();
  for (let n = 0; n < 1000; n++) await executor.publish('in', n);
  await runtime.advance(999);
  const looks = vi.spyOn(executor.state.unfinished, 'find');
  // The first one's retry; the second one fails then, and waits for its own.
  await runtime.advance(2);
  expect(looks.mock.calls.length).toBeLessThan(20);
  expect(executor.state.unfinished.length).toBe(999);
});
