import type { JsonValue } from '../json.js';

/** What a person is asked. */
export interface AskedQuestion {
  readonly question: string;
  /** JSON Schema that the answer must fit; null when any answer will do. */
  readonly schema: JsonValue;
}

/** A question that an agent put to a human and that is not settled yet. Plain JSON. */
export interface HumanRequest extends AskedQuestion {
  readonly id: string;
  /** What autopilot answers; null when the agent gave none. */
  readonly default: JsonValue;
  readonly agent: string;
  readonly nodeId: string;
  /** Number of the delivery whose invocation asked. */
  readonly delivery: number;
  /** Id of the run in which it was asked. Absent in what builds before this one have stored. */
  readonly run?: string;
  /** Milliseconds since 1970. */
  readonly askedAt: number;
  /** When patience ends, in milliseconds since 1970; null when it does not. */
  readonly dueAt: number | null;
}

/** How a question was settled, and which it was. `cancelled` makes `ask` throw. */
export type HumanResolution = Settlement & {
  /** Absent in what builds before this one have stored. */
  readonly asked?: AskedQuestion;
};

type Settlement =
  | { readonly answer: JsonValue; readonly source: 'human' | 'autopilot' }
  | { readonly cancelled: true };
