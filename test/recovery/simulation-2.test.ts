import { expect, test } from 'vitest';
import { simulateSeeds } from './simulation/seeds.js';
import { simulate } from './simulation/simulation.js';

simulateSeeds(5001, 5000);

test('the same seed does the same', async () => {
  for (let seed = 1; seed <= 20; seed++) expect(await simulate(seed)).toEqual(await simulate(seed));
});
