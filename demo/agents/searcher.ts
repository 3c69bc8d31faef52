import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { findingsSchema, readingSchema, searchSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Finds the documents worth reading for one part that were not read for it before. */
export function searcher(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'searcher',
    description: 'Finds documents by BM25',
    subscribe: { searches: searchSchema },
    publish: { readings: readingSchema, findings: findingsSchema },
    async process({ payload: { researchId, partId, round, text, query }, publish, cache, signal }) {
      await tools.beforeStep('searcher', signal);
      const notebook = new Notebook(cache, researchId);
      const { index } = await tools.library();
      const known = new Set(notebook.foundUpTo(partId, round - 1));
      const paths = index
        .searchDocuments(query, tools.documents + known.size)
        .map((hit) => hit.path)
        .filter((path) => !known.has(path))
        .slice(0, tools.documents);
      notebook.writeFound(partId, round, paths);
      for (const path of paths) {
        const taskId = `${researchId} ${partId} ${path}`;
        const task = { taskId, type: 'read', data: { path, for: text }, maxAttempts: tools.attempts };
        await publish('readings', { researchId, partId, round, path }, { task });
      }
      await publish('findings', { researchId, partId, round, paths });
    },
  });
}
