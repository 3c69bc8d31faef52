import type { Growth, GrowthJob } from '../probes/growth.js';
import { runProbe } from '../processes.js';
import type { Context } from '../rounds.js';
import { growthExponent } from '../statistics.js';
import { number, type Section } from '../table.js';

/** Above this, what should be constant grows. Caches that grow cold explain less. */
const CONSTANT = 0.15;
/** Above this, what should be linear is not. */
const LINEAR = 1.15;

/** GROWTH: how the cost of each operation grows with what there is. */
export async function growth(context: Context): Promise<Section> {
  const module = context.bundles.of('probes/growth.ts');
  const ask = <Answer>(operation: string): Promise<Answer> => {
    const job: GrowthJob = { operation, quick: context.quick };
    return runProbe<Answer>(context.bundles.child, module, job);
  };
  const rows: string[][] = [];
  const data: Growth[] = [];
  const errors: string[] = [];
  for (const operation of await ask<string[]>('')) {
    context.progress(`GROWTH: ${operation}`);
    try {
      const result = await ask<Growth>(operation);
      const exponent = growthExponent(result.points);
      const limit = result.expected === 'constant' ? CONSTANT : LINEAR;
      const costs = result.points
        .map(([size, cost]) => `${size.toLocaleString('en-US')}: ${number(cost)}`)
        .join(' · ');
      rows.push([
        operation,
        costs,
        exponent.toFixed(2),
        result.expected,
        exponent <= limit ? 'yes' : '**no**',
      ]);
      data.push(result);
    } catch (error) {
      rows.push([operation, 'error', '', '', '']);
      errors.push(`${operation}: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`);
    }
  }
  return {
    id: 'GROWTH',
    title: 'how costs grow',
    columns: ['', 'how many: CPU ns an operation', 'exponent', 'should be', 'is'],
    rows,
    notes: [
      `The exponent e of cost = c · nᵉ that fits best: 0 does not grow, 1 grows with n. Constant is at most ${CONSTANT}, linear at most ${LINEAR}.`,
      ...errors,
    ],
    data,
  };
}
