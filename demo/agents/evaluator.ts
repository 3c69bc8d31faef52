import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { measureCoverage } from '../research/coverage.js';
import { proposeFollowUp } from '../research/feedback.js';
import { answerSchema, searchSchema, verdictSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Measures what an answer leaves open, and sends the searcher out again for it, or settles the part. */
export function evaluator(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'evaluator',
    description: 'Finds the gaps of an answer',
    subscribe: { answers: answerSchema },
    publish: { searches: searchSchema, verdicts: verdictSchema },
    transactional: true,
    async process({ payload: { researchId, partId, round, statements }, publish, cache, tasks, signal }) {
      await tools.beforeStep('evaluator', signal);
      const notebook = new Notebook(cache, researchId);
      const part = notebook.part(partId, 1);
      const { index } = await tools.library();
      const coverage = measureCoverage(part.terms, statements, index);
      const followUp = round < tools.rounds ? proposeFollowUp(part, coverage, index) : undefined;
      if (followUp) {
        const known = new Set(part.terms.map((term) => term.stem));
        const added = followUp.terms.filter((term) => !known.has(term.stem));
        notebook.widenPart(round + 1, { ...part, terms: [...part.terms, ...added] });
        const { text, terms } = followUp;
        await publish('searches', { researchId, partId, round: round + 1, text, query: [...terms] });
      } else {
        const missing = coverage.missing.map((term) => term.word);
        const verdict = { rounds: round, coverage: coverage.score, missing };
        notebook.writeVerdict(partId, verdict);
        tasks.completeTask(`${researchId} ${partId}`, true);
        await publish('verdicts', { researchId, partId, ...verdict });
      }
    },
  });
}
