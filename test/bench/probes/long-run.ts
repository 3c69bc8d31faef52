import { getHeapStatistics } from 'node:v8';
import type { Contender } from '../contender.js';
import { Course } from '../measure.js';
import { createWorkload, type WorkloadName } from '../workloads.js';

export interface LongRunJob {
  readonly contender: string;
  readonly workload: WorkloadName;
  /** Sources, or passes; and how many hops that makes. */
  readonly count: number;
  readonly window: number;
}

export interface LongRun {
  readonly seconds: number;
  readonly hops: number;
  /** Longest time between two calls of a 10 ms interval, in milliseconds. */
  readonly worstGap: number;
  readonly ticks: number;
  /** Least heap in use in each tenth of the run, in MB: what is left after collections. Null where no tick came. */
  readonly heap: readonly (number | null)[];
  /** Heap in use after the run and a full collection, in MB, above what it was before. */
  readonly kept: number;
}

const INTERVAL = 10;

/** A long run, watched by an interval: does it starve timers, and does the heap stay flat? */
export async function probe(job: LongRunJob): Promise<LongRun> {
  const { contender }: { contender: Contender } = await import(job.contender);
  const course = new Course();
  const workload = createWorkload(job.workload, (payload) => course.arrive(payload));
  const session = await contender.open(workload.agents, { workload: job.workload });
  await course.run(session, workload.plan(Math.ceil(job.count / 100)), job.window);
  globalThis.gc?.();
  const before = getHeapStatistics().used_heap_size;

  const samples: { time: number; heap: number }[] = [];
  let worstGap = 0;
  let last = performance.now();
  const tick = (): void => {
    const now = performance.now();
    worstGap = Math.max(worstGap, now - last);
    last = now;
    samples.push({ time: now, heap: getHeapStatistics().used_heap_size });
  };
  const timer = setInterval(tick, INTERVAL);
  const start = last;
  const plan = workload.plan(job.count);
  await course.run(session, plan, job.window);
  tick(); // a run that let no timer through shows its whole length as one gap
  clearInterval(timer);
  const end = performance.now();
  globalThis.gc?.();
  const kept = getHeapStatistics().used_heap_size - before;
  await session.close();
  return {
    seconds: (end - start) / 1000,
    hops: plan.hops,
    worstGap,
    ticks: samples.length,
    heap: valleys(samples, start, end),
    kept: kept / 1e6,
  };
}

function valleys(
  samples: readonly { time: number; heap: number }[],
  start: number,
  end: number,
): (number | null)[] {
  const tenths: (number | null)[] = [];
  for (let tenth = 0; tenth < 10; tenth++) {
    const from = start + ((end - start) * tenth) / 10;
    const to = start + ((end - start) * (tenth + 1)) / 10;
    const within = samples.filter(({ time }) => time >= from && time <= to).map(({ heap }) => heap);
    tenths.push(within.length === 0 ? null : Math.min(...within) / 1e6);
  }
  return tenths;
}
