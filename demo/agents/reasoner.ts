import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { composeAnswer } from '../research/answer.js';
import { answerSchema, findingsSchema, noteSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/**
 * Composes the answer to a part once every document found for it has been read, whichever message says so last. One at a
 * time and transactional, so that each round of a part is answered exactly once.
 */
export function reasoner(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'reasoner',
    description: 'Composes an answer from the notes',
    subscribe: { findings: findingsSchema, notes: noteSchema },
    publish: { answers: answerSchema },
    transactional: true,
    async process({ payload: { researchId, partId, round }, publish, cache, signal }) {
      const notebook = new Notebook(cache, researchId);
      if (notebook.found(partId, round) === undefined) return;
      const evidence = notebook.foundUpTo(partId, round).map((path) => notebook.evidence(partId, path));
      const notes = evidence.filter((piece) => piece !== undefined);
      if (notes.length < evidence.length || !notebook.once(`answer ${partId} ${round}`)) return;
      await tools.beforeStep('reasoner', signal);
      const { index } = await tools.library();
      const { direct, statements } = composeAnswer(notebook.part(partId, round), notes, index);
      await publish('answers', { researchId, partId, round, direct, statements });
    },
  });
}
