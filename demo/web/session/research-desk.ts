import { PubSubError, type PubSubExecutor, type RunEvent, type RunHandle, type RunSpec } from 'dagger-agents';
import { Notebook } from '../../agents/notebook.js';
import { QUESTIONS, researchTeam } from '../../agents/team.js';
import type { Corpus } from '../../research/corpus.js';
import { DEFAULT_QUESTION } from '../../research/default-question.js';
import type { DeskState } from './desk-state.js';
import { corpusOf, type Documents, takeFiles } from './documents.js';
import { forget, openExecutor, setWantsMemory, wantsMemory } from './executors.js';
import { Faults, type Member, TEAM } from './faults.js';
import { type Step, Story } from './story.js';
import { Traffic } from './traffic.js';
import { loadSteps, loadVisit, saveStep, saveVisit } from './visit.js';

/** Changes are shown together, at most so often. */
const SHOWN_MILLISECONDS = 50;

/** What stands behind the page: an executor with the research team, and everything the user can do with it. */
export class ResearchDesk {
  readonly #faults = new Faults();
  readonly #story = new Story((step) => this.#keep(step));
  readonly #listeners = new Set<() => void>();
  /** As it is, and as it was shown last. */
  #state: DeskState;
  #shown: DeskState;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #corpus: Corpus;
  #executor: PubSubExecutor | undefined;
  #traffic: Traffic | undefined;
  #run: RunHandle | undefined;
  #researchId = '';

