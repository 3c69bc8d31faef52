import type { Measurement } from '../measure.js';
import type { MarginalJob } from '../probes/marginal.js';
import { runProbe } from '../processes.js';
import type { Context } from '../rounds.js';
import { median, slope } from '../statistics.js';
import { number, type Section } from '../table.js';

const AMOUNTS: Readonly<Record<MarginalJob['what'], readonly number[]>> = {
  subscribers: [1, 2, 4, 8, 16, 32],
  properties: [3, 10, 30, 100, 200],
  listeners: [0, 1, 2, 4, 8],
};

/** W8: the price of one more subscriber, schema property or listener. */
export async function marginal(context: Context): Promise<Section> {
  const rows: string[][] = [];
  const data: unknown[] = [];
  const entries = context.entries.filter(({ name }) => name === 'ref' || name === 'dagger');
  for (const what of ['subscribers', 'properties', 'listeners'] as const) {
    for (const entry of entries) {
      if (what === 'listeners' && entry.name !== 'dagger') continue;
      const points: [number, number][] = [];
      const amounts = AMOUNTS[what];
      for (const amount of context.quick ? amounts.filter((_, index) => index % 2 === 0) : amounts) {
        context.progress(`W8: ${entry.name}, ${amount} ${what}`);
        points.push([
          amount,
          await costOf(context, { contender: context.bundles.of(entry.source), what, amount }),
        ]);
      }
      const first = points[0]?.[1];
      rows.push([`one of the ${what}, ${entry.name}`, number(first), number(slope(points) * 1000)]);
      data.push({ what, name: entry.name, points });
    }
  }
  return {
    id: 'W8',
    title: 'what one more costs',
    columns: ['', 'main-thread CPU µs a message, with the fewest', 'ns for each one more'],
    rows,
    notes: [
      `A message to agents that end there, 64 in flight: ${AMOUNTS.subscribers.join(', ')} subscribers; payloads of ` +
        `${AMOUNTS.properties.join(', ')} properties, checked in and out; ${AMOUNTS.listeners.join(', ')} listeners to all events. Least-squares slopes.`,
    ],
    data,
  };
}

async function costOf(context: Context, job: Omit<MarginalJob, 'count'>): Promise<number> {
  const heavy =
    job.what === 'listeners' ? 1 : Math.max(1, job.amount / (job.what === 'subscribers' ? 2 : 10));
  const count = Math.ceil((context.quick ? 5_000 : 20_000) / heavy) + 500;
  const costs: number[] = [];
  for (let round = 0; round < (context.quick ? 1 : Math.min(3, context.rounds)); round++) {
    const module = context.bundles.of('probes/marginal.ts');
    const result = await runProbe<Measurement>(context.bundles.child, module, { ...job, count });
    costs.push(result.threadCpu ?? result.processCpu ?? result.wall);
  }
  return median(costs);
}
