import { describe, expect, test } from 'vitest';
import { type Answer, composeAnswer } from '../../../demo/research/answer.js';
import { memoryCorpus } from '../../../demo/research/corpus.js';
import { measureCoverage } from '../../../demo/research/coverage.js';
import { findEvidence } from '../../../demo/research/evidence.js';
import { proposeFollowUp } from '../../../demo/research/feedback.js';
import { Library } from '../../../demo/research/library.js';
import { planQuestion } from '../../../demo/research/plan.js';
import { readability } from '../../../demo/research/quality.js';
import { biasedLexRank, likeness, termVector } from '../../../demo/research/rank.js';
import { gardenCorpus, gardenText } from '../garden.js';

const garden = await Library.open(gardenCorpus());
const names = await gardenCorpus().list();

async function answersTo(question: string, order: readonly string[] = names): Promise<Answer[]> {
  const documents = await Promise.all(order.map((name) => garden.document(name)));
  return planQuestion(question).map((part) =>
    composeAnswer(
      part,
      documents.map((document) => findEvidence(document, part, garden.index)),
      garden.index,
    ),
  );
}

describe('an answer', () => {
  test('quotes whole sentences that speak of the question, with their places', async () => {
    const [start, wet] = await answersTo(
      'How do I start a compost heap, and what happens when it gets too wet?',
    );
    expect(start?.statements.map(({ path, line }) => `${path}:${line}`)).toContain('compost.md:19');
    expect(start?.direct).toBe(true);
    expect(wet?.statements[0]?.text).toBe(
      'When a compost heap gets too wet, it smells of rotten eggs, because no air is left in it.',
    );
    expect(new Set(wet?.statements.map((statement) => statement.path))).toContain('worms.txt');
    for (const { text, path, line } of [...(start?.statements ?? []), ...(wet?.statements ?? [])]) {
      expect(gardenText(path).split('\n')[line - 1]).toContain(text.split(' ').slice(0, 2).join(' '));
    }
  });

  test('to "how" comes with the code that shows it', async () => {
    const [start] = await answersTo('How do I start a compost heap?');
    expect(start?.example).toMatchObject({ path: 'compost.md', language: 'sh', line: 25 });
  });

  test('does not depend on the order in which evidence arrives', async () => {
    const question = 'How do I start a compost heap, and what happens when it gets too wet?';
    expect(await answersTo(question, [...names].reverse())).toEqual(await answersTo(question));
  });

  test('says nothing twice', async () => {
    const [part] = planQuestion('When is compost finished?');
    if (!part) throw new Error('no part');
    const text = '# A\n\nFinished compost is dark and smells of the forest.\n';
    const copies = await Library.open(
      memoryCorpus({ 'a.md': text, 'b.md': `${text}\nFinished compost is sweet.` }),
    );
    const evidence = await Promise.all(
      ['a.md', 'b.md'].map(async (path) => findEvidence(await copies.document(path), part, copies.index)),
    );
    const { statements } = composeAnswer(part, evidence, copies.index);
    expect(statements.map((statement) => statement.text)).toEqual([
      'Finished compost is dark and smells of the forest.',
      ...(statements.length > 1 ? ['Finished compost is sweet.'] : []),
    ]);
    const said = composeAnswer(part, evidence, copies.index, {
      said: statements.map((statement) => statement.text),
    });
    expect(said.statements).toEqual([]);
  });

  test('owns up when no sentence speaks of the whole question', async () => {
    const [answer] = await answersTo('Does moonlight freeze clay helicopters?');
    expect(answer?.direct).toBe(false);
    expect(answer?.statements.length).toBeLessThanOrEqual(2);
    const [none] = await answersTo('helicopter');
    expect(none).toEqual({ question: 'Helicopter', direct: false, statements: [] });
  });

  test('passes over sections that are about the project itself', async () => {
    const [answer] = await answersTo('How do I start a compost heap?');
    expect(answer?.statements.map((statement) => statement.text).join()).not.toContain('send us pictures');
  });
});

