import type { ExecutionTree, PubSubExecutionReport, RunEvent } from 'dagger-agents';
import { narrate } from '../../agents/narrate.js';
import { QUESTIONS } from '../../agents/team.js';
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
/** Statuses of invocations that are over. */
const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'invalid', 'dropped', 'cancelled']);

/** The story of one piece of research, told from the executor's events. */
export class Story {
  readonly #keep: (step: Step) => void;
  #began = performance.now();
  #steps: Step[] = [];
  #told = 0;
  #workloads = new Map<Member, { addressed: number; settled: number }>();

  /** @param keep Called with each step, so that it can be told again after a reload. */
  constructor(keep: (step: Step) => void) {
    this.#keep = keep;
  }

  begin(): void {
    this.#began = performance.now();
    this.#steps = [];
    this.#told = 0;
    this.#workloads = new Map();
  }

  /** Goes on with a story that was begun before the page was loaded: its steps were kept, who did what is in the tree. */
  goOn(steps: readonly Step[], tree: ExecutionTree): void {
    this.begin();
    const last = steps.at(-1);
    this.#steps = steps.slice(-LONGEST);
    this.#told = last?.id ?? 0;
    this.#began -= (last?.seconds ?? 0) * 1000;
    for (const node of tree.nodes()) {
      if (node.kind === 'publish') {
        if (node.channel === QUESTIONS) this.#workloads = new Map();
      } else if (isMember(node.agent)) {
        const workload = this.#workload(node.agent);
        workload.addressed++;
        if (OVER.has(node.status)) workload.settled++;
      }
    }
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
    const step = { id: this.#told, agent, text, seconds };
    this.#steps.push(step);
    this.#keep(step);
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
