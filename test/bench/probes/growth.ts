import { nodeCpuClocks } from '../cpu.js';
import { median } from '../statistics.js';
import { OPERATIONS, type Operation, type Ready } from './growth-operations.js';

export interface GrowthJob {
  readonly operation: string;
  readonly quick: boolean;
}

export interface Growth {
  readonly operation: string;
  readonly grows: string;
  readonly expected: Operation['expected'];
  /** Size, and CPU nanoseconds per operation at that size. */
  readonly points: readonly (readonly [size: number, cost: number])[];
}

const SAMPLES = 5;
/** Shorter samples would measure the clocks. The process's CPU clock is taken: a thread's moves in steps of milliseconds. */
const SAMPLE_MS = 25;

/** Lists the operations when asked for none; else measures one at each of its sizes. */
export async function probe({ operation: name, quick }: GrowthJob): Promise<string[] | Growth> {
  if (name === '') return OPERATIONS.map((operation) => operation.name);
  const operation = OPERATIONS.find((each) => each.name === name);
  if (operation === undefined) throw new Error(`no operation is named ${name}`);
  const [least = 10] = operation.sizes;
  await measure(operation, least); // compiles what all sizes share
  const sizes = quick ? [least, ...operation.sizes.slice(-2, -1)] : operation.sizes;
  const points: [number, number][] = [];
  for (const size of sizes) points.push([size, await measure(operation, size)]);
  return { operation: name, grows: operation.grows, expected: operation.expected, points };
}

async function measure(operation: Operation, size: number): Promise<number> {
  const ready = await operation.prepare(size);
  const times = await timesThatLast(ready, operation.times);
  const costs: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    globalThis.gc?.();
    const before = nodeCpuClocks.process() ?? performance.now();
    await ready.run(times);
    const after = nodeCpuClocks.process() ?? performance.now();
    costs.push(((after - before) * 1e6) / times);
  }
  await ready.close();
  return median(costs);
}

/** Warms up, and finds how often the operation must be done to be measured. */
async function timesThatLast(ready: Ready, atFirst: number): Promise<number> {
  for (let times = atFirst; ; times *= 2) {
    const start = performance.now();
    await ready.run(times);
    if (performance.now() - start >= SAMPLE_MS) return times;
  }
}
