import { type AgentSchema, ChannelSchemas, type PubSubAgent } from '../agents/agent.js';
import { type AgentMetadata, type ListedAgent, listed } from '../agents/agent-metadata.js';
import { copyJson, type JsonValue, setOwn } from '../json.js';
import { compileSchema, type SchemaCheck } from '../schema/compile-schema.js';
import type { AnySchema, SchemaValidator, WideSchema } from '../schema/schema-validator.js';
import { PayloadGate, type PayloadHook } from './payload-gate.js';
import { PayloadGates } from './payload-gates.js';

/** An agent with its schemas compiled: what the executor needs of it, computed once. */
export interface RegisteredAgent {
  readonly agent: PubSubAgent;
  readonly metadata: AgentMetadata;
  /** The metadata as it is listed; made when it first is. */
  listing: ListedAgent | undefined;
  readonly inputs: PayloadGates;
  readonly outputs: PayloadGates;
  readonly transactional: boolean;
}

/** Compiles an agent. @throws PubSubError `VALIDATION_ERROR` for a schema that is none. */
export function compileAgent(agent: PubSubAgent, validator: SchemaValidator): RegisteredAgent {
  const { name, description, subscriptions, publications, concurrency = 1, transactional = false } = agent;
  const inputs = compileSide(agent, 'input', subscriptions, agent.inputSchema, validator);
  const outputs = compileSide(agent, 'output', publications, agent.outputSchema, validator);
  return {
    agent,
    metadata: {
      name,
      description,
      subscriptions: copyNames(subscriptions),
      publications: copyNames(publications),
      inputSchemas: inputs.json,
      outputSchemas: outputs.json,
      // JSON has no Infinity.
      concurrency: Math.min(concurrency, Number.MAX_SAFE_INTEGER),
      transactional,
    },
    listing: undefined,
    inputs: inputs.gates,
    outputs: outputs.gates,
    transactional,
  };
}

/** Agents are listed again and again, as by who shows them. */
export function listingOf(registered: RegisteredAgent): ListedAgent {
  registered.listing ??= listed(registered.metadata);
  return registered.listing;
}

/** Thousands of agents may publish nothing: they share that list. */
const NO_NAMES: readonly string[] = Object.freeze([]);

function copyNames(names: readonly string[]): readonly string[] {
  return names.length === 0 ? NO_NAMES : names.slice();
}

interface Side {
  readonly gates: PayloadGates;
  readonly json: { readonly [channel: string]: JsonValue };
}

const NO_SIDE: Side = { gates: new PayloadGates([]), json: {} };

function compileSide(
  agent: PubSubAgent,
  side: 'input' | 'output',
  channels: readonly string[],
  schema: AgentSchema | undefined,
  validator: SchemaValidator,
): Side {
  const compiled = new Map<AnySchema | WideSchema, SchemaCheck>();
  const checkOf = (channel: string): SchemaCheck | undefined => {
    const own = schema instanceof ChannelSchemas ? schemaFor(schema, channel) : schema;
    if (own === undefined) return undefined;
    const where = `agent "${agent.name}", ${side} schema`;
    const place = schema instanceof ChannelSchemas ? `${where} of channel "${channel}"` : where;
    const check = compiled.get(own) ?? compileSchema(own, validator, place);
    compiled.set(own, check);
    return check;
  };
  if (channels.length === 0) return NO_SIDE;
  const gates: PayloadGate[] = [];
  const json = {};
  for (const channel of channels) {
    const check = checkOf(channel);
    gates.push(new PayloadGate(agent.name, side, channel, check, hookOf(agent, side)));
    setOwn(json, channel, jsonOf(check));
  }
  return { gates: new PayloadGates(gates), json };
}

function schemaFor({ channels }: ChannelSchemas, channel: string): AnySchema | undefined {
  return Object.hasOwn(channels, channel) ? channels[channel] : undefined;
}

function hookOf(agent: PubSubAgent, side: 'input' | 'output'): PayloadHook | undefined {
  if (side === 'input')
    return agent.validateInput && ((payload, channel) => agent.validateInput?.(payload, channel));
  return agent.validateOutput && ((payload, channel) => agent.validateOutput?.(payload, channel));
}

/** Schemas as plain JSON: thousands of agents may have the same. */
const shown = new WeakMap<SchemaCheck, JsonValue>();

/** The schema as plain JSON for listings; null where there is none, or where it cannot be told. */
function jsonOf(check: SchemaCheck | undefined): JsonValue {
  if (check?.json === undefined) return null;
  let json = shown.get(check);
  if (json === undefined) {
    json = copySchema(check.json);
    shown.set(check, json);
  }
  return json;
}

function copySchema(schema: unknown): JsonValue {
  try {
    return copyJson(schema, 'schema');
  } catch {
    return null;
  }
}
