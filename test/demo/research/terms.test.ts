import { expect, test } from 'vitest';
import { splitSentences } from '../../../demo/research/sentences.js';
import { englishShare, questionTerms, stemsOf } from '../../../demo/research/terms.js';

const split = (text: string): string[] =>
  splitSentences(text).map(({ start, end }) => text.slice(start, end));

test('forms of a word have one stem, function words none', () => {
  expect(new Set(stemsOf('validate validates validating validated'))).toEqual(new Set(['valid']));
  expect(stemsOf('and then it was the')).toEqual([]);
});

test('identifiers count whole and in parts; other scripts count as they are', () => {
  expect(stemsOf('fromMarkdown')).toEqual(['markdown', 'frommarkdown']);
  expect(stemsOf('HTMLParser')).toEqual(['html', 'parser', 'htmlparser']);
  expect(stemsOf('Größe данные')).toEqual(['größe', 'данные']);
});

test('a question is its content words, each once; one of function words alone keeps them', () => {
  expect(questionTerms('How do I use a schema with other schemas?').map((term) => term.word)).toEqual([
    'schema',
  ]);
  expect(questionTerms('how does it work?').map((term) => term.word)).toEqual(['work']);
  expect(questionTerms('what is it?').map((term) => term.word)).toEqual(['what', 'is', 'it']);
  expect(questionTerms('?!')).toEqual([]);
});

test('English prose is told from other languages', () => {
  expect(englishShare('The heap is warm, and it steams when the sun is on it.')).toBeGreaterThan(0.3);
  expect(englishShare('Der Haufen ist warm und dampft in der Sonne.')).toBeLessThan(0.12);
  expect(englishShare('')).toBe(0);
});

test('sentences end where they end', () => {
  expect(split('One. Two! Three? Four')).toEqual(['One.', 'Two!', 'Three?', 'Four']);
  expect(split('Use twigs, e.g. Hazel, etc. Or none.')).toEqual(['Use twigs, e.g. Hazel, etc. Or none.']);
  expect(split('Call `a.b(). C` first. Then stop.')).toEqual(['Call `a.b(). C` first.', 'Then stop.']);
  expect(split('Rules of `A` apply. `B` is there.')).toEqual(['Rules of `A` apply.', '`B` is there.']);
  expect(split('Read config.json v1.2 of node.js now. Done.')).toEqual([
    'Read config.json v1.2 of node.js now.',
    'Done.',
  ]);
  expect(split('  ')).toEqual([]);
});
