import { expect, test } from 'vitest';
import { RecentMessages } from '../../../core/inspection/recent-messages.js';

const message = (n: number) => ({
  id: `m${n}`,
  timestamp: '2026-01-01T00:00:00.000Z',
  source: 'app',
  channel: 'c',
  payload: n,
});
const found = (recent: RecentMessages, upTo: number): number[] =>
  Array.from({ length: upTo }, (_, n) => n + 1).filter((seq) => recent.find(seq)?.payload === seq);

test('the newest are found by their numbers, as many as the limit says', () => {
  const recent = new RecentMessages(3);
  for (const seq of [1, 2, 3, 4, 5]) recent.add(seq, message(seq));
  expect(found(recent, 6)).toEqual([3, 4, 5]);
  expect([...recent.entries()].map(([seq]) => seq)).toEqual([3, 4, 5]);
  recent.clear();
  expect(found(recent, 6)).toEqual([]);
});

test('while very many come it keeps the newest thousand, and afterwards as many as before', () => {
  const recent = new RecentMessages(3000);
  let seq = 0;
  const come = (count: number): void => {
    for (let n = 0; n < count; n++) recent.add(++seq, message(seq));
  };
  come(4000);
  expect(found(recent, seq).length).toBe(3000);
  recent.setNarrow(true);
  expect(found(recent, seq)).toEqual(Array.from({ length: 1000 }, (_, n) => 3001 + n));
  come(2500);
  expect(found(recent, seq)).toEqual(Array.from({ length: 1000 }, (_, n) => 5501 + n));
  expect([...recent.entries()].length).toBe(1000);
  recent.setNarrow(false);
  come(1500);
  expect(found(recent, seq).length).toBe(2500);
  come(1500);
  expect(found(recent, seq).length).toBe(3000);
});