  constructor() {
    const documents: Documents = { kind: 'packages' };
    this.#corpus = corpusOf(documents);
    this.#state = {
      executor: undefined,
      phase: 'opening',
      question: DEFAULT_QUESTION,
      documents,
      indexing: undefined,
      steps: [],
      workloads: this.#story.workloads,
      plan: undefined,
      report: undefined,
      execution: undefined,
      notice: undefined,
      askFirst: false,
      remember: wantsMemory(),
      slow: undefined,
      failing: undefined,
      traffic: { loading: false, rate: 0, flooding: false, dropped: 0 },
    };
    this.#shown = this.#state;
  }

  /** The same object until something else is shown. */
  get state(): DeskState {
    return this.#shown;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Opens the executor; with memory also what the last visit has left, and goes on with it. */
  async open(): Promise<void> {
    const executor = await this.#opened();
    this.#executor = executor;
    this.#traffic = new Traffic(executor, (traffic) => this.#change({ traffic }));
    executor.subscribe((event) => this.#hear(event));
    this.#change({ executor, phase: 'idle', traffic: this.#traffic.figures });
    const visit = this.#state.remember ? loadVisit(executor.cache) : undefined;
    if (!visit) return this.#hireTeam();
    const { researchId, question, askFirst, documents } = visit;
    this.#researchId = researchId;
    this.#corpus = corpusOf(documents);
    this.#change({ question, askFirst, documents });
    this.#hireTeam();
    this.#story.goOn(loadSteps(executor.cache), executor.tree);
    this.#tellStory();
    const { report } = new Notebook(executor.cache, researchId);
    if (report) return this.#change({ phase: 'ended', report });
    this.#story.tell('executor', 'goes on where the last visit ended');
    await this.#research({ resume: true });
  }

  async #opened(): Promise<PubSubExecutor> {
    if (!this.#state.remember) return openExecutor(false);
    try {
      return await openExecutor(true);
    } catch (thrown) {
      const locked = thrown instanceof PubSubError && thrown.code === 'LOCK_ERROR';
      const reason = locked ? 'another tab is using it' : messageOf(thrown);
      this.#change({ remember: false, notice: `Nothing is remembered in this tab: ${reason}.` });
      return openExecutor(false);
    }
  }

  /** Starts a piece of research, unless one is going on. */
  async ask(question: string): Promise<void> {
    if (!this.#executor || (this.#state.phase !== 'idle' && this.#state.phase !== 'ended')) return;
    this.#researchId = newId();
    this.#story.begin();
    const { askFirst, documents, remember } = this.#state;
    if (remember) {
      saveVisit(this.#executor.cache, { researchId: this.#researchId, question, askFirst }, documents);
    }
    this.#change({ question, report: undefined, execution: undefined, notice: undefined });
    await this.#research({ channel: QUESTIONS, payload: { researchId: this.#researchId, question } });
  }

  /** Ends the research; what it has found so far is dropped. */
  stop(): void {
    this.#run?.cancel('stopped by the user');
  }

  /** The user's word on the plan: the parts to be researched. */
  approvePlan(parts: readonly string[]): void {
    const { plan } = this.#state;
    const kept = parts.map((part) => part.trim()).filter((part) => part !== '');
    if (plan) this.#executor?.humans.answer(plan.request, kept.length > 0 ? kept : [...plan.parts]);
  }

  setAskFirst(askFirst: boolean): void {
    this.#change({ askFirst });
    this.#show();
    this.#hireTeam();
  }

  setFault(kind: 'slow' | 'failing', member: Member | undefined): void {
    this.#faults[kind] = member;
    this.#change({ [kind]: member });
    this.#show();
  }

  /** Puts the user's files in the place of the documents; null puts the bundled ones back. */
  async takeDocuments(files: readonly File[] | null): Promise<void> {
    if (this.#state.phase === 'working') return;
    const { texts, leftOut } = files ? await takeFiles(files) : { texts: {}, leftOut: [] };
    const names = Object.keys(texts);
    if (files && names.length === 0) {
      return this.#change({ notice: 'No Markdown or text file was among these.' });
    }
    const documents: Documents = files ? { kind: 'own', texts } : { kind: 'packages' };
    this.#corpus = corpusOf(documents);
    const notice =
      leftOut.length > 0
        ? `Left out: ${leftOut.slice(0, 3).join(', ')}${leftOut.length > 3 ? ' …' : ''}`
        : undefined;
    this.#change({ documents, notice, indexing: undefined });
    this.#hireTeam();
  }

  /** The text of a document that the report quotes. */
  read(path: string): Promise<string> {
    return this.#corpus.read(path);
  }

  /** Begins to keep a journal, or deletes it. Both take a new executor. */
  async setRemember(remember: boolean): Promise<void> {
    if (this.#state.phase === 'working' || this.#state.phase === 'opening') return;
    setWantsMemory(remember);
    this.#change({
      remember,
      phase: 'opening',
      executor: undefined,
      report: undefined,
      execution: undefined,
      steps: [],
    });
    this.#show();
    await this.#traffic?.stop();
    await this.#executor?.close();
    if (!remember) await forget().catch((thrown: unknown) => this.#change({ notice: messageOf(thrown) }));
    await this.open();
  }

  toggleLoad(): void {
    this.#traffic?.toggleLoad().catch((thrown: unknown) => this.#change({ notice: messageOf(thrown) }));
  }

  flood(): void {
    this.#traffic?.flood().catch((thrown: unknown) => this.#change({ notice: messageOf(thrown) }));
  }

  /** The team for these documents, in the place of the one before. */
  #hireTeam(): void {
    const executor = this.#executor;
    if (!executor) return;
    const known = new Set(executor.listAgents().map((agent) => agent.name));
    for (const member of TEAM) if (known.has(member)) executor.unregisterAgent(member);
    executor.registerAgents(
      researchTeam({
        corpus: this.#corpus,
        approvePlan: this.#state.askFirst,
        onIndexing: (done, total) => this.#change({ indexing: { done, total } }),
        beforeStep: (agent, signal) => this.#faults.beforeStep(agent, signal),
      }),
    );
  }

  async #research(spec: RunSpec): Promise<void> {
    const executor = this.#executor;
    if (!executor) return;
    this.#change({ phase: 'working', plan: this.#pendingPlan() });
    try {
      const run = executor.execute(spec);
      this.#run = run;
      for await (const outcome of run) {
        this.#story.settle(outcome.agent);
        this.#tellStory();
      }
      const execution = await run.report;
      const { report } = new Notebook(executor.cache, this.#researchId);
      this.#change({ phase: 'ended', execution, report, plan: undefined });
      if (!report) this.#change({ notice: endOf(execution.status, execution.error?.message) });
    } catch (thrown) {
      this.#change({ phase: 'ended', plan: undefined, notice: messageOf(thrown) });
    } finally {
      this.#run = undefined;
      this.#tellStory();
    }
  }

  /** So that the story can be told again after a reload. */
  #keep(step: Step): void {
    const { remember, phase } = this.#state;
    if (this.#executor && remember && phase !== 'opening') saveStep(this.#executor.cache, step);
  }

  #hear(event: RunEvent): void {
    if (this.#story.hear(event)) this.#tellStory();
    if (event.type.startsWith('human.')) this.#change({ plan: this.#pendingPlan() });
  }

  #pendingPlan(): DeskState['plan'] {
    const request = this.#executor?.humans.pending().find(({ agent }) => agent === 'planner');
    if (!request || !Array.isArray(request.default)) return undefined;
    return { request: request.id, question: request.question, parts: request.default.map(String) };
  }

  #tellStory(): void {
    this.#change({ steps: this.#story.steps, workloads: this.#story.workloads });
  }

  #change(changes: Partial<DeskState>): void {
    this.#state = { ...this.#state, ...changes };
    this.#timer ??= setTimeout(() => this.#show(), SHOWN_MILLISECONDS);
  }

  /** At once: for what the user has just done to a control, which would jump back otherwise. */
  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#shown = this.#state;
    for (const listener of this.#listeners) listener();
  }
}

function endOf(status: string, error: string | undefined): string {
  if (status === 'cancelled') return 'Stopped before there was an answer.';
  return `The run ended without an answer (${status}${error === undefined ? '' : `: ${error}`}).`;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** `crypto.randomUUID` exists in secure contexts only; this need not be secret, only new. */
function newId(): string {
  return `${Date.now().toString(36)}-${Math.floor(Math.random() * 1e9).toString(36)}`;
}
