import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PubSubExecutor, serializeTreeToDot } from 'dagger-agents';
import { describe, expect, test } from 'vitest';
import { renderDot } from '../support/graphviz.js';
import { packageRoot } from '../support/package-entries.js';
import { runCommand } from '../support/processes.js';

const folder = join(packageRoot, 'demo/examples');

type Example = (print: (line: string) => void) => Promise<PubSubExecutor>;

/** What each example prints, and words that its graph must show. */
const examples: Readonly<
  Record<string, { readonly prints: readonly string[]; readonly draws: readonly string[] }>
> = {
  'hello-pipeline': {
    prints: ['HELLO', 'FROM', 'THREE', 'AGENTS', 'completed: 9 messages, 9 deliveries'],
    draws: ['splitter', 'shouter', 'printer', 'loud-words'],
  },
  'fan-out-fan-in': {
    prints: ['{"total":27,"of":30}', '5 messages made 7 deliveries'],
    draws: ['brevity', 'politeness', 'novelty', 'moderator', 'herald'],
  },
  'retries-and-dead-letters': {
    prints: [
      'steady: fetcher succeeded, attempt 1',
      'steady: reader succeeded, attempt 1',
      'steady: the run completed',
      'flaky: fetcher succeeded, attempt 3',
      'flaky: reader succeeded, attempt 1',
      'flaky: the run completed',
      'warning: agent "fetcher" failed for good, after 3 attempts, at a message of channel "addresses": 503 service unavailable',
      'down: fetcher 503 service unavailable, attempt 3',
      'down: the run failed',
      'dead letter for fetcher: 503 service unavailable | 503 service unavailable | 503 service unavailable',
      'sent again: fetcher succeeded, attempt 1',
      'sent again: reader succeeded, attempt 1',
      'sent again: the run completed',
    ],
    draws: ['fetcher', 'reader', 'failed (3 attempts)', '503 service unavailable'],
  },
  'human-gate': {
    prints: [
      'a poem: kept back, decided by autopilot',
      'with autopilot the run is completed',
      'with pause the run is paused',
      'waiting for an answer: Publish "a novel"?',
      'a novel: published, decided by human',
      'after the answer it is completed',
    ],
    draws: ['publisher', 'shelf'],
  },
  'token-budget': {
    prints: [
      'budget-exceeded: 60 of 100 tokens',
      'TOKEN_BUDGET_EXCEEDED: the budget is 100 tokens: 50 tokens were asked for and 40 are left',
      'kept: words better ever',
      'kept: ever better words',
    ],
    draws: ['writer', 'critic'],
  },
  'dynamic-registration': {
    prints: [
      'early hears: one',
      'early hears: two',
      'late hears: two',
      'early hears: three',
      'late hears: three',
      'night hears: three',
      'late hears: four',
      'night hears: four',
      'late: Hears the news as late',
      'night: Hears the news as night',
      'news: 2 subscribers',
      'completed',
    ],
    draws: ['early', 'late', 'night'],
  },
  'shared-tasks': {
    prints: [
      'cover: completed, attempts: 1',
      'preface: completed, attempts: 1',
      'torn: completed, attempts: 2',
      'index: completed, attempts: 1',
      'cover: 5 letters',
      'preface: 7 letters',
      'torn: 4 letters',
      'index: 5 letters',
      'completed, everything done: true',
    ],
    draws: ['planner', 'ann', 'ben', 'work-available'],
  },
};

const names = Object.keys(examples);

test('every example is tested here, and each is under 60 lines', () => {
  const files = readdirSync(folder).filter((name) => name !== 'run-alone.ts');
  expect(files.sort()).toEqual(names.map((name) => `${name}.ts`).sort());
  for (const file of files) {
    expect(readFileSync(join(folder, file), 'utf8').split('\n').length, file).toBeLessThanOrEqual(60);
  }
});

describe.each(names)('%s', (name) => {
  const { prints = [], draws = [] } = examples[name] ?? {};

  test('prints what it should, and Graphviz draws its tree', async () => {
    const { example }: { example: Example } = await import(`../../demo/examples/${name}.ts`);
    const lines: string[] = [];
    const executor = await example((line) => lines.push(line));
    expect(lines).toEqual(prints);

    const svg = await renderDot(serializeTreeToDot(executor.tree, name));
    expect(svg).toMatch(/<\/svg>\s*$/);
    const text = svg.replaceAll('&#45;', '-');
    for (const words of draws) expect(text).toContain(words);
  });

  test('runs alone', async () => {
    const result = await runCommand('tsx', ['--conditions=dagger-source', join(folder, `${name}.ts`)]);
    expect(result).toEqual({ code: 0, output: `${prints.join('\n')}\n` });
  });
});

test('Graphviz refuses what is no graph', async () => {
  await expect(renderDot('digraph {')).rejects.toThrow(/dot ended with/);
});
