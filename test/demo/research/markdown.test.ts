import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../demo/research/markdown.js';
import { gardenText as load } from '../garden.js';

const compost = parseDocument('compost.md', load('compost.md'));
const sentences = compost.passages.flatMap((passage) => passage.sentences);

describe('a Markdown document', () => {
  test('keeps its title apart from the trail of headings', () => {
    expect(compost.title).toBe('Composting at home');
    expect(compost.passages.map((passage) => passage.headings)).toEqual([
      [],
      ['Starting a heap'],
      ['A wet heap'],
      ['License'],
    ]);
  });

  test('nests headings by their depth', () => {
    const { passages } = parseDocument('a.md', '# T\n## A\n### B\ntext one.\n## C\ntext two.\n');
    expect(passages.map((passage) => passage.headings)).toEqual([['A', 'B'], ['C']]);
  });

  test('gives whole sentences, joined over line breaks, with the line at which each begins', () => {
    const begin = sentences.find((sentence) => sentence.text.startsWith('To start'));
    expect(begin?.text).toBe(
      'To start a compost heap, choose a shady spot on bare earth, e.g. behind the shed.',
    );
    const source = load('compost.md').split('\n');
    for (const { text, line } of sentences)
      expect(source[line - 1]).toContain(text.split(' ').slice(0, 3).join(' '));
  });

  test('leaves badges, tables of contents, tables, HTML and front matter out', () => {
    const all = sentences.map((sentence) => sentence.text).join('\n');
    for (const junk of ['build', 'badge', 'front matter', 'Material', '|', '<', '[!NOTE]', ']('])
      expect(all).not.toContain(junk);
    const tools = parseDocument('tools.md', load('tools.md'));
    expect(tools.passages[0]?.sentences[0]?.text).toBe('A spade cuts the edge of a bed.');
  });

  test('keeps code apart, with its language, its own line and the sentence before it', () => {
    const [block] = compost.passages.flatMap((passage) => passage.code);
    expect(block?.language).toBe('sh');
    expect(block?.after).toBe(2);
    expect(load('compost.md').split('\n')[(block?.line ?? 0) - 1]).toBe('# layers, from the ground up');
    const indented = parseDocument('a.md', 'Text.\n\n    code();\n').passages[0]?.code[0];
    expect(indented).toMatchObject({ code: 'code();', line: 3, language: '' });
  });

  test('reads list items as sentences, drops those that are only a link, keeps code in words', () => {
    const items = parseDocument('watering.md', load('watering.md')).passages[0]?.sentences.filter(
      ({ kind }) => kind === 'item',
    );
    expect(items?.map((item) => item.text)).toEqual([
      'A finger in the soil tells whether it is dry.',
      '`drip --hours 2` waters slowly.',
    ]);
  });

  test('marks how much of a sentence is links', () => {
    const [sentence] = parseDocument('a.md', 'See [the long guide](x) now.').passages[0]?.sentences ?? [];
    expect(sentence?.linked).toBeCloseTo(12 / 18);
  });

  test('is nothing when it is empty, and never throws on broken markup', () => {
    expect(parseDocument('a.md', '')).toEqual({ path: 'a.md', title: 'a.md', passages: [] });
    for (const text of ['```', '[', '# ', '|', '---\n', '<div', '\u0000\ud800', '- - -\n* *']) {
      expect(parseDocument('a.md', text).path).toBe('a.md');
    }
  });
});

test('a plain text has paragraphs, and short lines alone are its headings', () => {
  const worms = parseDocument('worms.txt', load('worms.txt'));
  expect(worms.passages.map((passage) => passage.headings)).toEqual([['Worms in the heap'], ['Wintering']]);
  expect(worms.passages[0]?.sentences.map(({ text, line }) => [line, text])).toEqual([
    [3, 'Worms eat the waste and leave fine compost behind.'],
    [3, 'Worms do not like a heap that is too wet, and move out of it.'],
    [4, 'Never add lemon peel, as its acid drives worms away.'],
  ]);
});
