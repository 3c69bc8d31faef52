import type { LongRun, LongRunJob } from '../probes/long-run.js';
import { runProbe } from '../processes.js';
import { WINDOW } from '../registry.js';
import type { Context } from '../rounds.js';
import { number, type Section } from '../table.js';

/** W7: a million hops, watched by a 10 ms interval. */
export async function longRun(context: Context): Promise<Section> {
  const hops = context.quick ? 200_000 : 1_000_000;
  const rows: string[][] = [];
  const data: unknown[] = [];
  for (const entry of context.entries.filter(({ name }) => name === 'ref' || name === 'dagger')) {
    for (const workload of ['pingPong', 'pipeline'] as const) {
      context.progress(`W7: ${entry.name}, ${workload}`);
      const count = workload === 'pingPong' ? hops : Math.ceil(hops / 3);
      const job: LongRunJob = {
        contender: context.bundles.of(entry.source),
        workload,
        count,
        window: WINDOW,
      };
      const result = await runProbe<LongRun>(
        context.bundles.child,
        context.bundles.of('probes/long-run.ts'),
        job,
      );
      const heap = result.heap.map((megabytes) => megabytes?.toFixed(0) ?? '–').join(' ');
      rows.push([
        `${entry.name}, ${workload}`,
        number(result.seconds),
        number(result.worstGap),
        String(result.ticks),
        heap,
        number(result.kept),
      ]);
      data.push({ name: entry.name, workload, ...result });
    }
  }
  return {
    id: 'W7',
    title: `${number(hops)} hops`,
    columns: [
      '',
      'seconds',
      'worst gap, ms',
      'ticks',
      'heap after collections in each tenth, MB',
      'kept after, MB',
    ],
    rows,
    notes: [
      'The gap is the longest time between two calls of a 10 ms interval. The reference yields to nothing and keeps every ' +
        'record; dagger yields, and forgets the oldest nodes of the tree past its retention.',
    ],
    data,
  };
}
