import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { planQuestion } from '../research/plan.js';
import { briefSchema, searchSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Takes the question apart into parts that can be researched side by side: one task and one search for each. */
export function planner(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'planner',
    description: 'Splits a question into parts',
    subscribe: { briefs: briefSchema },
    publish: { searches: searchSchema },
    transactional: true,
    async process({ payload: { researchId, question }, publish, cache, human, signal }) {
      await tools.beforeStep('planner', signal);
      const proposed = planQuestion(question);
      if (proposed.length === 0) throw new Error('the question holds no word to search for');
      const parts = tools.approvePlan ? await approved(proposed.map((part) => part.text)) : proposed;
      new Notebook(cache, researchId).plan = parts;
      for (const part of parts) {
        const task = {
          taskId: `${researchId} ${part.id}`,
          type: 'answer',
          data: { question: part.text },
          maxAttempts: 1,
        };
        await publish(
          'searches',
          { researchId, partId: part.id, round: 1, text: part.text, query: [...part.terms] },
          { task },
        );
      }

      async function approved(texts: readonly string[]): Promise<ReturnType<typeof planQuestion>> {
        const { answer } = await human.ask({
          question: `Research these parts of “${question}”? Change them as you like.`,
          schema: { type: 'array', items: { type: 'string', minLength: 1 }, minItems: 1 },
          default: texts,
        });
        const chosen = planQuestion(answer.join('\n'));
        return chosen.length > 0 ? chosen : proposed;
      }
    },
  });
}
