import { invalid } from '../errors.js';
import type { Message } from '../messaging/message.js';
import type { AnySchema } from '../schema/schema-validator.js';
import { type AgentContext, type AgentSchema, ChannelSchemas, type PubSubAgent } from './agent.js';
import { checkAgent } from './check-agent.js';
import type { InferInput, InferOutput } from './schema-types.js';

/** Channel names, or schemas by channel name. */
type Channels = string | readonly string[] | { readonly [channel: string]: AnySchema };

/** What each subscribed channel delivers. */
type Delivered<Subscribe, Input> = Subscribe extends string
  ? { readonly [Name in Subscribe]: InferOutput<Input> }
  : Subscribe extends readonly (infer Name extends string)[]
    ? { readonly [Each in Name]: InferOutput<Input> }
    : { readonly [Name in keyof Subscribe & string]: InferOutput<Subscribe[Name]> };

/** What each publication takes. */
type Published<Publish, Output> = Publish extends string
  ? { readonly [Name in Publish]: InferInput<Output> }
  : Publish extends readonly (infer Name extends string)[]
    ? { readonly [Each in Name]: InferInput<Output> }
    : { readonly [Name in keyof Publish & string]: InferInput<Publish[Name]> };

/** One context type for each subscribed channel, so that `channel` narrows `payload`. */
type ContextOf<Delivers extends object, Publications extends object> = {
  [Name in keyof Delivers & string]: AgentContext<Delivers[Name], Name, Publications>;
}[keyof Delivers & string];

/** Never is what a union of several publications comes to: then nothing may be returned. */
type OnlyOne<Publications, Names = keyof Publications> = [Names] extends [never]
  ? never
  : Names extends keyof Publications
    ? [keyof Publications] extends [Names]
      ? Publications[Names]
      : never
    : never;

/** What `process` may return; messages that it published itself may fall out of it, and are not published again. */
// biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement gives void, not undefined
type Result<Value> = Value | Message | readonly Message[] | undefined | void;

/** What `process` gives back: nothing, a value for the only publication, or many of them from a generator. */
export type ProcessResult<Publications extends object> =
  | Result<OnlyOne<Publications>>
  | Promise<Result<OnlyOne<Publications>>>
  | AsyncIterable<OnlyOne<Publications>>;

/** What `defineAgent` takes. */
export interface AgentDefinition<
  Subscribe extends Channels,
  Publish extends Channels,
  Input extends AnySchema | undefined,
  Output extends AnySchema | undefined,
> {
  /** Unique in an executor. */
  readonly name: string;
  readonly description?: string;
  /** Channels it listens to: a name, names, or schemas by name. */
  readonly subscribe: Subscribe;
  /** Channels it publishes to: a name, names, or schemas by name. Default: none. */
  readonly publish?: Publish;
  /** What every subscribed channel delivers. JSON Schema or Standard Schema. Default: any JSON. */
  readonly inputSchema?: Input;
  /** What every publication takes. Default: any JSON. */
  readonly outputSchema?: Output;
  /** Messages processed at a time. Whole, 1 or more. Default 1. */
  readonly concurrency?: number;
  /** Effects appear together when an invocation succeeds, or not at all. Default false. */
  readonly transactional?: boolean;
  /** How long one attempt may take, in seconds. Default: as long as the run. */
  readonly timeoutSeconds?: number;
  /** Handles one message. */
  process(
    context: ContextOf<Delivered<Subscribe, Input>, Published<Publish, Output>>,
  ): ProcessResult<Published<Publish, Output>>;
}

const KNOWN: readonly string[] = [
  'name',
  'description',
  'subscribe',
  'publish',
  'inputSchema',
  'outputSchema',
  'concurrency',
  'transactional',
  'timeoutSeconds',
  'process',
];

/**
 * Makes an agent whose types follow from its schemas: the payload it gets, narrowed by `channel`, and what it may
 * publish where.
 *
 * @throws PubSubError `VALIDATION_ERROR` naming the field at fault.
 * @example
 * const shout = defineAgent({
 *   name: 'shout',
 *   subscribe: 'words',
 *   publish: 'loud-words',
 *   inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
 *   outputSchema: { type: 'string' },
 *   process: ({ payload }) => payload.word.toUpperCase(),
 * });
 */
export function defineAgent<
  const Subscribe extends Channels,
  const Publish extends Channels = readonly [],
  const Input extends AnySchema | undefined = undefined,
  const Output extends AnySchema | undefined = undefined,
>(definition: AgentDefinition<Subscribe, Publish, Input, Output>): PubSubAgent {
  if (typeof definition !== 'object' || definition === null)
    throw invalid('agent', 'a definition', definition);
  for (const key of Object.keys(definition)) {
    if (!KNOWN.includes(key)) throw invalid(`agent.${key}`, `one of ${KNOWN.join(', ')}`, key);
  }
  const { name, description = '', subscribe, publish = [], inputSchema, outputSchema } = definition;
  if (typeof definition.process !== 'function')
    throw invalid('agent.process', 'a function', definition.process);
  // The executor calls it with contexts that the schemas have checked: the types above are erased here, once.
  const process = definition.process as unknown as PubSubAgent['processMessage'];
  const agent: PubSubAgent = {
    name,
    description,
    subscriptions: namesOf(subscribe, 'agent.subscribe'),
    publications: namesOf(publish, 'agent.publish'),
    inputSchema: schemaOf(subscribe, inputSchema, 'agent.inputSchema'),
    outputSchema: schemaOf(publish, outputSchema, 'agent.outputSchema'),
    concurrency: definition.concurrency,
    transactional: definition.transactional,
    timeoutSeconds: definition.timeoutSeconds,
    processMessage: (context) => process.call(definition, context),
  };
  checkAgent(agent);
  return agent;
}

function namesOf(channels: unknown, field: string): readonly string[] {
  if (typeof channels === 'string') return [channels];
  if (Array.isArray(channels)) return channels;
  if (typeof channels === 'object' && channels !== null) return Object.keys(channels);
  throw invalid(field, 'a channel name, a list of them, or schemas by channel name', channels);
}

function schemaOf(channels: unknown, schema: AnySchema | undefined, field: string): AgentSchema | undefined {
  if (!isSchemaMap(channels)) return schema;
  if (schema !== undefined) throw invalid(field, 'nothing, as each channel has a schema of its own', schema);
  return new ChannelSchemas(channels);
}

function isSchemaMap(channels: unknown): channels is { readonly [channel: string]: AnySchema } {
  return typeof channels === 'object' && channels !== null && !Array.isArray(channels);
}
