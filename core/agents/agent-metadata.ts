import type { JsonValue } from '../json.js';

/** What can be known of an agent without running it: plain JSON, as the journal has it. */
export interface AgentMetadata {
  readonly name: string;
  readonly description: string;
  readonly subscriptions: readonly string[];
  readonly publications: readonly string[];
  /** JSON Schema per subscribed channel; null where there is none or its library cannot tell. */
  readonly inputSchemas: { readonly [channel: string]: JsonValue };
  /** JSON Schema per channel it publishes to. */
  readonly outputSchemas: { readonly [channel: string]: JsonValue };
  readonly concurrency: number;
  readonly transactional: boolean;
}

/** The same as `listAgents()` gives it. */
export interface ListedAgent extends AgentMetadata {
  /** The JSON Schema that all its subscribed channels share; null where there is none, or each has its own. */
  readonly inputSchema: JsonValue;
  /** The same for the channels it publishes to. */
  readonly outputSchema: JsonValue;
}

export function listed(metadata: AgentMetadata): ListedAgent {
  const { name, description, subscriptions, publications, inputSchemas, outputSchemas } = metadata;
  const { concurrency, transactional } = metadata;
  const inputSchema = sharedOf(inputSchemas);
  const outputSchema = sharedOf(outputSchemas);
  // Written out: as a copy with two members more it took 2 µs, as long as all else in registering an agent.
  return {
    name,
    description,
    subscriptions,
    publications,
    inputSchemas,
    outputSchemas,
    concurrency,
    transactional,
    inputSchema,
    outputSchema,
  };
}

/** The same object for all, as each schema is made plain once. */
function sharedOf(schemas: AgentMetadata['inputSchemas']): JsonValue {
  let shared: JsonValue | undefined;
  for (const channel of Object.keys(schemas)) {
    const schema = schemas[channel] ?? null;
    if (shared !== undefined && shared !== schema) return null;
    shared = schema;
  }
  return shared ?? null;
}
