import type { PubSubExecutionReport, RunEvent } from 'dagger-agents';
import { narrate } from '../../agents/narrate.js';
import { isMember, type Member, TEAM } from './faults.js';

export interface Step {
  /** Number in the story: 1, 2, 3 … */
  readonly id: number;
  readonly agent: string;
  readonly text: string;
  /** Seconds since the research began. */
  readonly seconds: number;
}

/** What an agent has to do, and has done. */
export interface Workload {
  readonly addressed: number;
  readonly settled: number;
}

export type Workloads = Readonly<Record<Member, Workload>>;

const LONGEST = 500;

/** The story of one piece of research, told from the executor's events. */
export class Story {
  #began = performance.now();
  #steps: Step[] = [];
  #told = 0;
  #workloads = new Map<Member, { addressed: number; settled: number }>();

  begin(): void {
    this.#began = performance.now();
    this.#steps = [];
    this.#told = 0;
    this.#workloads = new Map();
  }

  /** True when the event added to the story. */
  hear(event: RunEvent): boolean {
    const line = narrate(event);
    if (line) this.tell(line.agent, line.text);
    if (event.type !== 'message.published') return line !== undefined;
    const members = event.to.filter(isMember);
    for (const member of members) this.#workload(member).addressed++;
    return line !== undefined || members.length > 0;
  }

  tell(agent: string, text: string): void {
    this.#told++;
    const seconds = (performance.now() - this.#began) / 1000;
    this.#steps.push({ id: this.#told, agent, text, seconds });
    if (this.#steps.length > LONGEST) this.#steps.shift();
  }

  /** A delivery to this agent has ended, well or not. */
  settle(agent: string): void {
    if (isMember(agent)) this.#workload(agent).settled++;
  }

  /** A copy, as it is now. */
  get steps(): readonly Step[] {
    return [...this.#steps];
  }

  get workloads(): Workloads {
    const of = (member: Member): Workload => ({ ...this.#workload(member) });
    return {
      supervisor: of('supervisor'),
      planner: of('planner'),
      searcher: of('searcher'),
      reader: of('reader'),
      reasoner: of('reasoner'),
      evaluator: of('evaluator'),
      reporter: of('reporter'),
    };
  }

  #workload(member: Member): { addressed: number; settled: number } {
    let workload = this.#workloads.get(member);
    if (!workload) {
      workload = { addressed: 0, settled: 0 };
      this.#workloads.set(member, workload);
    }
    return workload;
  }
}

/** One row of the report's table. */
export interface AgentFigures {
  readonly agent: Member;
  readonly done: number;
  readonly failed: number;
  readonly milliseconds: number;
}

/** The report's outcomes, summed up for each agent of the team that did something. */
export function figuresByAgent({ agentOutcomes }: PubSubExecutionReport): AgentFigures[] {
  return TEAM.flatMap((agent) => {
    const own = agentOutcomes.filter((outcome) => outcome.agent === agent);
    if (own.length === 0) return [];
    const failed = own.filter((outcome) => !outcome.success).length;
    const milliseconds = own.reduce((sum, { durationMs }) => sum + durationMs, 0);
    return [{ agent, done: own.length - failed, failed, milliseconds }];
  });
}
