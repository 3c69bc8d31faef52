import { nodeCpuClocks } from '../cpu.js';
import { type MeasureJob, type Measurement, measure } from '../measure.js';

/** A measurement of the contender whose built module is at `contender`. */
export interface ThroughputJob extends MeasureJob {
  readonly contender: string;
}

export async function probe(job: ThroughputJob): Promise<Measurement> {
  const { contender } = await import(job.contender);
  return measure(contender, job, nodeCpuClocks);
}
