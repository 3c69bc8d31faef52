import { defineAgent, type PubSubAgent } from 'dagger-agents';
import { briefSchema, questionSchema, reportSchema } from './channels.js';
import { Notebook } from './notebook.js';
import type { TeamTools } from './team-options.js';

/** Takes a question in, hands it to the planner, and files the report when it comes back. */
export function supervisor(tools: TeamTools): PubSubAgent {
  return defineAgent({
    name: 'supervisor',
    description: 'Takes questions in and files the reports',
    subscribe: { questions: questionSchema, reports: reportSchema },
    publish: { briefs: briefSchema },
    transactional: true,
    async process({ channel, payload, publish, cache, tasks, signal }) {
      await tools.beforeStep('supervisor', signal);
      const notebook = new Notebook(cache, payload.researchId);
      if (channel === 'reports') {
        notebook.report = payload;
        tasks.completeTask(payload.researchId, true);
      } else if (notebook.once('brief')) {
        const { researchId, question } = payload;
        notebook.question = question;
        const task = { taskId: researchId, type: 'research', data: { question }, maxAttempts: 1 };
        await publish('briefs', { researchId, question }, { task });
      }
    },
  });
}
