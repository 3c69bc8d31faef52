import type { JsonValue } from '../json.js';

/** What can be known of an agent without running it: plain JSON, as `listAgents()` and the journal have it. */
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
