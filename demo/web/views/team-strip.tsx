import type { ReactElement } from 'react';
import { type Member, TEAM } from '../session/faults.js';
import type { Workloads } from '../session/story.js';

const ROLES: Readonly<Record<Member, string>> = {
  supervisor: 'takes it in',
  planner: 'splits it up',
  searcher: 'finds pages',
  reader: 'takes notes',
  reasoner: 'answers',
  evaluator: 'finds gaps',
  reporter: 'writes it up',
};

interface Props {
  readonly workloads: Workloads;
  readonly waiting: boolean;
  readonly working: boolean;
  /** What the team as a whole is doing. */
  readonly status: string;
}

/** The team in the order in which it works; who has something to do is lit. */
export function TeamStrip({ workloads, waiting, working, status }: Props): ReactElement {
  return (
    <ol className="team" aria-label="The team">
      {TEAM.map((member) => {
        const { addressed, settled } = workloads[member];
        const busy = working && addressed > settled;
        const state = busy
          ? waiting && member === 'planner'
            ? 'waiting'
            : 'busy'
          : settled > 0
            ? 'done'
            : 'idle';
        return (
          <li key={member} data-state={state}>
            <span className="member">{member}</span>
            <span className="role">{settled > 0 ? `${settled} done` : ROLES[member]}</span>
          </li>
        );
      })}
      <li className="status">{status}</li>
    </ol>
  );
}
