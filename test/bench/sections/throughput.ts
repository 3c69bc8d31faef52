import { COUNTS, type Entry, WINDOW } from '../registry.js';
import { type Context, measureInRounds, type Row } from '../rounds.js';
import { number, range, type Section } from '../table.js';
import { WORKLOADS, type WorkloadName } from '../workloads.js';

interface Kind {
  readonly id: string;
  readonly title: string;
  readonly workload: WorkloadName;
  readonly window: number | null;
  readonly durable: boolean;
}

export const KINDS: readonly Kind[] = [
  { id: 'W1', title: 'pipeline', workload: 'pipeline', window: WINDOW, durable: false },
  {
    id: 'W1-BURST',
    title: 'pipeline, all sources at once',
    workload: 'pipeline',
    window: null,
    durable: false,
  },
  { id: 'W2', title: 'fan-out of eight', workload: 'fanOut', window: WINDOW, durable: false },
  { id: 'W3', title: 'ping-pong', workload: 'pingPong', window: WINDOW, durable: false },
  { id: 'W4', title: 'pipeline, durable', workload: 'pipeline', window: WINDOW, durable: true },
];

/** W1 to W4: every contender on one workload, as ratios to the reference. */
export async function throughput(context: Context, kind: Kind): Promise<Section> {
  const entries = context.entries.filter(
    (entry) => entry.name === 'ref' || (entry.durable ?? false) === kind.durable,
  );
  const size = COUNTS[kind.workload] / (context.quick ? 5 : 1);
  const rows = await measureInRounds(context, kind.id, entries, (entry) => {
    const count = scaled(size, entry, kind.workload);
    return { workload: kind.workload, count, warmUp: count, window: kind.window };
  });
  const inFlight = kind.window === null ? 'all in flight at once' : `${kind.window} in flight`;
  return {
    id: kind.id,
    title: kind.title,
    columns: ['', 'wall µs a hop', 'main-thread CPU µs a hop', 'wall, ratio to ref', 'CPU, ratio to ref'],
    rows: rows.map(cells),
    notes: [
      `${WORKLOADS[kind.workload]}. ${number(size)} ${kind.workload === 'pingPong' ? 'passes' : `sources, ${inFlight}`}; slow ones run fewer.`,
      ...rows.filter((row) => row.error !== undefined).map((row) => `${row.name}: ${firstLine(row.error)}`),
    ],
    data: rows,
  };
}

/** How many messages a slow contender runs: enough for a figure, few enough to end. */
export function scaled(size: number, entry: Entry, workload: WorkloadName): number {
  return Math.max(workload === 'fanOut' ? 10 : 50, Math.round(size * (entry.scale ?? 1)));
}

function cells(row: Row): string[] {
  if (row.error !== undefined) return [row.name, 'error', '', '', ''];
  return [
    row.name,
    number(row.wall?.median),
    number(row.threadCpu?.median),
    range(row.wallRatio),
    range(row.cpuRatio),
  ];
}

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n')[0] ?? '';
}
