import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Mailbox } from '../../core/messaging/mailbox.js';
import { NO_PARENT, Publication } from '../../core/messaging/publication.js';
import { Delivery } from '../../core/state/delivery.js';
import { DeliveryList } from '../../core/state/delivery-list.js';

const mailbox = new Mailbox<Delivery>('channel', 'agent', new DeliveryList());
const publication = new Publication(null, 'channel', '', mailbox, NO_PARENT.scope, 0, 0, NO_PARENT);

function delivery(number: number): Delivery {
  return new Delivery(number, NO_PARENT.scope, publication, mailbox, undefined, number);
}

function numbersOf(list: Iterable<Delivery>): number[] {
  return Array.from(list, ({ number }) => number);
}

const step = fc.record({
  /** Numbers left out first, as those are that were finished before a restart. */
  skipped: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 20_000 })),
  added: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constant(5000)),
  /** Of so many, one stays; the others are finished, from one end or from the other. */
  oneIn: fc.constantFrom(1, 2, 70, 5000, Number.POSITIVE_INFINITY),
  newestFirst: fc.boolean(),
});

test('unfinished deliveries are found by number and listed in its order, however unevenly others come and go', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const list = new DeliveryList();
      const expected = new Map<number, Delivery>();
      let next = 1;
      for (const { skipped, added, oneIn, newestFirst } of steps) {
        next += skipped;
        for (let count = 0; count < added; count++) {
          const made = delivery(next++);
          list.push(made);
          expected.set(made.number, made);
        }
        const present = [...expected.values()];
        if (newestFirst) present.reverse();
        for (const [index, finished] of present.entries()) {
          if (index % oneIn === 0 && oneIn !== Number.POSITIVE_INFINITY) continue;
          list.remove(finished);
          expected.delete(finished.number);
        }
        expect(list.length).toBe(expected.size);
        expect(numbersOf(list)).toEqual([...expected.keys()]);
        const found = Array.from({ length: next + 1 }, (_, number) => list.find(number));
        expect(found.every((each, number) => each === expected.get(number))).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('who walks the list meets neither those that are taken out meanwhile, nor any twice', () => {
  const list = new DeliveryList();
  const all = Array.from({ length: 10_000 }, (_, index) => delivery(index + 1));
  for (const each of all) list.push(each);
  for (const each of all.slice(100, -1)) list.remove(each);
  // More come than the ring has places, while the first hundred stay behind.
  for (let number = 10_001; number <= 60_000; number++) {
    const passing = delivery(number);
    list.push(passing);
    list.remove(passing);
  }
  const met: number[] = [];
  for (const each of list) {
    met.push(each.number);
    if (each.number === 50) for (const gone of all.slice(60, 100)) list.remove(gone);
  }
  expect(met).toEqual([...Array.from({ length: 60 }, (_, index) => index + 1), 10_000]);
});
