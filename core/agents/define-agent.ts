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
  ? { readonly [Name in Publish]: Sendable<InferInput<Output>> }
  : Publish extends readonly (infer Name extends string)[]
    ? { readonly [Each in Name]: Sendable<InferInput<Output>> }
    : { readonly [Name in keyof Publish & string]: Sendable<InferInput<Publish[Name]>> };

/** Payloads are copied when they are published, so read-only arrays and objects will do. What is any JSON stays short. */
type Sendable<T> = [object] extends [T] ? T : SendableEach<T>;

type SendableEach<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly unknown[]
      ? number extends T['length']
        ? readonly Sendable<T[number]>[]
        : SendableMembers<T>
      : SendableMembers<T>;

type SendableMembers<T> = { readonly [Key in keyof T]: Sendable<T[Key]> };

/** One schema for all channels, unless each has its own. */
type SharedSchema<Names, Schema> = Names extends string | readonly string[] ? Schema : undefined;

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

/**
 * What `process` may give for the only publication. Messages that it published itself may fall out of it, and are not
 * published again.
 */
export type Returnable<Publications> =
  | OnlyOne<Publications>
  | Message
  | readonly Message[]
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a function without a return statement gives void, not undefined
  | void;

/** What `process` gives back: nothing, a value for the only publication, or many of them from a generator. */
export type ProcessResult<Value> = Value | Promise<Value> | AsyncIterable<Value> | Generator<Value>;

/** What `defineAgent` takes. */
export interface AgentDefinition<
  Subscribe extends Channels,
  Publish extends Channels,
  Input extends AnySchema | undefined,
  Output extends AnySchema | undefined,
  Value extends Returnable<Published<Publish, Output>> = Returnable<Published<Publish, Output>>,
> {
  /** Unique in an executor. */
  readonly name: string;
  readonly description?: string | undefined;
  /** Channels it listens to: a name, names, or schemas by name. */
  readonly subscribe: Subscribe;
  /** Channels it publishes to: a name, names, or schemas by name. Default: none. */
  readonly publish?: Publish | undefined;
  /** What every subscribed channel delivers. JSON Schema or Standard Schema. Default: any JSON. */
  readonly inputSchema?: SharedSchema<Subscribe, Input> | undefined;
  /** What every publication takes. Default: any JSON. */
  readonly outputSchema?: SharedSchema<Publish, Output> | undefined;
  /** Messages processed at a time. Whole, 1 or more. Default 1. */
  readonly concurrency?: number | undefined;
  /** Effects appear together when an invocation succeeds, or not at all. Default false. */
  readonly transactional?: boolean | undefined;
  /** How long one attempt may take, in seconds. Default: as long as the run. */
  readonly timeoutSeconds?: number | undefined;
  /** Handles one message. */
  process(
    context: ContextOf<Delivered<Subscribe, Input>, Published<Publish, Output>>,
  ): ProcessResult<Value> | ProcessResult<Returnable<Published<Publish, Output>>>;
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
  // Inferred from what `process` returns, so that `{ kind: 'page' }` is not widened to `{ kind: string }`.
  const Value extends Returnable<Published<Publish, Output>> = undefined,
>(definition: AgentDefinition<Subscribe, Publish, Input, Output, Value>): PubSubAgent {
  if (typeof definition !== 'object' || definition === null)
    throw invalid('agent', 'a definition', definition);
  for (const key of Object.keys(definition)) {
    if (!KNOWN.includes(key)) throw invalid(`agent.${key}`, `one of ${KNOWN.join(', ')}`, key);
  }
  if (typeof definition.process !== 'function')
    throw invalid('agent.process', 'a function', definition.process);
  // The executor calls it with contexts that the schemas have checked: the types above are erased here, once.
  const process = definition.process as unknown as PubSubAgent['processMessage'];
  const agent = new DefinedAgent(definition, process);
  checkAgent(agent);
  return agent;
}

type Description = Omit<AgentDefinition<Channels, Channels, AnySchema, AnySchema>, 'process'>;

/**
 * What `defineAgent` makes. What is called for each message are private fields, and no entries of a WeakMap: in those
 * agents' functions come to lie in the order of their hashes, each far from the one before it.
 */
class DefinedAgent implements PubSubAgent {
  readonly name: string;
  readonly description: string;
  readonly subscriptions: readonly string[];
  readonly publications: readonly string[];
  readonly inputSchema: AgentSchema | undefined;
  readonly outputSchema: AgentSchema | undefined;
  readonly concurrency: number | undefined;
  readonly transactional: boolean | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly processMessage: PubSubAgent['processMessage'];
  readonly #method: PubSubAgent['processMessage'];
  readonly #process: PubSubAgent['processMessage'];
  readonly #self: unknown;

  constructor(definition: Description, process: PubSubAgent['processMessage']) {
    const { name, description = '', subscribe, publish = [], inputSchema, outputSchema } = definition;
    this.name = name;
    this.description = description;
    this.subscriptions = namesOf(subscribe, 'agent.subscribe');
    this.publications = namesOf(publish, 'agent.publish');
    this.inputSchema = schemaOf(subscribe, inputSchema, 'agent.inputSchema');
    this.outputSchema = schemaOf(publish, outputSchema, 'agent.outputSchema');
    this.concurrency = definition.concurrency;
    this.transactional = definition.transactional;
    this.timeoutSeconds = definition.timeoutSeconds;
    this.processMessage = (context) => process.call(definition, context);
    this.#method = this.processMessage;
    this.#process = process;
    this.#self = definition;
  }

  static handlerOf(agent: PubSubAgent): AgentHandler | undefined {
    // Somebody may have put another method in its place.
    if (!(#method in agent) || agent.#method !== agent.processMessage) return undefined;
    return { process: agent.#process, self: agent.#self };
  }
}

/** What is behind the method of a defined agent. */
export interface AgentHandler {
  readonly process: PubSubAgent['processMessage'];
  /** What `process` is called on. */
  readonly self: unknown;
}

/** For who calls a defined agent often: its `process`, without the agent and its method around it. */
export function handlerOf(agent: PubSubAgent): AgentHandler | undefined {
  return DefinedAgent.handlerOf(agent);
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