test('sentences that cannot stand alone read worse', () => {
  const good = readability('A compost heap is a pile of garden waste that turns into soil.');
  for (const bad of [
    'This is described in the section above in detail.',
    'See the guide for all of the details.',
    'For example, as follows here:',
  ]) {
    expect(readability(bad)).toBeLessThan(good * 0.6);
  }
  for (const junk of ['`a` `b` `c` `d`', '1 2 3 4 5 6 7', 'Too short']) expect(readability(junk)).toBe(0);
});

describe('LexRank', () => {
  const vectors = [
    'worms eat green waste',
    'worms eat brown waste',
    'worms like waste',
    'clay drains badly',
  ].map((text) => termVector(text, garden.index));

  test('prefers what many others are like, and scales the best to 1', () => {
    const ranks = biasedLexRank(vectors, [1, 1, 1, 1]);
    expect(Math.max(...ranks)).toBe(1);
    expect(ranks[3]).toBe(Math.min(...ranks));
  });

  test('leans towards what the question asks for', () => {
    const plain = biasedLexRank(vectors, [1, 1, 1, 1]);
    const leaning = biasedLexRank(vectors, [1, 1, 1, 9]);
    expect(leaning[3]).toBeGreaterThan(plain[3] ?? 1);
  });

  test('takes nothing, one, and no likeness at all', () => {
    expect(biasedLexRank([], [])).toEqual([]);
    expect(biasedLexRank(vectors.slice(0, 1), [0])).toEqual([expect.any(Number)]);
    expect(likeness(termVector('clay', garden.index), termVector('worms', garden.index))).toBe(0);
  });
});

describe('coverage', () => {
  const [part] = planQuestion('Do worms like lemon peel?');
  const terms = part?.terms ?? [];
  const said = (...texts: string[]) => texts.map((text) => ({ text, headings: [] }));

  test('weighs terms by how telling they are, and names what is missing, most telling first', () => {
    expect(measureCoverage(terms, said('Worms hate lemon peel.'), garden.index).score).toBe(1);
    const some = measureCoverage(terms, said('Lemon peel is acid.'), garden.index);
    expect(some.missing.map((term) => term.word)).toEqual(['worms']);
    expect(some.score).toBeGreaterThan(0.5);
    expect(measureCoverage(terms, [], garden.index).missing[0]?.word).not.toBe('worms');
  });

  test('counts words only where they are said together', () => {
    expect(measureCoverage(terms, said('Worms eat.', 'A lemon.', 'An apple peel.'), garden.index).score).toBe(
      0,
    );
  });

  test('counts the headings that a sentence stands under', () => {
    const under = [{ text: 'Never add it.', headings: ['Lemon peel'], title: 'Worms' }];
    expect(measureCoverage(terms, under, garden.index).score).toBe(1);
  });

  test('leads to a follow-up search for what is missing, with what goes with it', () => {
    if (!part) throw new Error('no part');
    const gap = measureCoverage(terms, said('Lemon peel is acid.'), garden.index);
    const follow = proposeFollowUp(part, gap, garden.index);
    expect(follow?.terms[0]).toMatchObject({ word: 'worms', weight: 1 });
    expect(follow?.terms.filter((term) => term.weight < 0.4).length).toBeGreaterThan(0);
    expect(garden.index.searchDocuments(follow?.terms ?? [], 1)[0]?.path).toBe('worms.txt');
  });

  test('leads nowhere when no document knows what is missing', () => {
    const [other] = planQuestion('Do helicopters compost?');
    if (!other) throw new Error('no part');
    const gap = measureCoverage(other.terms, said('Compost is dark compost.'), garden.index);
    expect(gap.missing.map((term) => term.word)).toContain('helicopters');
    expect(
      proposeFollowUp(
        other,
        { ...gap, missing: gap.missing.filter((t) => t.word === 'helicopters') },
        garden.index,
      ),
    ).toBeUndefined();
  });
});
