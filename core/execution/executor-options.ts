import {
  type PubSubConfig,
  requireOneOf,
  requireOptions,
  requireTimeout,
  requireWait,
  requireWhole,
} from '../config.js';
import { invalid } from '../errors.js';
import { requireName } from '../identifiers.js';
import type { JsonValue } from '../json.js';
import { OVERFLOW_POLICIES, type OverflowPolicy } from '../messaging/channel.js';
import type { StorageAdapter } from '../persistence/storage-adapter.js';
import type { Runtime } from '../runtime.js';
import type { SchemaValidator } from '../schema/schema-validator.js';
import { Cache } from '../state/cache.js';
import type { EventListener } from './listeners.js';
import { type PartialLogger, requireLogger } from './logger.js';

/** When a publish by the application counts as done; see `OpenOptions.durability`. */
export type Durability = 'sync' | 'batched' | 'exit';

const DURABILITIES = ['sync', 'batched', 'exit'] as const;

/** How much history an executor keeps. */
export interface RetentionOptions {
  /**
   * Nodes of the execution tree, and outcomes of a run: the newest are kept. Whole, 1 or more. Default 100,000; a node
   * takes about 35 bytes, a message that was processed by one agent makes two.
   */
  readonly nodes?: number | undefined;
  /** Runs that have ended: the newest are remembered. Whole, 1 or more. Default 1,000. */
  readonly maxRuns?: number | undefined;
  /** How long a run that has ended is remembered, in seconds. More than 0. Default: for ever. */
  readonly maxAgeSeconds?: number | undefined;
}

/** Options of `PubSubExecutor.open`. All can be left out. */
export interface OpenOptions {
  /** Where state is kept. Default: nowhere; nothing survives the executor then. */
  readonly storage?: StorageAdapter | undefined;
  /**
   * - `sync` (default): what is acknowledged is on the device, and survives a power cut
   * - `batched`: it is in the hands of the operating system, and survives the end of the process
   * - `exit`: state is saved at the end, at a pause and by `saveState()`
   */
  readonly durability?: Durability | undefined;
  /** Which state in the storage: one executor holds each. Default `default`. */
  readonly namespace?: string | undefined;
  /**
   * How long to wait for a store that another writer holds, in seconds: from 0 to 86400. Default 0: `open` rejects with
   * `LOCK_ERROR` at once.
   */
  readonly waitSeconds?: number | undefined;
  readonly config?: PubSubConfig | undefined;
  /** Entries to begin with, for instance from `loadCacheFromJson`. */
  readonly cache?: Cache | undefined;
  /**
   * Checks JSON Schemas. Default: ajv, or an eval-free one where code generation is forbidden; loaded behind the first
   * messages, or at once where there is a `runtime` of yours, so that a run can be repeated exactly.
   */
  readonly validator?: SchemaValidator | undefined;
  /** Time, turns and randomness. Default: the platform's. */
  readonly runtime?: Runtime | undefined;
  readonly retention?: RetentionOptions | undefined;
  /**
   * Hears of every event from the very first on, the executor's own opening included; what `subscribe` adds later has
   * missed that one. Over a fresh state `fold` of what it heard is `executor.state`.
   */
  readonly listener?: EventListener | undefined;
  /** Where notes go, such as that a delivery has failed for good. Default: warnings to the console. */
  readonly logger?: PartialLogger | undefined;
}

/** Checks the options that `open` can check by itself. @throws PubSubError `VALIDATION_ERROR` naming the field. */
export function requireOpenOptions(options: OpenOptions): void {
  const known = [
    'storage',
    'durability',
    'namespace',
    'waitSeconds',
    'config',
    'cache',
    'validator',
    'runtime',
    'retention',
    'listener',
    'logger',
  ];
  requireOptions(options, 'options', known);
  const { storage, durability, cache, validator, runtime, retention, listener, logger } = options;
  if (storage !== undefined) requireMethods(storage, 'options.storage', ['open', 'list', 'remove', 'close']);
  if (durability !== undefined) requireOneOf(durability, 'options.durability', DURABILITIES);
  if (options.namespace !== undefined) requireName(options.namespace, 'options.namespace');
  if (options.waitSeconds !== undefined) requireWait(options.waitSeconds, 'options.waitSeconds');
  if (cache !== undefined && !(cache instanceof Cache)) throw invalid('options.cache', 'a Cache', cache);
  if (validator !== undefined) requireMethods(validator, 'options.validator', ['compile']);
  if (runtime !== undefined)
    requireMethods(runtime, 'options.runtime', ['now', 'setTimer', 'yieldTurn', 'defer']);
  if (listener !== undefined && typeof listener !== 'function') {
    throw invalid('options.listener', 'a function', listener);
  }
  if (logger !== undefined) requireLogger(logger, 'options.logger');
  if (retention !== undefined) {
    requireOptions(retention, 'options.retention', ['nodes', 'maxRuns', 'maxAgeSeconds']);
    const { nodes, maxRuns, maxAgeSeconds } = retention;
    if (nodes !== undefined) requireWhole(nodes, 'options.retention.nodes', 1);
    if (maxRuns !== undefined) requireWhole(maxRuns, 'options.retention.maxRuns', 1);
    if (maxAgeSeconds !== undefined && !(typeof maxAgeSeconds === 'number' && maxAgeSeconds > 0)) {
      throw invalid('options.retention.maxAgeSeconds', 'a number above 0', maxAgeSeconds);
    }
  }
}

