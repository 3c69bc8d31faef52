import { invalid } from './errors.js';

/** How long to wait before a failed delivery is tried again. Times are in seconds. */
export type RetryStrategy =
  | {
      readonly type: 'exponential';
      /** Before the second attempt. 0 or more. */
      readonly initialDelaySecs: number;
      /** No wait is longer. At least `initialDelaySecs`. */
      readonly maxDelaySecs: number;
      /** Each wait is this many times the one before. 1 or more. */
      readonly multiplier: number;
    }
  | { readonly type: 'linear' /** Before every further attempt. */; readonly delaySecs: number }
  | { readonly type: 'immediate' };

/** What happens when nobody answers a human question in time: take its default, or save the run and wait. */
export type HumanTimeoutAction = 'autopilot' | 'pause';

/** Everything an executor can be told; every field is optional. */
export interface PubSubConfig {
  /** How many waiting messages each mailbox of a channel holds. Whole, 1 or more. Default 1000. */
  readonly maxMessages?: number | undefined;
  /** How long a run may take, in seconds: more than 0, at most 86400. Default 3600; a reactive run has no limit. */
  readonly timeoutSeconds?: number | undefined;
  /** How long a question to a human waits, in minutes: more than 0. Default: as long as the run. */
  readonly humanWaitMinutes?: number | undefined;
  /** What happens after `humanWaitMinutes`. Default `pause`. */
  readonly humanTimeoutAction?: HumanTimeoutAction | undefined;
  /** How many tokens a run may use. Whole, 1 or more. Default: no limit. */
  readonly maxTokens?: number | undefined;
  /** Waits between attempts. Default exponential: 2 s, doubling, at most 60 s. */
  readonly retryStrategy?: RetryStrategy | undefined;
  /** How often a delivery is tried in all. Whole, 1 or more. Default 3. */
  readonly maxAttempts?: number | undefined;
}

/** A config with every default filled in. What stays absent has no limit. */
export interface ResolvedConfig {
  readonly maxMessages: number;
  readonly timeoutSeconds: number;
  readonly humanWaitMinutes: number | undefined;
  readonly humanTimeoutAction: HumanTimeoutAction;
  readonly maxTokens: number | undefined;
  readonly retryStrategy: RetryStrategy;
  readonly maxAttempts: number;
}

const FIELDS = [
  'maxMessages',
  'timeoutSeconds',
  'humanWaitMinutes',
  'humanTimeoutAction',
  'maxTokens',
  'retryStrategy',
  'maxAttempts',
];

export const MAX_TIMEOUT_SECONDS = 86_400;

/** Checks a config and fills in the defaults. @throws PubSubError `VALIDATION_ERROR` naming the first bad field. */
export function resolveConfig(config: PubSubConfig = {}): ResolvedConfig {
  requireOptions(config, 'config', FIELDS);
  const { maxMessages, timeoutSeconds, humanWaitMinutes, humanTimeoutAction, maxTokens, maxAttempts } =
    config;
  return {
    maxMessages: optional(maxMessages, 1000, (value) => requireWhole(value, 'config.maxMessages', 1)),
    timeoutSeconds: optional(timeoutSeconds, 3600, (value) => requireTimeout(value, 'config.timeoutSeconds')),
    humanWaitMinutes: optional(humanWaitMinutes, undefined, (value) =>
      requirePositive(value, 'config.humanWaitMinutes'),
    ),
    humanTimeoutAction: optional(humanTimeoutAction, 'pause', (value) =>
      requireOneOf(value, 'config.humanTimeoutAction', ['autopilot', 'pause'] as const),
    ),
    maxTokens: optional(maxTokens, undefined, (value) => requireWhole(value, 'config.maxTokens', 1)),
    retryStrategy: optional(
      config.retryStrategy,
      { type: 'exponential', initialDelaySecs: 2, maxDelaySecs: 60, multiplier: 2 },
      requireRetryStrategy,
    ),
    maxAttempts: optional(maxAttempts, 3, (value) => requireWhole(value, 'config.maxAttempts', 1)),
  };
}

