import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { composeAnswer } from '../research/answer.js';
import { reportSchema, verdictSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Writes the report once every part is settled: in the order asked, and nothing said twice. */
export function reporter(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'reporter',
    description: 'Writes the report',
    subscribe: { verdicts: verdictSchema },
    publish: { reports: reportSchema },
    transactional: true,
    async process({ payload: { researchId }, publish, cache, signal }) {
      const notebook = new Notebook(cache, researchId);
      const parts = notebook.plan.map((part) => ({ part, verdict: notebook.verdict(part.id) }));
      if (parts.some(({ verdict }) => verdict === undefined) || !notebook.once('report')) return;
      await tools.beforeStep('reporter', signal);
      const { index } = await tools.library();
      const said: string[] = [];
      const documents = new Set<string>();
      const sections = parts.flatMap(({ part, verdict }) => {
        if (!verdict) return [];
        const paths = notebook.foundUpTo(part.id, verdict.rounds);
        for (const path of paths) documents.add(path);
        const notes = paths.flatMap((path) => notebook.evidence(part.id, path) ?? []);
        const answer = composeAnswer(part, notes, index, { said });
        said.push(...answer.statements.map((statement) => statement.text), answer.example?.code ?? '');
        return [{ ...answer, ...verdict }];
      });
      const { question } = notebook;
      await publish('reports', { researchId, question, sections, documents: [...documents].sort() });
    },
  });
}
