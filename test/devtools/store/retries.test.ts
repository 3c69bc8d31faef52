import { expect, test } from 'vitest';
import { Retries, type RetryProgress } from '../../../devtools/store/retries.js';

test('one that cannot be sent again keeps none of the others back, and is counted', async () => {
  const sent: string[] = [];
  const retries = new Retries(async (id) => {
    if (id === 'gone') throw new Error('no such letter');
    sent.push(id);
  });
  expect(await retries.run(['a', 'gone', 'b', 'gone', 'c'])).toEqual({
    delivered: 3,
    failures: ['no such letter', 'no such letter'],
  });
  expect(sent).toEqual(['a', 'b', 'c']);
  expect(retries.getProgress()).toBeUndefined();
});

test('the page may paint in between, is told how far it is, and no second round begins meanwhile', async () => {
  let pauses = 0;
  const seen: (RetryProgress | undefined)[] = [];
  const retries = new Retries(
    async () => {
      const until = performance.now() + 9;
      while (performance.now() < until);
    },
    async () => {
      pauses++;
      expect(await retries.run(['another'])).toBeUndefined();
    },
  );
  retries.subscribe(() => seen.push(retries.getProgress()));
  expect(await retries.run(['a', 'b', 'c'])).toMatchObject({ delivered: 3 });
  expect(pauses).toBe(2);
  expect(seen).toEqual([{ done: 0, total: 3 }, { done: 1, total: 3 }, { done: 2, total: 3 }, undefined]);
});
