import { defineAgent, type OpenOptions, PubSubError } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { type Bus, openBus } from '../../support/bus.js';

interface Noted extends Bus {
  readonly notes: [message: string, cause: unknown][];
  /** Publishes on a channel, and lets all that can happen without time going by happen. */
  send(channel: string, times?: number): Promise<void>;
}

/** An executor that listens, with agents that throw: each reads the channel of its own name. */
async function noted(
  names: readonly string[],
  config: OpenOptions['config'] = { maxAttempts: 1 },
): Promise<Noted> {
  const notes: [string, unknown][] = [];
  const bus = await openBus({ config, logger: { warn: (message, cause) => notes.push([message, cause]) } });
  for (const name of names) {
    bus.executor.registerAgent(
      defineAgent({
        name,
        subscribe: name,
        process: ({ payload }) => {
          throw new TypeError(`cannot print ${payload}`);
        },
      }),
    );
  }
  bus.executor.execute();
  const send = async (channel: string, times = 1): Promise<void> => {
    for (let number = 1; number <= times; number++) await bus.executor.publish(channel, number);
    await bus.runtime.runUntilIdle();
  };
  return { ...bus, notes, send };
}

describe('a delivery that failed for good', () => {
  test('is told to the logger once, with agent, channel, attempts and what was thrown', async () => {
    const { runtime, notes, send } = await noted(['press'], {
      maxAttempts: 3,
      retryStrategy: { type: 'linear', delaySecs: 1 },
    });
    await send('press');
    expect(notes).toEqual([]);
    await runtime.advance(2000);
    expect(notes).toEqual([
      [
        'agent "press" failed for good, after 3 attempts, at a message of channel "press": TypeError: cannot print 1',
        new TypeError('cannot print 1'),
      ],
    ]);
  });

  test('what was thrown and is no error comes as the cause of one', async () => {
    const { executor, notes, send } = await noted([]);
    executor.registerAgent(
      defineAgent({ name: 'press', subscribe: 'in', process: () => Promise.reject('out of ink') }),
    );
    await send('in');
    const [[message, cause] = []] = notes;
    expect(message).toBe(
      'agent "press" failed for good, after 1 attempt, at a message of channel "in": out of ink',
    );
    expect(cause).toBeInstanceOf(PubSubError);
    expect(cause).toMatchObject({ code: 'EXECUTION_ERROR', cause: 'out of ink' });
  });

  test('input that does not fit was not the agent’s fault', async () => {
    const { executor, notes, send } = await noted([]);
    const process = (): void => {};
    executor.registerAgents([
      defineAgent({ name: 'texts', subscribe: 'in', inputSchema: { type: 'string' }, process }),
      defineAgent({ name: 'numbers', subscribe: 'in', inputSchema: { type: 'number' }, process }),
    ]);
    await send('in');
    expect(notes.map(([message]) => message)).toEqual([
      expect.stringMatching(/^agent "texts" could not be given a message of channel "in": /),
    ]);
  });

  test('is not told of when an attempt succeeds', async () => {
    const { executor, notes, send } = await noted([], { retryStrategy: { type: 'immediate' } });
    executor.registerAgent(
      defineAgent({
        name: 'press',
        subscribe: 'in',
        process({ attempt }) {
          if (attempt < 3) throw new Error('again');
        },
      }),
    );
    await send('in');
    expect(notes).toEqual([]);
  });

  test('with a message of a megabyte is told of in a line', async () => {
    const { executor, notes, send } = await noted([]);
    const process = (): Promise<never> => Promise.reject(new Error('x'.repeat(1_000_000)));
    executor.registerAgent(defineAgent({ name: 'press', subscribe: 'in', process }));
    await send('in');
    expect(notes[0]?.[0].length).toBeLessThan(400);
  });
});

describe('a storm of failures', () => {
  test('is told of at once, then every ten seconds, counted, and what is left at the end', async () => {
    const { executor, runtime, notes, send } = await noted(['press']);
    await send('press', 100);
    expect(notes).toHaveLength(1);
    await runtime.advance(9000);
    await send('press', 50);
    expect(notes).toHaveLength(1);
    await runtime.advance(1000);
    await send('press', 7);
    expect(notes[1]?.[0]).toMatch(/cannot print 1 \(149 more messages failed since the last such note\)$/);
    await executor.close();
    expect(notes.map(([message]) => message).slice(2)).toEqual([
      '6 more messages failed for good, beside those told of',
    ]);
  });

  test('of one agent does not silence another', async () => {
    const { notes, send } = await noted(['press', 'mail']);
    await send('press', 100);
    await send('mail', 100);
    expect(notes.map(([message]) => message.slice(0, 12))).toEqual(['agent "press', 'agent "mail"']);
  });

  test('of hundreds of agents is told of twenty times, and of the rest in one place', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `press ${index}`);
    const { executor, runtime, notes, send } = await noted(names);
    for (const name of names) await send(name);
    expect(notes).toHaveLength(21);
    await runtime.advance(10_000);
    for (const name of names) await send(name);
    expect(notes).toHaveLength(42);
    await executor.close();
    // All but those told of are counted, none twice.
    const counted = notes.map(([message]) => Number(/(\d+) more messages? failed/.exec(message)?.[1] ?? 0));
    expect(counted.reduce((sum, count) => sum + count, 42)).toBe(600);
  });
});
