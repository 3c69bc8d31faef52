import type { RunEvent } from 'dagger-agents';
import type { FromSchema } from 'json-schema-to-ts';
import type {
  answerSchema,
  findingsSchema,
  noteSchema,
  reportSchema,
  searchSchema,
  verdictSchema,
} from './channels.js';

/** One line of the story of a run. */
export interface StoryLine {
  /** Who did it. */
  readonly agent: string;
  readonly text: string;
}

/** Payloads by channel, as their schemas have checked them. */
interface Payloads {
  searches: FromSchema<typeof searchSchema>;
  findings: FromSchema<typeof findingsSchema>;
  notes: FromSchema<typeof noteSchema>;
  answers: FromSchema<typeof answerSchema>;
  verdicts: FromSchema<typeof verdictSchema>;
  reports: FromSchema<typeof reportSchema>;
}

type Tellers = { readonly [Channel in keyof Payloads]: (payload: Payloads[Channel]) => StoryLine };

const TELLERS: Tellers = {
  searches: ({ partId, round, text }) =>
    round === 1
      ? { agent: 'planner', text: `${partId}: ${text}` }
      : { agent: 'evaluator', text: `${partId} has gaps, round ${round} looks for: ${text}` },
  findings: ({ partId, paths }) => ({
    agent: 'searcher',
    text: `${partId}: ${count(paths.length, 'document')} to read`,
  }),
  notes: ({ partId, path, sentences }) => ({
    agent: 'reader',
    text: `${partId}: ${count(sentences, 'sentence')} noted in ${path}`,
  }),
  answers: ({ partId, statements, direct }) => ({
    agent: 'reasoner',
    text: `${partId}: ${direct ? 'answered' : 'nearly answered'} with ${count(statements.length, 'sentence')}`,
  }),
  verdicts: ({ partId, coverage, missing }) => ({
    agent: 'evaluator',
    text: `${partId}: ${Math.round(coverage * 100)} % covered${missing.length > 0 ? `, nothing on ${missing.join(', ')}` : ''}`,
  }),
  reports: ({ sections, documents }) => ({
    agent: 'reporter',
    text: `${count(sections.length, 'answer')} from ${count(documents.length, 'document')}`,
  }),
};

/** What an event means for somebody who watches the team; undefined for what they need not know. */
export function narrate(event: RunEvent): StoryLine | undefined {
  if (event.type === 'delivery.retrying')
    return { agent: 'executor', text: `tries again after: ${event.error.message}` };
  if (event.type === 'delivery.failed')
    return { agent: 'executor', text: `gave up on a message: ${event.error.message}` };
  if (event.type !== 'message.published') return undefined;
  const { channel, payload } = event.message;
  if (channel === undefined || !Object.hasOwn(TELLERS, channel)) return undefined;
  // Payloads reach the log only after the channel's schema has accepted them.
  const tell = TELLERS[channel as keyof Payloads] as (payload: unknown) => StoryLine;
  return tell(payload);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
