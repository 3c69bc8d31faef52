import type { Measurement } from '../measure.js';
import { COUNTS, type Entry, WINDOW } from '../registry.js';
import { type Context, measureOnce } from '../rounds.js';
import { summarise } from '../statistics.js';
import { number, range, type Section } from '../table.js';
import type { WorkloadName } from '../workloads.js';

const BASES: readonly WorkloadName[] = ['crowdOfThree', 'crowdOfTen'];

/** W6: a hop among 10,000 agents against the same hop among few. */
export async function crowd(context: Context): Promise<Section> {
  // A path of one hop would make the emitters, which deliver within the call, send and deliver in one endless call.
  const entries = context.entries.filter(({ name }) => name === 'ref' || name === 'dagger');
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const entry of entries) {
    const found = new Map<WorkloadName, Measurement[]>();
    for (let round = 0; round < context.rounds; round++) {
      for (const workload of ['crowd', ...BASES] as const) {
        context.progress(`W6, round ${round + 1} of ${context.rounds}: ${entry.name}, ${workload}`);
        found.set(workload, [...(found.get(workload) ?? []), await once(context, entry, workload)]);
      }
    }
    const many = found.get('crowd') ?? [];
    const ratioTo = (base: WorkloadName, pick: (measurement: Measurement) => number | null) =>
      summarise(
        many.map((measurement, round) => {
          const other = found.get(base)?.[round];
          return (pick(measurement) ?? Number.NaN) / ((other && pick(other)) ?? Number.NaN);
        }),
      );
    const cpu = ({ threadCpu, processCpu }: Measurement): number | null => threadCpu ?? processCpu;
    const ratios = BASES.flatMap((base) => [ratioTo(base, ({ wall }) => wall), ratioTo(base, cpu)]);
    rows.push([entry.name, number(summarise(many.map(({ wall }) => wall))?.median), ...ratios.map(range)]);
    data.push({ name: entry.name, measurements: Object.fromEntries(found) });
  }
  return {
    id: 'W6',
    title: '10,000 agents on 1,000 channels',
    columns: [
      '',
      'wall µs a hop',
      'wall to 3 agents',
      'CPU to 3 agents',
      'wall to 10 agents',
      'CPU to 10 agents',
    ],
    rows,
    notes: [
      'A message goes to every channel in turn and makes ten hops there. Beside it the same number of hops by three ' +
        'agents on one channel, and by ten: the ten show what the crowd alone costs, as a message makes as many hops.',
    ],
    data,
  };
}

function once(context: Context, entry: Entry, workload: WorkloadName): Promise<Measurement> {
  const count = Math.ceil(COUNTS[workload] / (context.quick ? 5 : 1));
  return measureOnce(context, entry, { workload, count, warmUp: count, window: WINDOW });
}
