import type { Message, PubSubExecutionReport } from 'dagger-agents';
import fc from 'fast-check';
import { type SystemPlan, systemPlan } from '../../support/random-system.js';

/** What a process that uses everything is told. */
export interface Orders {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly durability: 'sync' | 'batched';
  /** Where it notes what happens. */
  readonly notes: string;
  /** Which random system it is. */
  readonly seed: number;
  /** Which of its lives this is, from 1 on: each does something else. */
  readonly life: number;
  /** When the first of them began, in milliseconds since 1970. */
  readonly beginning: number;
}

/** One line of its notes. */
export type Note =
  /** These are about to be handed to the file store; the first of them has the number `append`. */
  | { readonly append: number; readonly records: readonly string[] }
  | { readonly acknowledged: Message }
  /** Everything up to this event was saved. */
  | { readonly saved: number }
  /** The outcome of this invocation was shown. */
  | { readonly done: string }
  | { readonly report: PubSubExecutionReport }
  | { readonly unhandled: string };

/** The random system of this number, the same in every process. */
export function systemOf(seed: number): SystemPlan {
  const [plan] = fc.sample(systemPlan, { seed, numRuns: 1 });
  if (!plan) throw new Error('there is no such system');
  return plan;
}
