import type { FromSchema } from 'json-schema-to-ts';

/*
 * Every channel of the research team, with the schema of what goes over it. Read it from top to bottom and you know what
 * the team does:
 *
 *   questions → supervisor → briefs → planner → searches → searcher → readings → reader → notes → reasoner → answers →
 *   evaluator → (gaps: searches again) → verdicts → reporter → reports → supervisor
 *
 * `researchId` names one piece of research: everything that belongs to it carries it, so one store holds many.
 * `partId` names a part of its plan. `round` 1 is the first search for a part; each gap found starts the next.
 */

/** What the application asks. */
export const questionSchema = {
  type: 'object',
  properties: { researchId: { type: 'string', minLength: 1 }, question: { type: 'string', minLength: 1 } },
  required: ['researchId', 'question'],
  additionalProperties: false,
} as const;

/** What the supervisor wants planned. */
export const briefSchema = {
  type: 'object',
  properties: { researchId: { type: 'string' }, question: { type: 'string' } },
  required: ['researchId', 'question'],
  additionalProperties: false,
} as const;

/** One part of the question to search for, in the planner's words or, in later rounds, in the evaluator's. */
export const searchSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    round: { type: 'integer', minimum: 1 },
    text: { type: 'string', minLength: 1 },
    query: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: {
          stem: { type: 'string', minLength: 1 },
          word: { type: 'string', minLength: 1 },
          weight: { type: 'number', exclusiveMinimum: 0 },
        },
        required: ['stem', 'word', 'weight'],
        additionalProperties: false,
      },
    },
  },
  required: ['researchId', 'partId', 'round', 'text', 'query'],
  additionalProperties: false,
} as const;

/** One document that somebody should read for one part. */
export const readingSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    round: { type: 'integer', minimum: 1 },
    path: { type: 'string', minLength: 1 },
  },
  required: ['researchId', 'partId', 'round', 'path'],
  additionalProperties: false,
} as const;

/** Which documents a search has found: the reasoner waits for notes on all of them. */
export const findingsSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    round: { type: 'integer', minimum: 1 },
    paths: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  required: ['researchId', 'partId', 'round', 'paths'],
  additionalProperties: false,
} as const;

/** A document has been read; what it says is in the cache. */
export const noteSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    round: { type: 'integer', minimum: 1 },
    path: { type: 'string', minLength: 1 },
    /** How many sentences are worth quoting. */
    sentences: { type: 'integer', minimum: 0 },
  },
  required: ['researchId', 'partId', 'round', 'path', 'sentences'],
  additionalProperties: false,
} as const;

/** The answer to one part, from all that is known after this round. */
export const answerSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    round: { type: 'integer', minimum: 1 },
    /** False when no sentence speaks of enough of the question. */
    direct: { type: 'boolean' },
    statements: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          text: { type: 'string', minLength: 1 },
          path: { type: 'string', minLength: 1 },
          line: { type: 'integer', minimum: 1 },
          headings: { type: 'array', items: { type: 'string' } },
          title: { type: 'string' },
        },
        required: ['text', 'path', 'line', 'headings', 'title'],
        additionalProperties: false,
      },
    },
  },
  required: ['researchId', 'partId', 'round', 'direct', 'statements'],
  additionalProperties: false,
} as const;

/** A part is settled: how well it is covered, and which words the documents left open. */
export const verdictSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    partId: { type: 'string' },
    rounds: { type: 'integer', minimum: 1 },
    coverage: { type: 'number', minimum: 0, maximum: 1 },
    missing: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  required: ['researchId', 'partId', 'rounds', 'coverage', 'missing'],
  additionalProperties: false,
} as const;

/** The whole answer: a section for each part, in the order asked. */
export const reportSchema = {
  type: 'object',
  properties: {
    researchId: { type: 'string' },
    question: { type: 'string' },
    sections: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          question: { type: 'string', minLength: 1 },
          direct: { type: 'boolean' },
          coverage: { type: 'number', minimum: 0, maximum: 1 },
          missing: { type: 'array', items: { type: 'string' } },
          rounds: { type: 'integer', minimum: 1 },
          statements: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                text: { type: 'string', minLength: 1 },
                path: { type: 'string', minLength: 1 },
                line: { type: 'integer', minimum: 1 },
                headings: { type: 'array', items: { type: 'string' } },
                title: { type: 'string' },
              },
              required: ['text', 'path', 'line', 'headings', 'title'],
              additionalProperties: false,
            },
          },
          example: {
            type: 'object',
            properties: {
              code: { type: 'string', minLength: 1 },
              language: { type: 'string' },
              path: { type: 'string', minLength: 1 },
              line: { type: 'integer', minimum: 1 },
              relevance: { type: 'number' },
            },
            required: ['code', 'language', 'path', 'line', 'relevance'],
            additionalProperties: false,
          },
        },
        required: ['question', 'direct', 'coverage', 'missing', 'rounds', 'statements'],
        additionalProperties: false,
      },
    },
    /** Documents that were read for it, in order. */
    documents: { type: 'array', items: { type: 'string' } },
  },
  required: ['researchId', 'question', 'sections', 'documents'],
  additionalProperties: false,
} as const;

export type ResearchReport = FromSchema<typeof reportSchema>;