/** Milliseconds to wait after attempt number `attempt` (1 for the first) has failed. */
export function retryDelay(strategy: RetryStrategy, attempt: number): number {
  switch (strategy.type) {
    case 'immediate':
      return 0;
    case 'linear':
      return strategy.delaySecs * 1000;
    case 'exponential': {
      const grown = strategy.initialDelaySecs * strategy.multiplier ** (attempt - 1);
      return Math.min(grown, strategy.maxDelaySecs) * 1000;
    }
  }
}

function optional<Value, Default>(
  value: Value | undefined,
  fallback: Default,
  check: (value: Value) => Value,
): Value | Default {
  return value === undefined ? fallback : check(value);
}

/** An options object: a plain object with known keys only, so that a misspelt option is not ignored in silence. */
export function requireOptions(value: unknown, field: string, known: readonly string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(field, 'an object of options', value);
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const expected = known.length > 0 ? `one of the options ${known.join(', ')}` : 'no options at all';
    throw invalid(`${field}.${key}`, expected, key);
  }
}

/** A whole number of at least `least`. */
export function requireWhole(value: unknown, field: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw invalid(field, `a whole number of ${least} or more`, value);
  }
  return value;
}

export function requireTimeout(value: unknown, field: string): number {
  if (typeof value !== 'number' || !(value > 0) || value > MAX_TIMEOUT_SECONDS) {
    throw invalid(field, `a number of seconds above 0, at most ${MAX_TIMEOUT_SECONDS}`, value);
  }
  return value;
}

/** A time that may be none at all, but is not for ever. */
export function requireWait(value: unknown, field: string): number {
  if (typeof value !== 'number' || !(value >= 0) || value > MAX_TIMEOUT_SECONDS) {
    throw invalid(field, `a number of seconds from 0 to ${MAX_TIMEOUT_SECONDS}`, value);
  }
  return value;
}

function requirePositive(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw invalid(field, 'a finite number above 0', value);
  }
  return value;
}

/** One of a few words. */
export function requireOneOf<const Word extends string>(
  value: unknown,
  field: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw invalid(field, words.map((word) => `'${word}'`).join(' or '), value);
  return found;
}

function requireDelay(value: unknown, field: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw invalid(field, 'a number of seconds of 0 or more', value);
  }
  return value;
}

function requireRetryStrategy(strategy: RetryStrategy): RetryStrategy {
  const field = 'config.retryStrategy';
  if (typeof strategy !== 'object' || strategy === null) throw invalid(field, 'a retry strategy', strategy);
  switch (strategy.type) {
    case 'immediate':
      requireOptions(strategy, field, ['type']);
      return strategy;
    case 'linear':
      requireOptions(strategy, field, ['type', 'delaySecs']);
      requireDelay(strategy.delaySecs, `${field}.delaySecs`);
      return strategy;
    case 'exponential': {
      const { initialDelaySecs, maxDelaySecs, multiplier } = strategy;
      requireOptions(strategy, field, ['type', 'initialDelaySecs', 'maxDelaySecs', 'multiplier']);
      requireDelay(initialDelaySecs, `${field}.initialDelaySecs`);
      requireDelay(maxDelaySecs, `${field}.maxDelaySecs`);
      if (maxDelaySecs < initialDelaySecs) {
        throw invalid(
          `${field}.maxDelaySecs`,
          `at least initialDelaySecs (${initialDelaySecs})`,
          maxDelaySecs,
        );
      }
      if (typeof multiplier !== 'number' || !Number.isFinite(multiplier) || multiplier < 1) {
        throw invalid(`${field}.multiplier`, 'a number of 1 or more', multiplier);
      }
      return strategy;
    }
    default:
      throw invalid(
        `${field}.type`,
        "'exponential', 'linear' or 'immediate'",
        Reflect.get(Object(strategy), 'type'),
      );
  }
}
