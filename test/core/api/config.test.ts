import { type PubSubConfig, PubSubExecutor } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { openBus, refusal } from '../../support/bus.js';

test('without a config every default is filled in', async () => {
  const { executor } = await openBus();
  expect(executor.config).toEqual({
    maxMessages: 1000,
    timeoutSeconds: 3600,
    humanWaitMinutes: undefined,
    humanTimeoutAction: 'pause',
    maxTokens: undefined,
    retryStrategy: { type: 'exponential', initialDelaySecs: 2, maxDelaySecs: 60, multiplier: 2 },
    maxAttempts: 3,
  });
});

test('what is given is taken', async () => {
  const config = {
    maxMessages: 1,
    timeoutSeconds: 86_400,
    humanWaitMinutes: 0.5,
    humanTimeoutAction: 'autopilot',
    maxTokens: 1,
    retryStrategy: { type: 'linear', delaySecs: 0 },
    maxAttempts: 1,
  } as const satisfies PubSubConfig;
  const { executor } = await openBus({ config });
  expect(executor.config).toEqual(config);
});

/** Values that none of the numbers below may be. */
const NO_NUMBER: readonly unknown[] = [Number.NaN, Number.POSITIVE_INFINITY, '5', null, true, [], {}, 5n, -1];

describe('a bad value is refused, and the message names the field', () => {
  const wrong: readonly [field: string, values: readonly unknown[]][] = [
    ['maxMessages', [...NO_NUMBER, 0, 1.5]],
    ['timeoutSeconds', [...NO_NUMBER, 0, 86_401]],
    ['humanWaitMinutes', [...NO_NUMBER, 0]],
    ['humanTimeoutAction', ['', 'PAUSE', 'wait', 1, null]],
    ['maxTokens', [...NO_NUMBER, 0, 1.5]],
    ['maxAttempts', [...NO_NUMBER, 0, 2.5]],
  ];
  const cases = wrong.flatMap(([field, values]) => values.map((value) => [field, value] as const));
  test.each(cases)('config.%s: %o', async (field, value) => {
    const error = await refusal(() => PubSubExecutor.open({ config: { [field]: value } }));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toContain(`config.${field}: expected `);
    expect(error.message).toContain(', got ');
    expect(error.details).toMatchObject({ field: `config.${field}` });
  });

  const strategies: readonly [unknown, string][] = [
    ['linear', 'config.retryStrategy'],
    [{}, 'config.retryStrategy.type'],
    [{ type: 'sometimes' }, 'config.retryStrategy.type'],
    [{ type: 'linear' }, 'config.retryStrategy.delaySecs'],
    [{ type: 'linear', delaySecs: -1 }, 'config.retryStrategy.delaySecs'],
    [{ type: 'linear', delaySecs: 1, multiplier: 2 }, 'config.retryStrategy.multiplier'],
    [
      { type: 'exponential', initialDelaySecs: 2, maxDelaySecs: 1, multiplier: 2 },
      'config.retryStrategy.maxDelaySecs',
    ],
    [
      { type: 'exponential', initialDelaySecs: 1, maxDelaySecs: 9, multiplier: 0.5 },
      'config.retryStrategy.multiplier',
    ],
    [
      { type: 'exponential', initialDelaySecs: Number.NaN, maxDelaySecs: 9, multiplier: 1 },
      'config.retryStrategy.initialDelaySecs',
    ],
  ];
  test.each(strategies)('retryStrategy %o', async (retryStrategy, field) => {
    const error = await refusal(() => PubSubExecutor.open(misuse({ config: { retryStrategy } })));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toContain(`${field}: expected `);
  });

  test('a misspelt field is not ignored', async () => {
    const error = await refusal(() => PubSubExecutor.open(misuse({ config: { maxAttempt: 3 } })));
    expect(error.message).toContain('config.maxAttempt');
    expect(error.message).toContain('maxAttempts');
  });

  test.each([[null], ['config'], [[]], [7]])('a config that is %o', async (config) => {
    expect(await refusal(() => PubSubExecutor.open(misuse({ config })))).toMatchObject({
      code: 'VALIDATION_ERROR',
    });
  });
});

describe('options of open', () => {
  const wrong: readonly [string, unknown][] = [
    ['storage', {}],
    ['storage', 'here'],
    ['durability', 'always'],
    ['waitSeconds', -1],
    ['waitSeconds', Number.NaN],
    ['waitSeconds', 86_401],
    ['waitSeconds', '5'],
    ['namespace', ''],
    ['cache', {}],
    ['validator', {}],
    ['runtime', { now: 1 }],
    ['retention', { nodes: 0 }],
    ['retention', { maxRuns: -1 }],
    ['retention', { maxAgeSeconds: 0 }],
    ['retention', { nodes: 1, size: 2 }],
    ['logger', { shout: () => {} }],
    ['storege', {}],
  ];
  test.each(wrong)('%s: %o is refused', async (option, value) => {
    const error = await refusal(() => PubSubExecutor.open(misuse({ [option]: value })));
    expect(error.code).toBe('VALIDATION_ERROR');
    expect(error.message).toContain(`options.${option}`);
  });
});

/** What a program without types could pass. */
function misuse(options: object): object {
  return options;
}
