import type { Cache } from 'dagger-agents';
import type { Evidence } from '../research/evidence.js';
import type { SubQuestion } from '../research/plan.js';
import type { ResearchReport } from './channels.js';

/** What the evaluator made of one part. */
export interface Verdict {
  readonly rounds: number;
  readonly coverage: number;
  readonly missing: string[];
}

/**
 * What the team knows, kept in the executor's cache: shared by all agents, journaled, and there again after a crash. One
 * namespace for each piece of research; every key is written with one value only, so it does not matter who comes first.
 */
export class Notebook {
  readonly #cache: Cache;
  readonly #namespace: string;

  constructor(cache: Cache, researchId: string) {
    this.#cache = cache;
    this.#namespace = `research ${researchId}`;
  }

  get question(): string {
    return this.#read('question') ?? '';
  }

  set question(question: string) {
    this.#write('question', question);
  }

  /** The parts of the question, in the order in which they will be answered; empty before they are planned. */
  get plan(): readonly SubQuestion[] {
    return this.#read('plan') ?? [];
  }

  set plan(parts: readonly SubQuestion[]) {
    this.#write('plan', parts);
  }

  get report(): ResearchReport | undefined {
    return this.#read('report');
  }

  set report(report: ResearchReport) {
    this.#write('report', report);
  }

  /** A part as it is looked at in a round: later rounds also know the words found to go with it. */
  part(partId: string, round: number): SubQuestion {
    const part =
      this.#read<SubQuestion>(`${partId} widened ${round}`) ??
      this.plan.find((planned) => planned.id === partId);
    if (!part) throw new Error(`no part ${partId} in the plan`);
    return part;
  }

  widenPart(round: number, part: SubQuestion): void {
    this.#write(`${part.id} widened ${round}`, part);
  }

  /** Paths that the search of this round has found; undefined before it. */
  found(partId: string, round: number): readonly string[] | undefined {
    return this.#read(`${partId} found ${round}`);
  }

  writeFound(partId: string, round: number, paths: readonly string[]): void {
    this.#write(`${partId} found ${round}`, paths);
  }

  /** All paths found for a part in rounds 1 to `round`, sorted. */
  foundUpTo(partId: string, round: number): string[] {
    const rounds = Array.from({ length: round }, (_, index) => this.found(partId, index + 1) ?? []);
    return [...new Set(rounds.flat())].sort();
  }

  /** What a document says to a part; undefined until it was read. */
  evidence(partId: string, path: string): Evidence | undefined {
    return this.#read(keyOf(partId, path));
  }

  writeEvidence(partId: string, evidence: Evidence): void {
    this.#write(keyOf(partId, evidence.path), evidence);
  }

  verdict(partId: string): Verdict | undefined {
    return this.#read(`${partId} verdict`);
  }

  writeVerdict(partId: string, verdict: Verdict): void {
    this.#write(`${partId} verdict`, verdict);
  }

  /** True for the first who asks under this name, false for all others: in a transactional agent, exactly once. */
  once(name: string): boolean {
    const key = `done ${name}`;
    if (this.#read(key) !== undefined) return false;
    this.#write(key, true);
    return true;
  }

  // The types of what is read are those of what this class alone has written under the same key.
  #read<T>(key: string): T | undefined {
    return this.#cache.getGlobalInput(this.#namespace, key) as T | undefined;
  }

  #write(key: string, value: unknown): void {
    this.#cache.insertGlobalValue(this.#namespace, key, value);
  }
}

/** Cache keys are at most 512 characters long; paths may be longer. What tells long ones apart is at their end. */
function keyOf(partId: string, path: string): string {
  return `${partId} read ${path.slice(-400)}`;
}
