import { defineAgent, type PubSubError, type TokenMeter } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { deferred, openBus, refusal } from '../../support/bus.js';

async function spending(
  maxTokens: number | undefined,
  spend: (tokens: TokenMeter, payload: unknown) => unknown,
  concurrency = 1,
) {
  const bus = await openBus({ config: { maxAttempts: 1, ...(maxTokens !== undefined && { maxTokens }) } });
  bus.executor.registerAgent(
    defineAgent({
      name: 'spender',
      subscribe: 'in',
      concurrency,
      async process({ tokens, payload }) {
        await spend(tokens, payload);
      },
    }),
  );
  return bus;
}

describe('the token budget', () => {
  test('is counted in the report', async () => {
    const { executor } = await spending(100, (tokens) => {
      tokens.reserve(40);
      tokens.used(25);
    });
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'completed', tokens: { used: 25, budget: 100 } });
  });

  test('what is reserved is not left for others until it is used or the attempt ends', async () => {
    const remaining: number[] = [];
    const { executor } = await spending(100, (tokens) => {
      remaining.push(tokens.remaining);
      tokens.reserve(60);
      remaining.push(tokens.remaining);
      tokens.used(10);
      remaining.push(tokens.remaining);
    });
    executor.execute();
    await executor.publish('in', 1);
    await executor.publish('in', 2);
    await executor.idle();
    expect(remaining).toEqual([100, 40, 40, 90, 30, 30]);
  });

  test('a reservation past it is refused before the money is gone, and ends the run', async () => {
    const errors: PubSubError[] = [];
    const done: unknown[] = [];
    const { executor, runtime } = await spending(100, async (tokens, payload) => {
      tokens.used(30);
      done.push(payload);
      errors.push(await refusal(() => tokens.reserve(71)));
    });
    executor.cache.insertGlobalValue('kept', 'value', 1);
    const run = executor.execute({ channel: 'in', payload: 'first' });
    await executor.publish('in', 'second');
    await runtime.runUntilIdle();
    const report = await run.report;
    expect(errors).toMatchObject([{ code: 'TOKEN_BUDGET_EXCEEDED' }]);
    expect(report).toMatchObject({ status: 'budget-exceeded', overallSuccess: false, tokens: { used: 30 } });
    expect(report.error?.code).toBe('TOKEN_BUDGET_EXCEEDED');
    expect(report.error?.message).toMatch(/100.*71.*70/);
    expect(done).toEqual(['first']);
  });

  test('using more than it is told, and ends the run; what was done is kept', async () => {
    const { executor, runtime } = await openBus({ config: { maxTokens: 100 } });
    executor.registerAgents([
      defineAgent({
        name: 'caller',
        subscribe: 'in',
        publish: 'out',
        async process({ tokens, publish, cache }) {
          cache.insertGlobalValue('facts', 'paid', true);
          await publish('out', 'before');
          tokens.used(101);
          await publish('out', 'after');
        },
      }),
      defineAgent({ name: 'sink', subscribe: 'out', process: () => {} }),
    ]);
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    await runtime.runUntilIdle();
    expect(report).toMatchObject({
      status: 'budget-exceeded',
      error: { code: 'TOKEN_BUDGET_EXCEEDED' },
      tokens: { used: 101, budget: 100 },
      counts: { published: 2 },
    });
    expect(executor.cache.getGlobalInput('facts', 'paid')).toBe(true);
    expect([...executor.tree.nodes()].filter(({ kind }) => kind === 'publish')).toHaveLength(2);
  });

  test('exactly the budget is within it', async () => {
    const { executor } = await spending(100, (tokens) => {
      tokens.reserve(100);
      tokens.used(100);
    });
    expect(await executor.execute({ channel: 'in', payload: 1 }).report).toMatchObject({
      status: 'completed',
      tokens: { used: 100 },
    });
  });

  test('is the run’s: side by side each run has its own', async () => {
    const { executor } = await spending(100, (tokens) => tokens.used(80));
    const reports = await Promise.all([
      executor.execute({ channel: 'in', payload: 1 }).report,
      executor.execute({ channel: 'in', payload: 2 }).report,
    ]);
    expect(reports.map(({ status, tokens }) => [status, tokens.used])).toEqual([
      ['completed', 80],
      ['completed', 80],
    ]);
  });

  test('a failed attempt gives back what it had reserved', async () => {
    const { executor, reported } = await openBus({
      config: { maxTokens: 100, retryStrategy: { type: 'linear', delaySecs: 1 } },
    });
    const remaining: number[] = [];
    executor.registerAgent(
      defineAgent({
        name: 'a',
        subscribe: 'in',
        process({ tokens, attempt }) {
          remaining.push(tokens.remaining);
          tokens.reserve(90);
          if (attempt < 3) throw new Error('again');
        },
      }),
    );
    expect(await reported(5000, executor.execute({ channel: 'in', payload: 1 }))).toMatchObject({
      status: 'completed',
      tokens: { used: 0 },
    });
    expect(remaining).toEqual([100, 100, 100]);
  });

  test('agents at work side by side cannot reserve the same tokens', async () => {
    const gate = deferred();
    let granted = 0;
    const { executor, runtime } = await spending(
      100,
      async (tokens) => {
        tokens.reserve(30);
        granted++;
        await gate.promise;
      },
      10,
    );
    executor.execute();
    for (let count = 0; count < 5; count++) await executor.publish('in', count);
    await runtime.runUntilIdle();
    expect(granted).toBe(3);
    gate.resolve();
  });

  test('without a budget everything is counted and nothing refused', async () => {
    const remaining: number[] = [];
    const { executor } = await spending(undefined, (tokens) => {
      tokens.reserve(1e9);
      tokens.used(1e9);
      remaining.push(tokens.remaining);
    });
    const report = await executor.execute({ channel: 'in', payload: 1 }).report;
    expect(report).toMatchObject({ status: 'completed', tokens: { used: 1e9, budget: null } });
    expect(remaining).toEqual([Number.POSITIVE_INFINITY]);
  });

  test.each([-1, 1.5, Number.NaN, '5', undefined])('%s is no number of tokens', async (amount) => {
    const errors: PubSubError[] = [];
    const { executor } = await spending(100, async (tokens) => {
      errors.push(await refusal(() => Reflect.apply(tokens.reserve, tokens, [amount])));
      errors.push(await refusal(() => Reflect.apply(tokens.used, tokens, [amount])));
    });
    expect((await executor.execute({ channel: 'in', payload: 1 }).report).status).toBe('completed');
    expect(errors.map(({ code }) => code)).toEqual(['VALIDATION_ERROR', 'VALIDATION_ERROR']);
  });
});
