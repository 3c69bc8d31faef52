import { type ReactElement, useSyncExternalStore } from 'react';
import type { DeskState } from './session/desk-state.js';
import type { ResearchDesk } from './session/research-desk.js';
import { AnswerView } from './views/answer-view.js';
import { DropZone } from './views/drop-zone.js';
import { FaultsView } from './views/faults-view.js';
import { FiguresView } from './views/figures-view.js';
import { PanelDock } from './views/panel-dock.js';
import { PlanGate } from './views/plan-gate.js';
import { QuestionForm } from './views/question-form.js';
import { StoryView } from './views/story-view.js';
import { TeamStrip } from './views/team-strip.js';

/** The page: the research on one side, the panel that shows its messages on the other. */
export function App({ desk }: { readonly desk: ResearchDesk }): ReactElement {
  const state = useSyncExternalStore(desk.subscribe, () => desk.state);
  const { phase, steps, workloads, plan, report, execution, notice } = state;
  return (
    <DropZone onFiles={(files) => desk.takeDocuments(files)}>
      <div className="page">
        <main className="desk">
          <header className="masthead">
            <p className="brand">
              <Logo /> Dagger
            </p>
            <h1>Seven agents research your question</h1>
            <p className="lead">
              They plan, search, read and check each other, all in this tab: no server, no model, and every
              message is there to see.
            </p>
          </header>
          <QuestionForm desk={desk} state={state} />
          {notice !== undefined && (
            <p className="notice" role="status">
              {notice}
            </p>
          )}
          <p className="visually-hidden" role="status">
            {announcementOf(state)}
          </p>
          <TeamStrip
            workloads={workloads}
            waiting={plan !== undefined}
            working={phase === 'working'}
            status={statusOf(state)}
          />
          {plan && <PlanGate key={plan.request} plan={plan} onApprove={(parts) => desk.approvePlan(parts)} />}
          {report && <AnswerView report={report} read={(path) => desk.read(path)} />}
          {execution && <FiguresView execution={execution} documents={report?.documents.length} />}
          {steps.length > 0 && <StoryView steps={steps} />}
          <FaultsView desk={desk} state={state} />
        </main>
        <PanelDock executor={state.executor} />
      </div>
    </DropZone>
  );
}

function statusOf({ phase, plan, indexing, report }: DeskState): string {
  if (phase === 'opening') return 'getting ready …';
  if (phase === 'idle') return 'ready when you are';
  if (phase === 'ended') return report ? 'done, see below' : 'no answer';
  if (plan) return 'waiting for you';
  if (indexing && indexing.done < indexing.total) return `indexing ${indexing.done} of ${indexing.total} …`;
  return 'at work …';
}

/** For those who do not see the page: only what is worth interrupting them for. */
function announcementOf({ phase, plan, report }: DeskState): string {
  if (phase === 'working') return plan ? 'The planner asks you something.' : 'The team is at work.';
  return phase === 'ended' && report ? 'The answer is there.' : '';
}

function Logo(): ReactElement {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M10 16 21 9.5M10 16l11 6.5" />
      <circle cx="9.5" cy="16" r="3.6" />
      <circle cx="22" cy="9" r="3" />
      <circle cx="22" cy="23" r="3" />
    </svg>
  );
}
