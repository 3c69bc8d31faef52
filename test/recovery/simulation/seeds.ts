import { describe, expect, test } from 'vitest';
import { simulate } from './simulation.js';

/** How many seeds one test tries. */
const CHUNK = 500;

/** Tests for `count` seeds from `first` on; a failure names the one command that repeats it. */
export function simulateSeeds(first: number, count: number): void {
  describe(`seeds ${first} to ${first + count - 1}: what is acknowledged is kept, what is finished stays finished`, () => {
    for (let start = first; start < first + count; start += CHUNK) {
      const end = Math.min(start + CHUNK, first + count);
      test(`${start} to ${end - 1}`, { timeout: 120_000 }, async () => {
        let crashes = 0;
        let partlyUnseen = 0;
        for (let seed = start; seed < end; seed++) {
          const tale = await simulate(seed).catch((thrown: unknown) => {
            const again = `npx tsx --conditions=dagger-source test/recovery/simulate.ts --seed ${seed}`;
            throw new Error(`seed ${seed} broke a promise; repeat it with: ${again}`, { cause: thrown });
          });
          crashes += tale.crashes;
          if (tale.isPartlyUnseen) partlyUnseen++;
        }
        // So that nobody can make the simulation harmless without noticing.
        expect(crashes).toBeGreaterThan(end - start);
        expect(partlyUnseen).toBeLessThan((end - start) / 20);
      });
    }
  });
}
