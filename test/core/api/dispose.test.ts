import { PubSubExecutor } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { closesOnDispose } from '../../../core/dispose.js';
import { refusal } from '../../support/bus.js';

describe('await using', () => {
  test('closes the executor at the end of the block', async () => {
    let kept: PubSubExecutor;
    {
      await using executor = await PubSubExecutor.open();
      kept = executor;
      await executor.idle();
    }
    expect(await refusal(() => kept.idle())).toMatchObject({ code: 'EXECUTOR_CLOSED' });
  });

  test('is close, and nobody sees it', async () => {
    const executor = await PubSubExecutor.open();
    const closing = executor[Symbol.asyncDispose]();
    expect(executor.close()).toBe(closing);
    await closing;
    expect(Object.keys(executor)).not.toContain('undefined');
    expect('undefined' in executor).toBe(false);
  });

  test('works as compiled by others where the symbol does not exist', async () => {
    let closed = 0;
    const closable = { close: async () => void closed++ };
    closesOnDispose(closable, {});
    expect(Object.getOwnPropertySymbols(closable)).toEqual([Symbol.for('Symbol.asyncDispose')]);
    expect(Object.keys(closable)).toEqual(['close']);
    const dispose: unknown = Reflect.get(closable, Symbol.for('Symbol.asyncDispose'));
    if (typeof dispose === 'function') await dispose();
    expect(closed).toBe(1);
  });
});
