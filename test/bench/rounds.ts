import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundles } from './build.js';
import type { MeasureJob, Measurement } from './measure.js';
import type { ThroughputJob } from './probes/throughput.js';
import { runProbe } from './processes.js';
import { type Entry, REFERENCE } from './registry.js';
import type { Servers } from './servers.js';
import { type Summary, summarise } from './statistics.js';

/** What a section needs to measure. */
export interface Context {
  readonly bundles: Bundles;
  readonly servers: Servers;
  readonly entries: readonly Entry[];
  readonly rounds: number;
  readonly quick: boolean;
  progress(text: string): void;
}

/** One contender over all rounds. Ratios are to the reference in the same round. */
export interface Row {
  readonly name: string;
  readonly wall: Summary | null;
  readonly threadCpu: Summary | null;
  readonly wallRatio: Summary | null;
  readonly cpuRatio: Summary | null;
  readonly error?: string;
}

/** Rounds in which a contender takes part: the further it is from the others, the less the noise matters. */
function roundsOf({ everyRound, scale }: Entry, rounds: number): number {
  if (everyRound) return rounds;
  return Math.min(rounds, scale === undefined ? 3 : 2);
}

type JobOf = (entry: Entry) => Omit<MeasureJob, 'purpose'>;

/**
 * Measures every contender once per round, one at a time, each in a new process. A round starts one contender
 * later than the round before, so that none always follows the same one.
 */
export async function measureInRounds(
  context: Context,
  label: string,
  entries: readonly Entry[],
  jobOf: JobOf,
): Promise<Row[]> {
  const found = new Map<string, (Measurement | undefined)[]>(entries.map(({ name }) => [name, []]));
  const errors = new Map<string, string>();
  for (let round = 0; round < context.rounds; round++) {
    for (let turn = 0; turn < entries.length; turn++) {
      const entry = entries[(turn + round) % entries.length];
      if (entry === undefined || errors.has(entry.name)) continue;
      if (round >= roundsOf(entry, context.rounds)) continue;
      context.progress(`${label}, round ${round + 1} of ${context.rounds}: ${entry.name}`);
      try {
        const list = found.get(entry.name);
        if (list) list[round] = await measureOnce(context, entry, jobOf(entry));
      } catch (error) {
        errors.set(entry.name, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return entries.map(({ name }) => toRow(name, found, errors.get(name)));
}

/** One contender, one workload, one process. */
export async function measureOnce(
  context: Pick<Context, 'bundles' | 'servers'>,
  entry: Entry,
  job: Omit<MeasureJob, 'purpose'>,
): Promise<Measurement> {
  const directory = entry.durable ? await mkdtemp(join(tmpdir(), 'dagger-bench-')) : undefined;
  try {
    const ports = entry.server ? await context.servers.portsFor(entry.server) : {};
    const purpose = { ports, ...(directory === undefined ? {} : { directory }) };
    const full: ThroughputJob = { ...job, purpose, contender: context.bundles.of(entry.source) };
    return await runProbe<Measurement>(
      context.bundles.child,
      context.bundles.of('probes/throughput.ts'),
      full,
    );
  } finally {
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  }
}

function toRow(
  name: string,
  found: ReadonlyMap<string, readonly (Measurement | undefined)[]>,
  error?: string,
): Row {
  const own = found.get(name) ?? [];
  const reference = found.get(REFERENCE) ?? [];
  const all = (pick: (measurement: Measurement) => number | null): Summary | null =>
    summarise(own.flatMap((measurement) => (measurement ? (pick(measurement) ?? []) : [])));
  const ratios = (pick: (measurement: Measurement) => number | null): Summary | null =>
    summarise(
      own.flatMap((measurement, round) => {
        const mine = measurement && pick(measurement);
        const theirs = reference[round] && pick(reference[round]);
        return mine && theirs ? mine / theirs : [];
      }),
    );
  return {
    name,
    wall: all(({ wall }) => wall),
    threadCpu: all(({ threadCpu, processCpu }) => threadCpu ?? processCpu),
    wallRatio: ratios(({ wall }) => wall),
    cpuRatio: ratios(({ threadCpu, processCpu }) => threadCpu ?? processCpu),
    ...(error === undefined ? {} : { error }),
  };
}
