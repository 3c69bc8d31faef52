import { expect, test } from 'vitest';
import { OutsideIds } from '../../core/state/outside-ids.js';

test('an id is known on its channel alone, and the newest only', () => {
  const ids = new OutsideIds(2);
  ids.add('a', 'x');
  expect([ids.has('a', 'x'), ids.has('b', 'x'), ids.has('a', 'y')]).toEqual([true, false, false]);
  ids.add('b', 'x');
  ids.add('a', 'y');
  expect([ids.has('a', 'x'), ids.has('b', 'x'), ids.has('a', 'y')]).toEqual([false, true, true]);
});

test('what a snapshot has kept is known again; where it has no channel, on every one', () => {
  const before = new OutsideIds(10);
  before.add('a', 'x');
  const ids = new OutsideIds(10);
  ids.restore([...before.toJSON(), 'from an earlier build']);
  expect([ids.has('a', 'x'), ids.has('b', 'x')]).toEqual([true, false]);
  expect([ids.has('a', 'from an earlier build'), ids.has('b', 'from an earlier build')]).toEqual([
    true,
    true,
  ]);
});
