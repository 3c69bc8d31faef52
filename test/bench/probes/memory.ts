import type { Contender } from '../contender.js';
import type { AgentSpec, Payload } from '../workloads.js';

export interface MemoryJob {
  readonly contender: string;
  /** Hops before the first and the second reading. */
  readonly from: number;
  readonly to: number;
}

export interface Memory {
  /** Bytes in use that a recorded hop adds, on the heap and in buffers beside it. */
  readonly bytesPerHop: number;
}

/**
 * How much memory recording takes. Two agents pass on one and the same payload object, so that payloads cost
 * nothing and what grows is what the contender remembers of each hop.
 */
export async function probe(job: MemoryJob): Promise<Memory> {
  const { contender }: { contender: Contender } = await import(job.contender);
  let left = 0;
  let done = (): void => {};
  const pass = (payload: Payload): Payload | undefined => {
    if (--left > 0) return payload;
    done();
    return undefined;
  };
  const relay = (name: string, listens: string, speaks: string): AgentSpec => ({
    name,
    listens,
    speaks,
    compute: pass,
    work: async (payload) => pass(payload),
  });
  const agents = [relay('ping', 'left', 'right'), relay('pong', 'right', 'left')];
  const session = await contender.open(agents, { workload: 'pingPong', recordedHops: job.to });
  const ball: Payload = { id: 1, text: 'the one payload', weight: 1 };
  const play = async (hops: number): Promise<number> => {
    left = hops;
    const played = new Promise<void>((resolve) => {
      done = resolve;
    });
    await session.send('left', ball);
    await played;
    await session.settle?.();
    await new Promise((resolve) => setTimeout(resolve, 20)); // what the last hop leaves for later turns
    globalThis.gc?.();
    globalThis.gc?.();
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const first = await play(job.from);
  const second = await play(job.to - job.from);
  await session.close();
  return { bytesPerHop: (second - first) / (job.to - job.from) };
}
