import { expect, test } from 'vitest';
import { intentOf, planQuestion } from '../../../demo/research/plan.js';

const texts = (question: string): string[] => planQuestion(question).map((part) => part.text);

test('a question of several parts is taken apart at its question words', () => {
  expect(texts('How do I start a heap, what happens when it gets wet, and why do worms leave?')).toEqual([
    'How do I start a heap?',
    'What happens when it gets wet?',
    'Why do worms leave?',
  ]);
  expect(texts('Is clay bad? How can I open it?')).toEqual(['Is clay bad?', 'How can I open it?']);
});

test('a plain "and" between things does not split', () => {
  expect(texts('How do I mix green and brown waste?')).toEqual(['How do I mix green and brown waste?']);
});

test('a comparison asks for each side, then for both', () => {
  expect(texts('What is the difference between clay and sand?')).toEqual([
    'What is clay?',
    'What is sand?',
    'What is the difference between clay and sand?',
  ]);
});

test('each part has its own terms in full, and those of the others as context', () => {
  const [first, second] = planQuestion('How do I validate a schema, and what happens with unknown formats?');
  const weights = (part: typeof first): unknown =>
    Object.fromEntries((part?.terms ?? []).map((t) => [t.word, t.weight]));
  expect(first).toMatchObject({ id: 'q1', intent: 'how' });
  expect(weights(first)).toEqual({ validate: 1, schema: 1, unknown: 0.3, formats: 0.3 });
  expect(second).toMatchObject({ id: 'q2', intent: 'effect' });
  expect(weights(second)).toEqual({ unknown: 1, formats: 1, validate: 0.3, schema: 0.3 });
});

test('the form of a question says what kind of answer it wants', () => {
  expect(intentOf('How do I start?')).toBe('how');
  expect(intentOf('How does it grow?')).toBe('fact');
  expect(intentOf('What is clay?')).toBe('what');
  expect(intentOf('What happens to worms?')).toBe('effect');
  expect(intentOf('Why is it wet?')).toBe('why');
});

test('a topic is a question too; a text without words is none', () => {
  expect(texts('compost and worms')).toEqual(['Compost and worms']);
  expect(planQuestion(' ?! ')).toEqual([]);
  expect(texts('same? same?')).toEqual(['Same?']);
});
