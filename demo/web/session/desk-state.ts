import type { PubSubExecutionReport, PubSubExecutor } from 'dagger-agents';
import type { ResearchReport } from '../../agents/channels.js';
import type { Documents } from './documents.js';
import type { Member } from './faults.js';
import type { Step, Workloads } from './story.js';
import type { TrafficFigures } from './traffic.js';

/** The plan as it lies before the user, who may change it. */
export interface ProposedPlan {
  readonly request: string;
  readonly question: string;
  readonly parts: readonly string[];
}

/** Everything that the page shows. A new object whenever something has changed. */
export interface DeskState {
  /** Undefined while it is being opened. */
  readonly executor: PubSubExecutor | undefined;
  readonly phase: 'opening' | 'idle' | 'working' | 'ended';
  readonly question: string;
  readonly documents: Documents;
  /** How many documents the search index is made of, while it is being made and after. */
  readonly indexing: { readonly done: number; readonly total: number } | undefined;
  readonly steps: readonly Step[];
  readonly workloads: Workloads;
  readonly plan: ProposedPlan | undefined;
  readonly report: ResearchReport | undefined;
  readonly execution: PubSubExecutionReport | undefined;
  /** Something the user should know of, in a sentence. */
  readonly notice: string | undefined;
  readonly askFirst: boolean;
  readonly remember: boolean;
  readonly slow: Member | undefined;
  readonly failing: Member | undefined;
  readonly traffic: TrafficFigures;
}
