import { PubSubExecutor, type RunEvent } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import type { ResearchReport } from '../../demo/agents/channels.js';
import { narrate } from '../../demo/agents/narrate.js';
import { Notebook } from '../../demo/agents/notebook.js';
import { QUESTIONS, researchTeam } from '../../demo/agents/team.js';
import type { TeamOptions } from '../../demo/agents/team-options.js';
import { gardenCorpus, gardenQuestion, gardenText } from './garden.js';

const payload = { researchId: 'r1', question: gardenQuestion };

/** The whole team on the garden, from the question to the report. */
async function ask(question = gardenQuestion, options: Partial<TeamOptions> = {}) {
  const executor = await PubSubExecutor.open({ config: { retryStrategy: { type: 'immediate' } } });
  const events: RunEvent[] = [];
  executor.subscribe((event) => events.push(event));
  executor.registerAgents(researchTeam({ corpus: gardenCorpus(), ...options }));
  const execution = await executor.execute({ channel: QUESTIONS, payload: { ...payload, question } }).report;
  const { report } = new Notebook(executor.cache, 'r1');
  const tasks = executor.tasks.list();
  await executor.close();
  return { execution, report, tasks, events, story: events.flatMap((event) => narrate(event) ?? []) };
}

function placesIn(report: ResearchReport | undefined): string[] {
  return (report?.sections ?? []).flatMap((section) =>
    section.statements.map(({ path, line }) => `${path}:${line}`),
  );
}

