import type { PubSubAgent } from 'dagger-agents';
import { evaluator } from './evaluator.js';
import { planner } from './planner.js';
import { reader } from './reader.js';
import { reasoner } from './reasoner.js';
import { reporter } from './reporter.js';
import { searcher } from './searcher.js';
import { supervisor } from './supervisor.js';
import { type TeamOptions, teamTools } from './team-options.js';

/** The channel on which the team takes `{ researchId, question }`. */
export const QUESTIONS = 'questions';

/**
 * The research team, ready to be registered. The same documents and question give the same report, in whatever order
 * messages arrive and however often the work was interrupted.
 *
 * @example
 * executor.registerAgents(researchTeam({ corpus }));
 * await executor.execute({ channel: QUESTIONS, payload: { researchId: '1', question } }).report;
 * new Notebook(executor.cache, '1').report;
 */
export function researchTeam(options: TeamOptions): PubSubAgent[] {
  const tools = teamTools(options);
  return [supervisor, planner, searcher, reader, reasoner, evaluator, reporter].map((member) =>
    member(tools),
  );
}
