import type { Memory, MemoryJob } from '../probes/memory.js';
import { runProbe } from '../processes.js';
import type { Context } from '../rounds.js';
import { type Summary, summarise } from '../statistics.js';
import { range, type Section } from '../table.js';

/** MEM: what remembering a hop takes. */
export async function memory(context: Context): Promise<Section> {
  const results: { name: string; bytesPerHop: Summary | null }[] = [];
  for (const entry of context.entries.filter(({ name }) => name === 'ref' || name === 'dagger')) {
    const bytes: number[] = [];
    for (let round = 0; round < (context.quick ? 1 : Math.min(3, context.rounds)); round++) {
      context.progress(`MEM, round ${round + 1}: ${entry.name}`);
      const job: MemoryJob = { contender: context.bundles.of(entry.source), from: 50_000, to: 250_000 };
      bytes.push(
        (await runProbe<Memory>(context.bundles.child, context.bundles.of('probes/memory.ts'), job))
          .bytesPerHop,
      );
    }
    results.push({ name: entry.name, bytesPerHop: summarise(bytes) });
  }
  return {
    id: 'MEM',
    title: 'memory of a recorded hop, payload apart',
    columns: ['', 'bytes'],
    rows: results.map(({ name, bytesPerHop }) => [name, range(bytesPerHop)]),
    notes: [
      'Heap and buffers after a full collection, from 50,000 to 250,000 hops that pass on one payload object.',
    ],
    data: results,
  };
}
