import { invalid } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { Message } from '../messaging/message.js';
import type { AnySchema, WideSchema } from '../schema/schema-validator.js';
import type { Cache } from '../state/cache.js';
import type { TaskInput, TaskManager } from '../state/task-manager.js';
import type { InferOutput } from './schema-types.js';

/**
 * What an agent is. Make one with `defineAgent`, which infers every type, or implement this by hand.
 *
 * @example
 * class Echo implements PubSubAgent {
 *   readonly name = 'echo';
 *   readonly description = 'Says it again';
 *   readonly subscriptions = ['in'];
 *   readonly publications = ['out'];
 *   readonly inputSchema = { type: 'string' };
 *   readonly outputSchema = { type: 'string' };
 *   async processMessage({ payload, publish }: AgentContext) {
 *     await publish('out', payload);
 *   }
 * }
 */
export interface PubSubAgent {
  /** Unique in an executor. */
  readonly name: string;
  readonly description: string;
  /** Channels it listens to. */
  readonly subscriptions: readonly string[];
  /** Channels it may publish to; publishing anywhere else is refused. */
  readonly publications: readonly string[];
  /** What it takes: one schema for all its subscriptions, or one for each channel. Absent: any JSON. */
  readonly inputSchema?: AgentSchema | undefined;
  /** What it gives: one schema for all its publications, or one for each channel. Absent: any JSON. */
  readonly outputSchema?: AgentSchema | undefined;
  /** How many messages it processes at a time, over all its channels. Default 1: one after the other, in order. */
  readonly concurrency?: number | undefined;
  /** Publishes, cache writes and task changes of an invocation appear together when it succeeds, or not at all. */
  readonly transactional?: boolean | undefined;
  /** How long one attempt may take, in seconds, before it fails with `TIMEOUT_EXCEEDED`. Default: as long as the run. */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Handles one message. A value it returns (or each that an async generator yields) is published to its only
   * publication. A throw is retried.
   */
  processMessage(context: AgentContext): unknown;
  /** Checks beyond the schema; throws, rejects or answers false to refuse the payload. */
  validateInput?(payload: JsonValue, channel: string): Verdict | Promise<Verdict>;
  /** Checks beyond the schema; throws, rejects or answers false to refuse the payload. */
  validateOutput?(payload: JsonValue, channel: string): Verdict | Promise<Verdict>;
}

/** What a check of an agent's own answers: false refuses the payload, anything else takes it. */
// biome-ignore lint/suspicious/noConfusingVoidType: a check without a return statement gives void, not undefined
type Verdict = boolean | undefined | void;

/** One schema, or a schema for each channel. */
export type AgentSchema = AnySchema | WideSchema | ChannelSchemas;

/**
 * A schema for each channel, for an agent that is implemented by hand.
 *
 * @example inputSchema = new ChannelSchemas({ pages: pageSchema, images: imageSchema });
 */
export class ChannelSchemas {
  readonly channels: { readonly [channel: string]: AnySchema };

  /** @throws PubSubError `VALIDATION_ERROR` when it is no object of schemas. */
  constructor(channels: { readonly [channel: string]: AnySchema }) {
    if (typeof channels !== 'object' || channels === null || Array.isArray(channels)) {
      throw invalid('channels', 'schemas by channel name', channels);
    }
    this.channels = channels;
  }
}

/** A function that makes an agent; called once for each registration. */
export type AgentFactory = () => PubSubAgent;

/** What a publish may say besides the payload. */
export interface PublishOptions {
  /** Creates or updates this task and stamps the message with its id. */
  readonly task?: TaskInput | undefined;
}

/** What an agent is given for one attempt at one message. */
export interface AgentContext<
  Payload = JsonValue,
  Channel extends string = string,
  Publications extends object = { readonly [channel: string]: JsonValue },
> {
  /** Identifies this invocation; the same for every attempt at the same message. */
  readonly nodeId: string;
  /** Id of the run that works on the message now, as its handle says; after a restart that is another one. */
  readonly runId: string;
  readonly channel: Channel;
  readonly message: Message<Payload>;
  /** `message.payload`, as the schema gives it. Shared with other subscribers: read it, do not change it. */
  readonly payload: Payload;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the run ends or this attempt runs out of time. Hand it to `fetch` and the like. */
  readonly signal: AbortSignal;
  readonly cache: Cache;
  readonly tasks: TaskManager;
  readonly human: HumanGate;
  readonly tokens: TokenMeter;
  /**
   * Publishes a message. Idempotent over attempts: what an earlier attempt has published already is not sent again.
   *
   * @throws PubSubError `VALIDATION_ERROR` for a channel not in `publications` or a payload that does not fit;
   * `SERIALIZATION_ERROR` for one that is not JSON; `CHANNEL_FULL` on a channel with `overflow: 'reject'`;
   * `CANCELLED` when the run has ended.
   */
  publish<Name extends keyof Publications & string>(
    channel: Name,
    payload: Publications[Name] | Message<Publications[Name]>,
    options?: PublishOptions,
  ): Promise<Message>;
}

/** Questions to people. */
export interface HumanGate {
  /**
   * Waits for a person's answer, at most `humanWaitMinutes`; then `humanTimeoutAction` decides. The answer has the type
   * that its schema says.
   *
   * @throws PubSubError `CANCELLED` when the question was cancelled or the run has ended; `VALIDATION_ERROR` for a bad
   * question, or a default that does not fit the schema.
   */
  ask<const Schema = undefined>(question: HumanQuestion<Schema>): Promise<HumanAnswer<AnswerTo<Schema>>>;
}

export interface HumanQuestion<Schema = unknown> {
  readonly question: string;
  /** JSON Schema that the answer must fit, or a Standard Schema whose library tells one, as zod does. Default: any JSON. */
  readonly schema?: Schema | undefined;
  /** What autopilot answers. It must fit the schema, too. Default null. */
  readonly default?: unknown;
}

export interface HumanAnswer<Answer = JsonValue> {
  readonly answer: Answer;
  readonly source: 'human' | 'autopilot';
}

/** What answers a question with this schema: any JSON where the schema's type does not tell. */
export type AnswerTo<Schema> = unknown extends InferOutput<Schema> ? JsonValue : InferOutput<Schema>;

/** The run's token budget, `config.maxTokens`. Counts are whole numbers of 0 or more. */
export interface TokenMeter {
  /**
   * Sets tokens aside before a call that will use about that many. Given back by `used`, or when the attempt ends.
   *
   * @throws PubSubError `TOKEN_BUDGET_EXCEEDED` when that many are not left; the run then ends.
   */
  reserve(amount: number): void;
  /** Tells what a call has used. Past the budget the run ends with `TOKEN_BUDGET_EXCEEDED`. */
  used(amount: number): void;
  /** Tokens that can still be reserved; Infinity without a budget. */
  readonly remaining: number;
}
