import type { Cache } from 'dagger-agents';
import type { Documents } from './documents.js';
import type { Step } from './story.js';

/** What a reload has to know of the research that was going on. It lies in the executor's cache, thus in its journal. */
export interface Visit {
  readonly researchId: string;
  readonly question: string;
  readonly askFirst: boolean;
}

const NAMESPACE = 'demo page';

export function saveVisit(cache: Cache, visit: Visit, documents: Documents): void {
  cache.insertGlobalValue(NAMESPACE, 'documents', documents.kind === 'own' ? { ...documents.texts } : null);
  cache.insertGlobalValue(NAMESPACE, 'visit', { ...visit });
  cache.insertGlobalValue(NAMESPACE, 'steps', []);
}

/** Adds a step to the story of the visit that was saved last. */
export function saveStep(cache: Cache, step: Step): void {
  cache.appendGlobalValue(NAMESPACE, 'steps', { ...step });
}

/** The steps of the last visit, as far as they can be read. */
export function loadSteps(cache: Cache): readonly Step[] {
  const steps: unknown = cache.getGlobalInput(NAMESPACE, 'steps');
  return Array.isArray(steps) ? steps.filter(isStep) : [];
}

/** The last visit that was saved, if it can be read. */
export function loadVisit(cache: Cache): (Visit & { readonly documents: Documents }) | undefined {
  const visit = cache.getGlobalInput(NAMESPACE, 'visit');
  if (!isRecord(visit)) return undefined;
  const { researchId, question, askFirst } = visit;
  if (typeof researchId !== 'string' || typeof question !== 'string') return undefined;
  const texts = cache.getGlobalInput(NAMESPACE, 'documents');
  const documents: Documents = isTexts(texts) ? { kind: 'own', texts } : { kind: 'packages' };
  return { researchId, question, askFirst: askFirst === true, documents };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStep(value: unknown): value is Step {
  if (!isRecord(value)) return false;
  const { id, agent, text, seconds } = value;
  return (
    typeof id === 'number' &&
    typeof agent === 'string' &&
    typeof text === 'string' &&
    typeof seconds === 'number'
  );
}

function isTexts(value: unknown): value is Readonly<Record<string, string>> {
  return isRecord(value) && Object.values(value).every((text) => typeof text === 'string');
}
