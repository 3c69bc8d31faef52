import { expect, test } from 'vitest';
import { SearchIndex } from '../../../demo/research/search-index.js';
import { skimSections } from '../../../demo/research/sections.js';
import { questionTerms } from '../../../demo/research/terms.js';
import { gardenText } from '../garden.js';

const paths = ['compost.md', 'soil.md', 'tools.md', 'watering.md', 'worms.txt'];
const sections = paths.flatMap((path) => skimSections(path, gardenText(path)));
const index = new SearchIndex(sections);
const query = (text: string) => questionTerms(text).map((term) => ({ ...term, weight: 1 }));

test('skimming finds the sections with their headings and true lines, code apart from prose', () => {
  const start = sections.find((section) => section.headings.at(-1) === 'Starting a heap');
  expect(start?.headings).toEqual(['Composting at home', 'Starting a heap']);
  expect(gardenText('compost.md').split('\n')[(start?.line ?? 0) - 1]).toBe('## Starting a heap');
  expect(start?.code).toContain('compost start --layers');
  expect(start?.prose).not.toContain('compost start --layers');
  expect(sections.map((section) => section.prose).join()).not.toMatch(/badge\.svg|example\.org|<p/u);
});

test('a heading inside a code block is no heading, and long sections are cut', () => {
  const [only, ...others] = skimSections('a.md', '```sh\n# comment\n```\ntext\n');
  expect([only?.code, only?.prose, others.length]).toEqual(['# comment', 'text', 0]);
  const long = skimSections(
    'a.md',
    `# T\n${'word '.repeat(40)}\n\n`.repeat(1) + `${'word '.repeat(40)}\n\n`.repeat(40),
  );
  expect(long.length).toBeGreaterThan(2);
  expect(long.every((section) => section.headings[0] === 'T')).toBe(true);
});

test('the section that speaks of most of the query comes first', () => {
  const [first] = index.searchSections(query('compost heap too wet'));
  expect(first?.section.headings.at(-1)).toBe('A wet heap');
  expect(index.searchDocuments(query('worms in winter'), 3)[0]?.path).toBe('worms.txt');
});

test('forms of a word find each other', () => {
  expect(index.searchDocuments(query('watered'), 1)[0]?.path).toBe('watering.md');
});

test('weights turn a search: what weighs more comes first', () => {
  const terms = (clay: number, worms: number) => [
    { stem: 'clai', word: 'clay', weight: clay },
    { stem: 'worm', word: 'worms', weight: worms },
  ];
  expect(index.searchDocuments(terms(1, 0.1), 1)[0]?.path).toBe('soil.md');
  expect(index.searchDocuments(terms(0.1, 1), 1)[0]?.path).toBe('worms.txt');
});

test('rare terms tell more than common ones, unknown ones the most', () => {
  const [rare, common, unknown] = ['lemon', 'compost', 'helicopter'].map((stem) =>
    index.inverseFrequency(stem),
  );
  expect(common).toBeLessThan(rare ?? 0);
  expect(rare).toBeLessThan(unknown ?? 0);
});

test('nothing is found for an empty query or for words nobody uses', () => {
  expect(index.searchDocuments([], 5)).toEqual([]);
  expect(index.searchDocuments(query('helicopter'), 5)).toEqual([]);
});