describe('the research team', () => {
  test('answers each part from the documents, with sources that hold', async () => {
    const { report, execution } = await ask();
    expect(execution).toMatchObject({
      status: 'completed',
      overallSuccess: true,
      counts: { failed: 0, dropped: 0 },
    });
    expect(report?.sections.map((section) => section.question)).toEqual([
      'How do I start a compost heap?',
      'What happens when it gets too wet?',
    ]);
    expect(report?.sections.every((section) => section.direct && section.statements.length > 0)).toBe(true);
    expect(report?.sections[0]?.example?.code).toContain('compost start --layers');
    expect(placesIn(report)).toContain('compost.md:36');
    for (const { text, path, line } of report?.sections.flatMap((section) => section.statements) ?? []) {
      expect(gardenText(path).split('\n')[line - 1]).toContain(text.split(' ')[0]);
    }
  });

  test('keeps its work as tasks, and finishes all of them', async () => {
    const { tasks, report } = await ask();
    expect(new Set(tasks.map((task) => task.status))).toEqual(new Set(['completed']));
    expect(tasks.filter((task) => task.taskType === 'answer')).toHaveLength(2);
    expect(tasks.filter((task) => task.taskType === 'research')).toHaveLength(1);
    const read = tasks.filter((task) => task.taskType === 'read').map((task) => task.data);
    expect(new Set(read.map((data) => (data as { path: string }).path))).toEqual(new Set(report?.documents));
  });

  test('tells its story', async () => {
    const { story } = await ask();
    const agents = story.map((line) => line.agent);
    expect(new Set(agents)).toEqual(
      new Set(['planner', 'searcher', 'reader', 'reasoner', 'evaluator', 'reporter']),
    );
    expect(story[0]).toEqual({ agent: 'planner', text: 'q1: How do I start a compost heap?' });
    expect(story.at(-1)?.text).toMatch(/^2 answers from \d documents$/u);
  });

  test('goes back to the searcher for what an answer leaves open, but not for ever', async () => {
    const question = 'Does finished compost smell of the forest in spring when worms drain clay?';
    const once = await ask(question, { documents: 1, rounds: 1 });
    const twice = await ask(question, { documents: 1, rounds: 3 });
    expect(once.report?.documents).toHaveLength(1);
    expect(once.report?.sections[0]).toMatchObject({ rounds: 1 });
    expect(once.report?.sections[0]?.missing.length).toBeGreaterThan(0);
    expect(twice.report?.documents.length).toBeGreaterThan(1);
    expect(twice.report?.sections[0]?.rounds).toBeLessThanOrEqual(3);
    expect(twice.report?.sections[0]?.rounds).toBeGreaterThan(1);
    expect(twice.story.some((line) => line.text.includes('has gaps, round 2'))).toBe(true);
  });

  test('gives the same report in whatever order its members come to work', async () => {
    const { report } = await ask();
    for (const seed of [1, 2, 3, 4]) {
      let state = seed;
      const beforeStep = async (): Promise<void> => {
        state = (state * 48_271) % 2_147_483_647;
        for (let turns = state % 7; turns > 0; turns--)
          await new Promise<void>((resolve) => setImmediate(resolve));
      };
      expect((await ask(gardenQuestion, { beforeStep })).report).toEqual(report);
    }
  });

  test('says so when nothing is known', async () => {
    const { report, execution } = await ask('Do helicopters hover over volcanoes?');
    expect(execution.status).toBe('completed');
    expect(report?.sections).toEqual([
      expect.objectContaining({
        direct: false,
        statements: [],
        coverage: 0,
        missing: ['helicopters', 'hover', 'volcanoes'],
      }),
    ]);
  });

  test('does without a document that cannot be read, after trying again', async () => {
    const corpus = gardenCorpus();
    let broken = 0;
    let indexed = false;
    const read = async (path: string): Promise<string> => {
      if (indexed && path === 'worms.txt') {
        broken++;
        throw new Error('the page is torn');
      }
      return corpus.read(path);
    };
    const onIndexing = (done: number, total: number): void => {
      indexed = done === total;
    };
    const { report, tasks, execution } = await ask(gardenQuestion, {
      corpus: { ...corpus, read },
      onIndexing,
    });
    expect(report?.sections.every((section) => section.direct)).toBe(true);
    expect(placesIn(report).some((place) => place.startsWith('worms.txt'))).toBe(false);
    const torn = tasks.filter((task) => task.status === 'failed');
    expect(torn.length).toBeGreaterThan(0);
    expect(broken).toBe(3 * torn.length);
    expect(execution.counts.retried).toBe(2 * torn.length);
  });

  test('asks a person about the plan when told to, and follows the answer', async () => {
    const executor = await PubSubExecutor.open();
    executor.registerAgents(researchTeam({ corpus: gardenCorpus(), approvePlan: true }));
    executor.subscribe((event) => {
      if (event.type === 'human.asked') executor.humans.answer(event.request.id, ['Why do worms move out?']);
    });
    await executor.execute({ channel: QUESTIONS, payload }).report;
    const { report } = new Notebook(executor.cache, 'r1');
    await executor.close();
    expect(report?.sections.map((section) => section.question)).toEqual(['Why do worms move out?']);
  });

  test('ends a question without a word with a failure that says why', async () => {
    const { report, execution } = await ask('?!');
    expect(report).toBeUndefined();
    expect(execution.overallSuccess).toBe(false);
    expect(
      execution.agentOutcomes.find((outcome) => outcome.agent === 'planner')?.finalError?.message,
    ).toContain('no word');
  });
});

describe('stopped at any step and taken up again', () => {
  test('it gives the same report, and what was read is not read again', async () => {
    const whole = await ask();
    for (let stopAt = 1; stopAt <= whole.execution.counts.succeeded; stopAt += 2) {
      const executor = await PubSubExecutor.open();
      const notes: string[] = [];
      let stopped: Promise<void> | undefined;
      let step = 0;
      const beforeStep = async (_agent: string, signal: AbortSignal): Promise<void> => {
        if (++step !== stopAt) return;
        stopped = executor.stop({ graceSeconds: 0 });
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      };
      executor.subscribe((event) => {
        if (event.type !== 'message.published' || event.message.channel !== 'notes') return;
        notes.push(JSON.stringify(event.message.payload));
      });
      executor.registerAgents(researchTeam({ corpus: gardenCorpus(), beforeStep }));
      const first = await executor.execute({ channel: QUESTIONS, payload }).report;
      await stopped;
      if (stopped) expect(first.status).toBe('paused');
      await executor.execute({ resume: true }).report;
      expect(new Notebook(executor.cache, 'r1').report, `stopped at step ${stopAt}`).toEqual(whole.report);
      expect(new Set(notes).size).toBe(notes.length);
      await executor.close();
    }
  });
});