function requireMethods(value: unknown, field: string, methods: readonly string[]): void {
  for (const method of methods) {
    const found: unknown =
      typeof value === 'object' && value !== null ? Reflect.get(value, method) : undefined;
    if (typeof found !== 'function') throw invalid(field, `an object with the method ${method}`, value);
  }
}

/** What a run does. */
export type RunSpec =
  /** Starts with a message, and ends when nothing is left to do. */
  | { readonly channel: string; readonly payload: unknown; readonly resume?: undefined }
  /** Finishes what a crash or a pause left, and then ends. */
  | { readonly resume: true; readonly channel?: undefined; readonly payload?: undefined }
  /** Listens until `stop()`. */
  | { readonly channel?: undefined; readonly payload?: undefined; readonly resume?: undefined };

/** Options of `execute`. */
export interface RunOptions {
  /** Cancels the run when it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** How long the run may take, in seconds. Default `config.timeoutSeconds`; none for a reactive run. */
  readonly timeoutSeconds?: number | undefined;
}

/** Checks what `execute` was given. @throws PubSubError `VALIDATION_ERROR` naming the field. */
export function requireRun(spec: RunSpec, options: RunOptions): void {
  if (typeof spec !== 'object' || spec === null) {
    throw invalid('spec', '{ channel, payload }, { resume: true } or {}', spec);
  }
  requireOptions(spec, 'spec', ['channel', 'payload', 'resume']);
  requireOptions(options, 'options', ['signal', 'timeoutSeconds']);
  const { channel, resume } = spec;
  if (resume !== undefined && resume !== true) throw invalid('spec.resume', 'true', resume);
  if (resume && channel !== undefined) throw invalid('spec.channel', 'nothing, as the run resumes', channel);
  if (channel !== undefined) requireName(channel, 'spec.channel');
  else if ('payload' in spec && spec.payload !== undefined) {
    throw invalid('spec.channel', 'the channel for the payload', channel);
  }
  const { signal, timeoutSeconds } = options;
  if (timeoutSeconds !== undefined) requireTimeout(timeoutSeconds, 'options.timeoutSeconds');
  if (signal !== undefined && typeof Reflect.get(Object(signal), 'addEventListener') !== 'function') {
    throw invalid('options.signal', 'an AbortSignal', signal);
  }
}

/** Options of `openChannel`. */
export interface ChannelOptions {
  /** How many waiting messages each mailbox holds. Whole, 1 or more. Default `config.maxMessages`. */
  readonly capacity?: number | undefined;
  /** What a full mailbox does. Default `drop-oldest`. */
  readonly overflow?: OverflowPolicy | undefined;
  /** How many of its last messages are handed to agents that come later. Whole, 0 or more. Default 0. */
  readonly retain?: number | undefined;
}

/** Checks the options of a channel and fills in what is absent from `defaults`. */
export function resolveChannelOptions(
  options: ChannelOptions,
  defaults: { readonly capacity: number; readonly overflow: OverflowPolicy; readonly retain: number },
): { capacity: number; overflow: OverflowPolicy; retain: number } {
  requireOptions(options, 'options', ['capacity', 'overflow', 'retain']);
  const { capacity = defaults.capacity, overflow = defaults.overflow, retain = defaults.retain } = options;
  return {
    capacity: requireWhole(capacity, 'options.capacity', 1),
    overflow: requireOneOf(overflow, 'options.overflow', OVERFLOW_POLICIES),
    retain: requireWhole(retain, 'options.retain', 0),
  };
}

/** Work that waits because its agent is not registered. */
export interface UndeliveredMail {
  readonly agent: string;
  readonly channel: string;
  /** How many deliveries wait. */
  readonly count: number;
  /** Payload of the oldest. */
  readonly oldest: JsonValue;
}
