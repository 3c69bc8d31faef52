import { requireOptions } from '../config.js';
import type { JsonValue } from '../json.js';
import type { PubSubAgent } from './agent.js';
import { requireUnreserved } from './check-agent.js';
import { defineAgent } from './define-agent.js';

/** Options of {@link humanInterruptAgent}. */
export interface HumanInterruptOptions {
  /** Default `human-interrupt`. */
  readonly name?: string | undefined;
  /** Where questions arrive. Default `human_review`. */
  readonly subscribe?: string | undefined;
  /** Where answers go. Default `human_answers`. */
  readonly publish?: string | undefined;
}

/** What an answer looks like on the channel. */
const answerSchema = {
  type: 'object',
  properties: {
    question: { type: 'string' },
    answer: {},
    source: { enum: ['human', 'autopilot'] },
  },
  required: ['question', 'answer', 'source'],
} as const;

/**
 * An agent that puts every message of a channel to a person: `{ question, schema?, default? }`, or any other JSON,
 * which is then shown as the question. Answers are published as `{ question, answer, source }`.
 *
 * @throws PubSubError `VALIDATION_ERROR` for a bad option.
 * @example
 * executor.registerAgent(humanInterruptAgent());
 * await executor.publish('human_review', { question: 'Send it?', default: false });
 */
export function humanInterruptAgent(options: HumanInterruptOptions = {}): PubSubAgent {
  requireOptions(options, 'options', ['name', 'subscribe', 'publish']);
  const { name = 'human-interrupt', subscribe = 'human_review', publish = 'human_answers' } = options;
  requireUnreserved(subscribe, 'options.subscribe');
  requireUnreserved(publish, 'options.publish');
  return defineAgent({
    name,
    description: 'Asks a person',
    subscribe,
    publish,
    outputSchema: answerSchema,
    // A question may wait for days: it must not hold up the ones behind it.
    concurrency: 1000,
    async process({ payload, human }) {
      const asked = questionOf(payload);
      const { answer, source } = await human.ask(asked);
      return { question: asked.question, answer, source };
    },
  });
}

function questionOf(payload: JsonValue): { question: string; schema?: JsonValue; default?: JsonValue } {
  if (typeof payload === 'string' && payload !== '') return { question: payload };
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { question: JSON.stringify(payload) };
  }
  const { question, schema, default: fallback } = { ...payload } as { readonly [key: string]: JsonValue };
  if (typeof question !== 'string' || question === '') return { question: JSON.stringify(payload) };
  return {
    question,
    ...(schema !== undefined && { schema }),
    ...(fallback !== undefined && { default: fallback }),
  };
}
