import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { type Evidence, findEvidence } from '../research/evidence.js';
import { noteSchema, readingSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Reads one document with one part in mind and notes the sentences worth quoting. Several read at a time. */
export function reader(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'reader',
    description: 'Reads a document and notes what it says to a question',
    subscribe: { readings: readingSchema },
    publish: { notes: noteSchema },
    concurrency: 4,
    async process({
      payload: { researchId, partId, round, path },
      message,
      publish,
      cache,
      tasks,
      attempt,
      signal,
    }) {
      const notebook = new Notebook(cache, researchId);
      const taskId = message.taskId ?? `${researchId} ${partId} ${path}`;
      // A crash between these lines and the end of the delivery brings it back: what was read is not read again.
      let evidence = notebook.evidence(partId, path);
      if (!evidence) {
        tasks.updateTaskStatus(taskId, 'in-progress');
        evidence = await read();
        notebook.writeEvidence(partId, evidence);
      }
      if (tasks.getTaskById(taskId)?.status === 'in-progress') tasks.completeTask(taskId, true);
      await publish('notes', { researchId, partId, round, path, sentences: evidence.findings.length });

      async function read(): Promise<Evidence> {
        try {
          await tools.beforeStep('reader', signal);
          const library = await tools.library();
          return findEvidence(await library.document(path), notebook.part(partId, round), library.index);
        } catch (error) {
          if (attempt < tools.attempts || signal.aborted) throw error;
          // Given up: one document less must not keep the others' answer back.
          tasks.updateTaskStatus(taskId, 'failed');
          return { path, title: path, findings: [], examples: [] };
        }
      }
    },
  });
}
