import { storageConformance } from 'dagger-agents/testing/storage';
import { describe, expect, test } from 'vitest';
import { SimulatedStore } from '../support/simulated-store.js';

describe('the store that the simulation runs on keeps the port', () => {
  storageConformance({
    test,
    supports: { sync: true, persistent: true, shared: false },
    factory: () => {
      const adapter = new SimulatedStore();
      return { adapter, reopen: () => adapter };
    },
  });
});

describe('and breaks it where it is told to', () => {
  test('a power cut takes what was not synced, and whatever comes after it', async () => {
    const chances = [0.9, 0.1]; // the second batch is lost, the third would have stayed
    const store = new SimulatedStore({ random: () => chances.shift() ?? 0 });
    const namespace = await store.open('default');
    await namespace.append({ firstSequence: 1, records: ['a'] }, { sync: true });
    await namespace.append({ firstSequence: 2, records: ['b'] }, { sync: false });
    await namespace.append({ firstSequence: 3, records: ['c'] }, { sync: false });
    store.crash('power');
    expect(store.history()).toEqual(['a']);
    const again = await store.open('default');
    expect(again.tornTail).toMatchObject({ dropped: 1 });
    await again.append({ firstSequence: 2, records: ['B'] }, { sync: true });
    store.crash('power');
    expect(store.history()).toEqual(['a', 'B']);
  });

  test('a killed process loses nothing that was appended; what was being appended may be there', async () => {
    for (const [chance, expected] of [
      [0.9, ['a']],
      [0.1, ['a', 'b']],
    ] as const) {
      const store = new SimulatedStore({ random: () => chance });
      const namespace = await store.open('default');
      await namespace.append({ firstSequence: 1, records: ['a'] }, { sync: false });
      store.stall();
      void namespace.append({ firstSequence: 2, records: ['b'] }, { sync: false });
      await Promise.resolve();
      store.crash('process');
      expect(store.history()).toEqual(expected);
    }
  });

  test('a fatal failure poisons the namespace, and may hide that the batch is there', async () => {
    const store = new SimulatedStore();
    const namespace = await store.open('default');
    store.fail('append', { fails: 'fatally', storedAllTheSame: true }, 1);
    const batch = { firstSequence: 1, records: ['a'] };
    await expect(namespace.append(batch, { sync: true })).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    await expect(namespace.append(batch, { sync: true })).rejects.toMatchObject({ code: 'DATABASE_ERROR' });
    await namespace.close();
    expect(store.history()).toEqual(['a']);
    await store.open('default');
  });
});
